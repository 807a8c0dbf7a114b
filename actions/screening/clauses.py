"""Divide a message into clauses: a disclosure wrapped in a routine request is plain to see in its own clause alone."""

import re

_BOUNDARY = re.compile(
    r"(?<=[.!?;\n])\s+|\s*,\s+|\s+[-–—]\s+|\s+(?=(?:and|but|because|cause|cuz|so|since|pero|porque|y|ma|perche|perché|e)\s)",
    re.IGNORECASE,
)
_FEWEST = 3
"""Words of a clause; a shorter one belongs to the one before."""
_MOST = 8
"""Clauses that are looked at, the first ones."""

Span = tuple[int, int]


def clauses(text: str) -> list[Span]:
    """Give where each clause of `text` begins and ends; nothing if it has but one."""
    spans: list[Span] = []
    begin = 0
    for end, after in [*(match.span() for match in _BOUNDARY.finditer(text)), (len(text), len(text))]:
        if spans and len(text[begin:end].split()) < _FEWEST:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
        begin = after
    return spans[:_MOST] if len(spans) > 1 else []
