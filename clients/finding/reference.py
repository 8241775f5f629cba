"""The human reference of a client: short, random, and with a check character, so that a slip of the pen finds nobody."""

import random

#: No vowels (no words), no 1, I, L, O (no mistakes). Twenty-nine is prime, so any one wrong character and any swap of two shows.
ALPHABET = "023456789BCDFGHJKMNPQRSTVWXYZ"
LENGTH = 6


def _check(body: str) -> str:
    return ALPHABET[sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, start=2)) % len(ALPHABET)]


def new_reference(chance: random.Random | None = None) -> str:
    """A reference such as 'K7M-2QX4'. ``chance`` only for the demonstration's fixed seed."""
    chance = chance or random.SystemRandom()
    body = "".join(chance.choice(ALPHABET) for _ in range(LENGTH))
    return f"{body[:3]}-{body[3:]}{_check(body)}"


def normalise(text: str) -> str:
    """As it is kept, from what somebody typed: 'k7m 2qx4' → 'K7M-2QX4'. '' where it is not a reference, or its check fails."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(letters) != LENGTH + 1 or any(letter not in ALPHABET for letter in letters):
        return ""
    return f"{letters[:3]}-{letters[3:]}" if _check(letters[:-1]) == letters[-1] else ""
