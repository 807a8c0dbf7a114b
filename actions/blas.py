"""Which of its kernels OpenBLAS, numpy's matrix library, should use.

OpenBLAS chooses by the processor's model, and an older release takes the oldest kernels on a model that it does not know: Rasa's numpy
does so on AMD's newest, where a sentence vector then takes twice as long. The processor's instruction sets are a better guide.
http://www.openmathlib.org/OpenBLAS/docs/runtime_variables/
"""

from collections.abc import Mapping
from pathlib import Path

_VARIABLE = "OPENBLAS_CORETYPE"
_KERNELS = (
    ("SkylakeX", frozenset({"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"})),
    ("Haswell", frozenset({"avx2", "fma"})),
)
"""Kernels with the instruction sets they need, the fastest first."""


def blas_environment(environment: Mapping[str, str], processor: Path = Path("/proc/cpuinfo")) -> dict[str, str]:
    """Give the variable to start Python with; none where it is set, and none where the processor is not known to be able."""
    if environment.get(_VARIABLE):
        return {}
    able = _instruction_sets(processor)
    kernels = next((kernels for kernels, needed in _KERNELS if needed <= able), None)
    return {_VARIABLE: kernels} if kernels else {}


def _instruction_sets(processor: Path) -> frozenset[str]:
    """Read the flags of the first core; none on other systems than Linux on x86."""
    try:
        lines = processor.read_text("utf-8", "replace").splitlines()
    except OSError:
        return frozenset()
    flags = next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")
    return frozenset(flags.split())
