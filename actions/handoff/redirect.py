"""What a patient is told when a person takes over: by category, channel and hour. Pure.

The emergency number stands in every redirect about health, because no list of rules finds every crisis. Nothing of the patient's message
and nothing about the patient stands in any of them.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from actions.calls import Reply
from actions.handoff.business_hours import say_when_read
from actions.handoff.cases import CaseCategory
from actions.hospital import Hospital


def compose(category: CaseCategory, hospital: Hospital, room: UUID, now: datetime) -> tuple[Reply, ...]:
    """Compose the redirect for `category`; `room` is the case whose private room is linked."""
    if category is CaseCategory.EMERGENCY:
        return _emergency(hospital, room, now)
    when = f"{say_when_read(hospital, now)} {_private_ways(hospital)}"
    return (Reply("\n".join((_OPENINGS[category](hospital), when, "Continue privately here:")), room=room),)


def _emergency(hospital: Hospital, room: UUID, now: datetime) -> tuple[Reply, ...]:
    numbers = hospital.emergency
    first = (
        f"Call {numbers.number} now if anyone is in danger, or go to the nearest emergency department. "
        f"If you are thinking of harming yourself, call or text {numbers.crisis_line}, day or night."
    )
    second = (
        "This is an automated assistant and cannot help in an emergency. A member of our staff has been told. "
        f"{say_when_read(hospital, now)} Please do not wait for an answer here. "
        "Once everyone is safe, you can write to our staff privately:"
    )
    return Reply(first), Reply(second, room=room)


def _clinical(hospital: Hospital) -> str:
    return (
        f"If this is urgent or getting worse, call {hospital.emergency.number} now. "
        "Questions about anyone's health are answered by our staff, never by this automated assistant and not on this channel. "
        "They can arrange or change an appointment with you privately as well."
    )


def _identifying(hospital: Hospital) -> str:
    return (
        "To protect your privacy, please do not send personal details here. A member of our staff will take it from here. "
        f"In an emergency call {hospital.emergency.number}."
    )


def _unjudged(hospital: Hospital) -> str:
    return (
        "I am an automated assistant and could not read your message, so I have passed it on to our staff. "
        f"In an emergency call {hospital.emergency.number}."
    )


def _failure(hospital: Hospital) -> str:
    return (
        "Sorry, I cannot answer right now. I have passed your message on to our staff. "
        f"If anyone's health is in danger, call {hospital.emergency.number}."
    )


def _human_agent(hospital: Hospital) -> str:
    return (
        f"Of course. I have asked a member of our staff to take over. In an emergency call {hospital.emergency.number}."
    )


def _booking(hospital: Hospital) -> str:
    return (
        "A member of our staff will confirm your appointment with you privately. "
        f"In an emergency call {hospital.emergency.number}."
    )


_OPENINGS: dict[CaseCategory, Callable[[Hospital], str]] = {
    CaseCategory.CLINICAL: _clinical,
    CaseCategory.UNJUDGED: _unjudged,
    CaseCategory.IDENTIFYING: _identifying,
    CaseCategory.FAILURE: _failure,
    CaseCategory.HUMAN_AGENT: _human_agent,
    CaseCategory.BOOKING: _booking,
}


def _private_ways(hospital: Hospital) -> str:
    return f"You can also write to {hospital.private.secure_email} or call {hospital.desk.phone}."
