"""The words that announce a name, and those that never are one."""


def _listed(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split(","))


# After these the next words are a name, whatever they are, unless they are function words.
STRONG_CUES = _listed("""
    my name is, my names, my name s, my full name is, name is, me llamo, mi nombre es, mi chiamo, il mio nome e,
    se llama, si chiama, is called, name, full name, patient name, nombre, nome, nombre y apellido, nome e
    cognome, apellido, cognome, surname, last name is, first name is, maiden name is, last name, first name,
    surname is, goes by, named, everyone calls me, people call me, call me, regards, sincerely
""")
# After these the next word is a name if it can be one.
WEAK_CUES = _listed("""
    i am, im, i m, this is, its, it is, sono, soy, hi im, aqui, here is, habla, parla, my son, my daughter, my
    husband, my wife, my mother, my father, my mom, my mum, my dad, my brother, my sister, my baby, my child, my
    kid, my friend, my partner, my boyfriend, my girlfriend, my uncle, my aunt, my cousin, my nephew, my niece,
    my grandma, my grandpa, my grandmother, my grandfather, my boy, my girl, our son, our daughter, our baby, my
    boss, my neighbor, my neighbour, my fiance, my ex, mi hijo, mi hija, mi esposo, mi esposa, mi marido, mi
    mujer, mi madre, mi padre, mi hermano, mi hermana, mi abuela, mi abuelo, mio figlio, mia figlia, mio marito,
    mia moglie, mia madre, mio padre, mio fratello, mia sorella, mia mamma, mia nonna, mio nonno, patient,
    paciente, paziente, for, per, para, with, visit, visiting, see, behalf of
""")
TITLES = frozenset(
    """
    mr mrs ms miss mister missus sir madam mme sig signor signora signorina sr sra srta senor senora senorita
    don dona
    """.split()
)
STAFF_TITLES = frozenset(
    """
    dr drs doctor doc dra dott dottor dottore dottoressa dottssa prof professor nurse doctora np md
    """.split()
)
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
    only all any some more
    """.split()
)


def _by_first(cues: tuple[str, ...]) -> dict[str, tuple[tuple[str, ...], ...]]:
    index: dict[str, list[tuple[str, ...]]] = {}
    for cue in cues:
        row = tuple(cue.split())
        index.setdefault(row[0], []).append(row)
    return {first: tuple(rows) for first, rows in index.items()}


STRONG = _by_first(STRONG_CUES)
WEAK = _by_first(WEAK_CUES)
