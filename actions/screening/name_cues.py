"""The words that announce a name, and those that never are one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum

# Words that no cue turns into a name.
FUNCTION_WORDS = frozenset(
    """
    a an the is it its not on in at of and or but to for from with by as if so be been being was were are am im
    ive have has had do does did will would can could should may might must shall this that these those there
    here my your our his her their me you he she we they them us him who what when where why how which no yes ok
    okay please thanks thank hi hello hey again still just also very really too now today tomorrow going trying
    looking calling writing asking wondering having getting new old sure sorry glad happy sad lost late early
    good bad fine well sick ill pregnant el la los las un una de del que y o en con por para es soy esta estoy
    mi tu su no si il lo le gli i di da in e che non per con sono ho ha mio mia quiero necesito vorrei spelled
    wrong right correct incorrect misspelled listed different changed needed required under patient one someone
    somebody everyone anyone doctor nurse hospital appointment help about after before because up out off over
    only all any some more most much many two three four five six seven eight nine ten her hers mine yours ours
    himself herself myself it's thats hes shes theyre were youre dont doesnt didnt cant wont isnt wasnt
    back soon later tonight yesterday morning afternoon evening night day week month year sir madam maam team
    everybody folks guys all mate pal buddy lot lots bunch kindly cheers bye goodbye regards best love
    """.split()
)


class Trust(IntEnum):
    """How sure the words before it make it that a word is a name."""

    HINT = 0  # "for": a name that is a word too if it has a capital
    WEAK = 1  # "i am": a name if it is hardly anything else
    PERSON = 2  # "my son", "visiting": a first name that is a word too will do
    KIN = 3  # "my son": and a rarer word if what follows is what people do
    CERTAIN = 4  # "my name is": whatever it is, unless it is a word of grammar


@dataclass(frozen=True, slots=True)
class Cues:
    """The words beside which a name stands; each of `before` and `after` by its first word."""

    before: Mapping[str, tuple[tuple[tuple[str, ...], Trust], ...]]
    after: Mapping[str, tuple[tuple[str, ...], ...]]
    relatives: frozenset[str]
    kin_titles: frozenset[str]
    owners: frozenset[str]
    titles: frozenset[str]
    loose_titles: frozenset[str]
    staff: frozenset[str]
    thanks: frozenset[str]
    thanks_more: frozenset[str]
    deeds: frozenset[str]
    no_person: frozenset[str]
    no_names: frozenset[str]
    workplaces: frozenset[str]
    place_before: frozenset[str]
    place_after: frozenset[str]

    @classmethod
    def of(cls, classes: Mapping[str, Iterable[tuple[str, ...]]]) -> "Cues":
        """Make the cues of the classes of the rule files whose names begin with cue_."""
        before: dict[str, list[tuple[tuple[str, ...], Trust]]] = {}
        for trust in reversed(Trust):
            for row in classes.get(f"cue_name_{trust.name.lower()}", ()):
                before.setdefault(row[0], []).append((row, trust))
        after: dict[str, list[tuple[str, ...]]] = {}
        for row in classes.get("cue_name_after", ()):
            after.setdefault(row[0], []).append(row)

        def words(name: str) -> frozenset[str]:
            return frozenset(row[0] for row in classes.get(f"cue_{name}", ()))

        return cls(
            # The surest and longest cue that begins with a word goes first.
            {first: tuple(sorted(rows, key=lambda r: (-r[1], -len(r[0])))) for first, rows in before.items()},
            {first: tuple(rows) for first, rows in after.items()},
            words("relative"),
            words("kin_title"),
            words("owner"),
            words("title"),
            words("loose_title"),
            words("staff_title"),
            words("thanks"),
            words("thanks_more"),
            words("deed"),
            words("no_person"),
            words("no_name"),
            words("workplace"),
            words("place_before"),
            words("place_after"),
        )
