"""Read a message together with the ones before it: what is split over messages shows only in the whole."""

import re
from collections.abc import Sequence

_ONLY_DIGITS = re.compile(r"[\s\d.\-()+#]*\d[\s\d.\-()+#]*")
# How long a message may be to count as the rest of an earlier one.
_SHORT = 80
# Words of a message that only goes on with the one before.
CONTINUING = frozenset(
    """
    since for about and also it is was its been yesterday today this morning last night week month weeks months
    days day hours hour still very really yes yeah yep no more than ago now a an few couple two three four five
    six the all time every at in on evening afternoon again too so much bad worse better badly sometimes always
    often constantly desde ayer hoy hace dias semanas si mucho da ieri oggi giorni settimane molto sempre
    siempre
    """.split()
)

_ASKING = frozenset("when where who which".split())
_AUXILIARIES = frozenset("is are do does did can could will would shall should".split())


def joined(text: str, context: Sequence[str]) -> tuple[str, int] | None:
    """Return the text with the earlier messages it may complete, and where it begins in it; None when it stands alone."""
    if not context or len(text) > _SHORT:
        return None
    if _ONLY_DIGITS.fullmatch(text):
        parts = list(context[-3:])
    elif any(c.isdigit() for c in context[-1]) and any(c.isdigit() for c in text):
        # Two numbers in a row, such as a day and a time, are not one number.
        return None
    else:
        parts = [context[-1]]
    before = " ".join(p.strip() for p in parts) + " "
    return before + text, len(before)


def continues(words: Sequence[str]) -> bool:
    """Tell whether a short message only goes on with the one before ("since yesterday")."""
    return (
        0 < len(words) <= 6
        and all(w in CONTINUING or w.isdigit() for w in words)
        and any(not w.isdigit() for w in words)
    )


def asks_anew(words: Sequence[str]) -> bool:
    """Tell whether a message is a question of its own ("when is the pharmacy open") and completes none before it."""
    return len(words) > 1 and words[0] in _ASKING and words[1] in _AUXILIARIES
