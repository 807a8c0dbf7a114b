"""Handing one message to a person: the case and the words that go with it."""

from collections.abc import Iterable
from datetime import datetime

from actions.calls import Reply
from actions.database import Connection
from actions.handoff.cases import CaseCategory, open_case
from actions.handoff.language import language_of
from actions.handoff.redirect import compose
from actions.hospital import Hospital
from actions.screening.findings import Category


async def hand_off(
    connection: Connection,
    hospital: Hospital,
    *,
    conversation: str,
    category: CaseCategory,
    channel: str,
    message_id: int | None,
    redacted: str,
    now: datetime,
) -> tuple[Reply, ...]:
    """Open or join the conversation's case and give the redirect; doing it twice for one message changes nothing."""
    case = await open_case(
        connection,
        conversation=conversation,
        category=category.value,
        channel=channel,
        message_id=message_id,
        redacted=redacted,
        now=now,
    )
    return compose(category, hospital, case, now, language_of(redacted))


def most_urgent(categories: Iterable[Category]) -> CaseCategory:
    """Give the case's category for a screening's categories; none at all counts as unjudged."""
    found = [CaseCategory(category.value) for category in categories]
    return min(found, key=lambda category: category.priority, default=CaseCategory.UNJUDGED)
