"""Two hundred things that identify somebody, made anew from a seed, each in a sentence as patients write them."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from stdnum import luhn
from stdnum.es import dni
from stdnum.gb import nhs
from stdnum.it import codicefiscale

_GIVEN = [
    "Tyrone",
    "Wilhelmina",
    "Bartholomew",
    "Yolanda",
    "Marguerite",
    "Desmond",
    "Rosalind",
    "Thaddeus",
    "Henrietta",
    "Mortimer",
]
_FAMILY = [
    "Abernathy", "Blankenship", "Castellanos", "Dombrowski", "Eisenhower", "Fitzgerald", "Gutierrez", "Hutchinson", "Kowalczyk",
    "Lindstrom", "Montgomery", "Oglesby", "Papadopoulos", "Rutherford", "Stephanopoulos", "Throckmorton", "Underwood", "Vandenberg",
]  # fmt: skip
_STREETS = ["Juniper", "Magnolia", "Sycamore", "Cottonwood", "Hawthorne", "Larkspur", "Wisteria", "Persimmon"]
_KINDS_OF_STREET = ["Street", "Avenue", "Road", "Lane", "Drive", "Boulevard", "Court"]
_IBAN_DIGITS = {"DE": 18, "AT": 16}


@dataclass(frozen=True)
class Planted:
    """One message with something in it that must be found nowhere afterwards."""

    kind: str
    value: str
    text: str


def planted(count: int, seed: int = 2026) -> list[Planted]:
    """Make `count` different ones, of every kind in turn."""
    chance = random.Random(seed)
    made: dict[str, Planted] = {}
    kinds = list(_MAKERS.items())
    while len(made) < count:
        kind, (make, sentences) = kinds[len(made) % len(kinds)]
        value = make(chance)
        made.setdefault(value, Planted(kind, value, chance.choice(sentences).format(value)))
    return list(made.values())


def traces(one: Planted) -> Iterator[str]:
    """Give everything by which a value would be recognised: as it stands, its digits alone, and each part of a name."""
    yield one.value
    if one.kind in ("name", "relative", "address"):
        yield from (part for part in one.value.split() if part in _FAMILY or part in _STREETS)
    digits = "".join(character for character in one.value if character.isdigit())
    if len(digits) >= 9:
        yield digits


def _digits(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("0123456789") for _ in range(count))


def _name(chance: random.Random) -> str:
    return f"{chance.choice(_GIVEN)} {chance.choice(_FAMILY)}"


def _phone(chance: random.Random) -> str:
    area, middle, last = (
        chance.choice(["212", "312", "415", "617"]),
        chance.randrange(220, 999),
        chance.randrange(1000, 9999),
    )
    forms = ["({0}) {1}-{2}", "{0}-{1}-{2}", "{0}.{1}.{2}", "+1 {0} {1} {2}", "{0}{1}{2}"]
    return chance.choice(forms).format(area, middle, last)


def _email(chance: random.Random) -> str:
    given, family = chance.choice(_GIVEN).lower(), chance.choice(_FAMILY).lower()
    host = chance.choice(["gmail.com", "yahoo.co.uk", "mail.example.org"])
    return f"{given}.{family}{chance.randrange(10, 99)}@{host}"


def _ssn(chance: random.Random) -> str:
    return f"{chance.randrange(100, 660):03}-{chance.randrange(10, 99)}-{chance.randrange(1000, 9999)}"


def _address(chance: random.Random) -> str:
    return f"{chance.randrange(100, 9999)} {chance.choice(_STREETS)} {chance.choice(_KINDS_OF_STREET)}"


def _birth(chance: random.Random) -> str:
    day = date(1935, 1, 1) + timedelta(days=chance.randrange(26_000))
    return chance.choice(
        [f"{day:%m/%d/%Y}", f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}", f"{day:%Y-%m-%d}"]
    )


def _insurance(chance: random.Random) -> str:
    return "".join(chance.choice("BCDFGHJKLMNPQRSTVWXZ") for _ in range(3)) + _digits(chance, 9)


def _codice_fiscale(chance: random.Random) -> str:
    consonants = "BCDFGLMNPRSTVZ"
    letters = "".join(chance.choice(consonants) for _ in range(6))
    body = f"{letters}{chance.randrange(40, 99)}{chance.choice('ABCDEHLMPRST')}{chance.randrange(10, 28)}H501"
    return body + codicefiscale.calc_check_digit(body)


def _nhs(chance: random.Random) -> str:
    while True:
        number = chance.choice("469") + _digits(chance, 9)
        if nhs.is_valid(number):
            return f"{number[:3]} {number[3:6]} {number[6:]}"


def _dni(chance: random.Random) -> str:
    body = _digits(chance, 8)
    return body + dni.calc_check_digit(body)


def _iban(chance: random.Random) -> str:
    country = chance.choice(sorted(_IBAN_DIGITS))
    body = _digits(chance, _IBAN_DIGITS[country])
    number = int(body + "".join(str(ord(letter) - 55) for letter in country) + "00")
    return f"{country}{98 - number % 97:02}{body}"


def _card(chance: random.Random) -> str:
    body = "4" + _digits(chance, 14)
    number = body + luhn.calc_check_digit(body)
    return " ".join(number[place : place + 4] for place in range(0, 16, 4))


def _passport(chance: random.Random) -> str:
    return chance.choice("CEGHXYZ") + _digits(chance, 8)


_Maker = Callable[[random.Random], str]
_MAKERS: dict[str, tuple[_Maker, list[str]]] = {
    "name": (_name, ["my name is {}, where can I park?", "this is {}, do you have wifi?", "My name's {} and I want to visit on Sunday"]),
    "relative": (_name, ["my mother's name is {}, which floor is it?", "I want to visit my husband {}", "my son {} lost a jacket"]),
    "phone": (_phone, ["call me back at {}", "my number is {} please ring me about parking", "you can reach me on {}"]),
    "email": (_email, ["send the directions to {}", "my email is {}", "can you mail the bill to {} please"]),
    "record": (lambda c: _digits(c, 10), ["my MRN is {}", "medical record number {}", "MRN: {} can I get my records?"]),
    "ssn": (_ssn, ["my social security number is {}", "SSN {}", "ssn: {} for the bill"]),
    "address": (_address, ["I live at {}, how do I get to you?", "my address is {}", "please send the bill to {}"]),
    "birth": (_birth, ["my date of birth is {}", "born {}", "DOB {} for the appointment"]),
    "insurance": (_insurance, ["my insurance member ID is {}", "member number {} is that plan accepted?", "policy number {}"]),
    "codice fiscale": (_codice_fiscale, ["il mio codice fiscale è {}", "codice fiscale {}", "my Italian tax code is {}"]),
    "nhs": (_nhs, ["my NHS number is {}", "NHS number {} can I register?", "NHS no. {}"]),
    "dni": (_dni, ["mi DNI es {}", "my Spanish DNI is {}", "DNI {}"]),
    "iban": (_iban, ["my IBAN is {}", "please refund it to {}", "IBAN {} for the refund"]),
    "card": (_card, ["my card number is {}", "charge {} for the bill", "my visa is {}"]),
    "passport": (_passport, ["my passport number is {}", "passport {}", "passport no. {} is that enough as ID?"]),
}  # fmt: skip
