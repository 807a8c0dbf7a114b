"""OpenBLAS gets the kernels that the processor can run."""

from pathlib import Path

import pytest

from actions.blas import blas_environment
from bot import training

WIDE = "fpu avx2 fma avx512f avx512cd avx512bw avx512dq avx512vl"


@pytest.mark.parametrize(
    ("flags", "kernels"),
    [
        (WIDE, {"OPENBLAS_CORETYPE": "SkylakeX"}),
        ("fpu avx avx2 fma sse2", {"OPENBLAS_CORETYPE": "Haswell"}),
        ("fpu avx2 fma avx512f", {"OPENBLAS_CORETYPE": "Haswell"}),
        ("fpu sse2 avx", {}),
    ],
)
def test_kernels_follow_the_instruction_sets(tmp_path: Path, flags: str, kernels: dict[str, str]) -> None:
    processor = tmp_path / "cpuinfo"
    processor.write_text(
        f"processor\t: 0\nmodel name\t: new\nflags\t\t: {flags}\n\nprocessor\t: 1\nflags\t\t: {WIDE}\n"
    )
    assert blas_environment({}, processor) == kernels


def test_an_operators_own_choice_stays(tmp_path: Path) -> None:
    processor = tmp_path / "cpuinfo"
    processor.write_text(f"flags : {WIDE}\n")
    assert blas_environment({"OPENBLAS_CORETYPE": "Zen"}, processor) == {}


def test_on_another_system_openblas_chooses_itself(tmp_path: Path) -> None:
    assert blas_environment({}, tmp_path / "absent") == {}


def test_rasa_runs_with_the_kernels_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "blas_environment", lambda environment: {"OPENBLAS_CORETYPE": "fitting"})
    assert training.rasa_environment()["OPENBLAS_CORETYPE"] == "fitting"
