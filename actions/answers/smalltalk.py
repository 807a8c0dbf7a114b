"""Answers to greetings, thanks and questions about the assistant itself. Pure."""

from actions.answers import quick
from actions.answers.asked import Asked
from actions.answers.wording import reply
from actions.calls import Reply

_START = (quick.VISITING, quick.BOOK, quick.OPENING, quick.PERSON)


_OFFER = "I can help with visiting and opening hours, directions, appointments, insurance and much more. What would you like to know?"


def invite() -> Reply:
    """Say what can be asked, where the assistant has just been introduced."""
    return reply([_OFFER], _START)


def answer_greeting(asked: Asked) -> Reply:
    """Greet and say what can be asked."""
    return reply(
        [f"Hello! I am the automated assistant of {asked.hospital.name}.", _OFFER],
        _START,
    )


def answer_goodbye(asked: Asked) -> Reply:
    """Say goodbye."""
    return reply(
        [f"Goodbye, and take care. {asked.hospital.name} is here whenever you have a question."],
        (quick.BOOK, quick.FEEDBACK),
    )


def answer_thanks(asked: Asked) -> Reply:
    """Take thanks, and praise for the staff."""
    praise = asked.asks(
        r"staff|nurse|doctor|team|everyone|lovely|wonderful|kind|amazing|great (?:care|service)|best|dr\b|excellent|fantastic"
    )
    if praise:
        return reply(
            ["How lovely to hear, thank you!", asked.hospital.feedback.praise, asked.hospital.feedback.form],
            (quick.FEEDBACK, quick.BOOK),
        )
    return reply(["You are very welcome! Is there anything else I can help you with?"], _START)


def answer_bot_challenge(asked: Asked) -> Reply:
    """Say plainly that this is a program, and how to reach a person."""
    hospital = asked.hospital
    return reply(
        [
            f"I am an automated assistant of {hospital.name}, a computer program and not a person.",
            'I answer general questions. To reach a member of our staff, write "talk to a person" or call '
            f"{hospital.desk.phone}.",
        ],
        (quick.PERSON, quick.VISITING, quick.BOOK),
    )
