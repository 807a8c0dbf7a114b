"""Look for a slow pattern only near the words that it cannot do without."""

import re
from collections.abc import Iterator


def find_near(
    pattern: re.Pattern[str], anchor: re.Pattern[str], text: str, before: int, after: int
) -> Iterator[re.Match[str]]:
    """Yield the pattern's matches up to `before` characters before and `after` characters after a match of the anchor."""
    place = 0
    for found in anchor.finditer(text):
        for match in pattern.finditer(text, max(place, found.start() - before), found.end() + after):
            place = match.end()
            yield match
