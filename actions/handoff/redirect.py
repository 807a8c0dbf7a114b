"""What a patient is told when a person takes over: by category, channel and hour. Pure.

The emergency number stands in every redirect about health, because no list of rules finds every crisis. Nothing of the patient's message
and nothing about the patient stands in any of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from actions.calls import Reply
from actions.handoff.business_hours import say_when_read
from actions.handoff.cases import CaseCategory
from actions.handoff.language import Language
from actions.hospital import Hospital


def compose(
    category: CaseCategory, hospital: Hospital, room: UUID, now: datetime, language: Language = Language.ENGLISH
) -> tuple[Reply, ...]:
    """Compose the redirect for `category`; `room` is the case whose private room is linked.

    In another language than English what matters most comes first in that language: the number, and that a person will answer.
    """
    if category is CaseCategory.EMERGENCY:
        return _emergency(hospital, room, now, language)
    opening = _OPENINGS[category](hospital)
    if language in _ABROAD:
        opening = f"{_ABROAD[language].person.format(number=hospital.emergency.number)}\n{opening}"
    when = f"{say_when_read(hospital, now)} {_private_ways(hospital)}"
    return (Reply(f"{opening}\n{when}\nContinue privately here:", room=room),)


def _emergency(hospital: Hospital, room: UUID, now: datetime, language: Language) -> tuple[Reply, ...]:
    numbers = hospital.emergency
    if language in _ABROAD:
        urgent = _ABROAD[language].urgent.format(number=numbers.number, crisis_line=numbers.crisis_line)
        return Reply(f"{urgent}\nCall {numbers.number} now."), Reply(
            f"{_ABROAD[language].told}\n{_staff_is_told(hospital, now)}", room=room
        )
    first = (
        f"Call {numbers.number} now if anyone is in danger, or go to the nearest emergency department. "
        f"If you are thinking of harming yourself, call or text {numbers.crisis_line}, day or night."
    )
    return Reply(first), Reply(_staff_is_told(hospital, now), room=room)


def _staff_is_told(hospital: Hospital, now: datetime) -> str:
    return (
        "This is an automated assistant and cannot help in an emergency. A member of our staff has been told. "
        f"{say_when_read(hospital, now)} Please do not wait for an answer here. "
        "Once everyone is safe, you can write to our staff privately:"
    )


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


@dataclass(frozen=True, slots=True)
class _Abroad:
    """What stands first in another language; {number} and {crisis_line} are filled in."""

    urgent: str
    told: str
    person: str


_ABROAD = {
    Language.SPANISH: _Abroad(
        "Llame ya al {number} si alguien está en peligro, o vaya a urgencias. "
        "Si piensa en hacerse daño, llame al {crisis_line}, de día o de noche.",
        "Soy un asistente automático. Nuestro personal está avisado. No espere una respuesta aquí.",
        "Si es urgente, llame al {number}. Le responderá una persona de nuestro equipo, en privado, en el enlace de abajo.",
    ),
    Language.ITALIAN: _Abroad(
        "Chiami subito il {number} se qualcuno è in pericolo, o vada al pronto soccorso. "
        "Se pensa di farsi del male, chiami il {crisis_line}, giorno e notte.",
        "Sono un assistente automatico. Il nostro personale è avvisato. Non aspetti una risposta qui.",
        "Se è urgente, chiami il {number}. Le risponderà una persona del nostro personale, in privato, dal link qui sotto.",
    ),
}


def _private_ways(hospital: Hospital) -> str:
    return f"You can also write to {hospital.private.secure_email} or call {hospital.desk.phone}."
