"""The language of a message that a person takes over, told by its small words: a call for help is answered in it. Pure."""

import re
import unicodedata
from enum import Enum


class Language(str, Enum):
    """A language that redirects are written in."""

    ENGLISH = "en"
    SPANISH = "es"
    ITALIAN = "it"


_WORDS = re.compile(r"[a-z]+")
_SMALL_WORDS = {
    Language.ENGLISH: frozenset(
        """
        a am and are be but can do for from has have he her his how i im in is it its my not of on or our
        please she so that the they this to want was we what when where who will with you your
        """.split()
    ),
    Language.SPANISH: frozenset(
        """
        al algo alguien ambulancia ando aqui ayuda ayudame ayudenme bebe como cuando de del despues dolor el
        ella ellos en es esposa esposo esta estamos estan este esto estoy favor fiebre fue ha hace han hay he
        hermana hermano hija hijo hijos la las le lo los mama marido matar matarme me mi mis morir mucha
        muchas mucho muy nada nadie ni nina nino no noche nos nunca o papa para pecho pero por porque puede
        puedo que quiere quiero respira sangre se si siento sin su tengo tiene todo tome tomo un una urgente
        va vida vivir voy y ya yo
        """.split()
    ),
    Language.ITALIAN: frozenset(
        """
        adesso aiutatemi aiuto al ambulanza ammazzo anche bambina bambino bimba bimbo che ci come con cosa da
        dei del della di dolore e febbre figlia figlio fratello gli ha hanno ho i il in io la le lo lui ma
        madre mamma marito mi mia mio moglie molto nel nella nessuno niente non notte o ora padre papa per
        perche petto piu posso preso puo quando respira sangue se sei senza serve si sono sorella sta stanno
        stasera sto su sua subito suo tanta tanto tutto un una uno urgente va vita voglio vuole
        """.split()
    ),
}
"""Without accents."""


def language_of(text: str) -> Language:
    """Guess the language of `text`: the one of most of its small words, English where there is none and in doubt."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    words = _WORDS.findall("".join(one for one in plain if not unicodedata.combining(one)))
    counts = {language: sum(word in small for word in words) for language, small in _SMALL_WORDS.items()}
    return max(counts, key=lambda language: counts[language])
