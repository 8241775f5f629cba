"""Names that are written otherwise than they sound: 'Smyth' finds Smith, 'Mohamed' Muhammad, 'Catherine' Kathryn.

A word is brought down to its consonants; between them any vowels may stand, and a consonant stands for those that are written for
the same sound. A local rule of thumb for names in English, with what Polish and Urdu names need; no phonetic standard.
"""

import re
import unicodedata

#: May stand anywhere between consonants, or be missing: 'h' and 'w' too (Jhon, Catherine), and what joins the parts of a name.
_VOWELS = "aeiouyhwąęóáéíúàèìòùâêîôûäëïöüåøæ'’-"
#: Consonant → how else the same sound is written.
_ALIKE = {
    "c": "cćčkqsz",
    "k": "kcq",
    "q": "qkc",
    "s": "sśšzcž",
    "z": "zźżžs",
    "f": "fvp",
    "v": "vfb",
    "p": "pf",
    "g": "gj",
    "j": "jg",
    "d": "dt",
    "t": "td",
    "l": "lł",
    "n": "nńñ",
    "x": "xks",
}
#: Letters that come apart by themselves are taken apart by Unicode; these do not.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "s", "æ": "a"})
#: With fewer consonants a word sounds like too many.
FEWEST = 2


def consonants(word: str) -> str:
    """'Kathryn' → 'ktrn'. A doubled letter counts once, the same letter after a vowel again: 'Mohammed' → 'mmd'."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(letter))
    single = re.sub(r"(.)\1+", r"\1", plain.translate(_PLAIN))
    return "".join(letter for letter in single if letter.isascii() and letter.isalpha() and letter not in _VOWELS)


def pattern(word: str) -> str:
    """A regular expression, for PostgreSQL and lower case, of words that sound like ``word``; '' where it has too few consonants."""
    skeleton = consonants(word)
    if len(skeleton) < FEWEST:
        return ""
    between = f"[{_VOWELS}]*"
    begins_with_vowel = bool(word) and unicodedata.normalize("NFKD", word.lower())[0] in _VOWELS
    first = f"[{_VOWELS}]+" if begins_with_vowel else ""
    return rf"\m{first}" + between.join(f"[{_ALIKE.get(letter, letter)}]+" for letter in skeleton) + rf"{between}\M"
