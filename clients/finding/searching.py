"""Looking for a client: what was typed, what it means, and where it is kept while its result is looked at.

The words are posted and never stand in an address: the result's address has a number that means nothing to anybody else.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date

from django.contrib.sessions.backends.base import SessionBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from carehub.rules import Refused
from clients.finding.reference import normalise

_KEPT = "searches"
#: Of one session; the oldest goes.
_MOST_KEPT = 20
LONGEST = 100
_DATE = re.compile(r"\b(\d{1,2})[./\s-](\d{1,2})[./\s-](\d{4})\b", re.ASCII)


@dataclass(frozen=True)
class Sought:
    """What to look for: a part of a name or a reference, and a date of birth where one was typed."""

    words: str
    born: date | None = None


def read(typed: str) -> Sought:
    """'ashgrove 27/3/1981' → the name and the day. Raises Refused with what to type instead."""
    words = " ".join(typed.replace("\x00", "").split())
    if not words:
        raise _refused(_("Type a name, a reference or a date of birth"))
    if len(words) > LONGEST:
        raise _refused(_("Type %(most)d characters or fewer") % {"most": LONGEST})
    if normalise(words):
        return Sought(words)
    born = None
    if found := _DATE.search(words):
        try:
            born = date(int(found[3]), int(found[2]), int(found[1]))
        except ValueError:
            raise _refused(_("%(typed)s is not a real date. Type it like 27 3 1981") % {"typed": found[0]}) from None
        words = " ".join(f"{words[: found.start()]} {words[found.end() :]}".split())
    letters = sum(letter.isalnum() for letter in words)
    if letters < 2 and not (born and not letters):
        raise _refused(_("Type at least two letters of the name"))
    return Sought(words, born)


def _refused(sentence: str) -> Refused:
    return Refused(sentence, fields={"words": [sentence]})


def on_record(typed: str) -> str:
    """What the log keeps of a search: what kind it was, and a mark by which the same words are known again.

    Not the words: they may be the name of somebody who is on nobody's record, or of one whom the log's reader may not know.
    """
    sought = read(typed)
    kinds = ["reference" if normalise(sought.words) else "name"] if sought.words else []
    if sought.born:
        kinds.append("date of birth")
    return f"{', '.join(kinds)}; mark {mark(typed)}"


def mark(typed: str) -> str:
    """The same for the same words, however they are spaced and written; says nothing to whoever has not this installation's key."""
    return salted_hmac("carehub.search", " ".join(typed.split()).casefold(), algorithm="sha256").hexdigest()[:16]


def keep(session: SessionBase, typed: str) -> str:
    """Returns what stands in the result's address instead of the words."""
    token = secrets.token_urlsafe(16)
    kept = [each for each in session.get(_KEPT, []) if each[1] != typed]
    session[_KEPT] = [*kept, [token, typed]][-_MOST_KEPT:]
    return token


def kept(session: SessionBase, token: str) -> str:
    """The words; '' where this session does not have them (any more)."""
    return next((typed for known, typed in session.get(_KEPT, []) if known == token), "")
