"""What each party's word must say before it counts: a name, or the day on the paper, or why not."""

from datetime import date
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor
from carehub.files.pipeline import CleanFile
from carehub.formfields import DrawingField
from carehub.rules import Refused
from careplans.models import PlanVersion, Signature

How, Party = Signature.How, Signature.Party
LONGEST_NAME = Signature._meta.get_field("name").max_length or 0
LONGEST_REASON = Signature._meta.get_field("reason").max_length or 0


class Word(TypedDict, total=False):
    """One party's word on a plan. ``how``: a value of Signature.How; ``name`` in letters that can be read."""

    how: str
    name: str
    #: Of a client who agrees by word: when they are asked to sign.
    follow_up_on: date | None
    #: Of who declines.
    reason: str
    #: The drawing of somebody who signs on screen, as a path of whole numbers in 600 by 180.
    strokes: str
    #: The day on the paper; a signature on screen is of today.
    signed_on: date | None
    scan: CleanFile | None


def check_words(version: PlanVersion, actor: Actor, words: dict[str, Word]) -> None:
    """``words``: party → word. Client and keyworker both say theirs. Raises :class:`Refused`, each sentence at '<party>_<field>'."""
    problems: dict[str, list[str]] = {}
    for party in (Party.CLIENT, Party.KEYWORKER):
        if party not in words:
            problems[f"{party}_how"] = [_("Client and keyworker both sign, or the client declines.")]
    for who, word in words.items():
        problems |= {f"{who}_{name}": [sentence] for name, sentence in _problems(version, actor, who, word).items()}
    if problems:
        raise Refused(_("Nothing was signed yet: %(sentence)s") % {"sentence": next(iter(problems.values()))[0]}, fields=problems)


def _problems(version: PlanVersion, actor: Actor, party: str, word: Word) -> dict[str, str]:
    how, name = word.get("how", ""), (word.get("name") or "").strip()
    if how not in How.values or (how in (How.DECLINED, How.VERBAL) and party != Party.CLIENT):
        return {"how": _("Choose how they sign")}
    found = {}
    if len(name) > LONGEST_NAME:
        found["name"] = _("The name must be %(most)s characters or fewer") % {"most": LONGEST_NAME}
    elif not name and (how == How.SCREEN or party != Party.CLIENT):
        found["name"] = _("Type the name of whoever signs")
    elif how == How.SCREEN and party == Party.KEYWORKER and _plain(name) != _plain(actor.person.name):
        found["name"] = _("Sign with your own name, as you are signed in: %(name)s") % {"name": actor.person.name}
    checks = {How.SCREEN: _on_screen, How.PAPER: _on_paper, How.VERBAL: _by_word, How.DECLINED: _declined}
    return found | checks[How(how)](version, word)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _on_screen(version: PlanVersion, word: Word) -> dict[str, str]:
    try:
        DrawingField().clean(word.get("strokes") or "")
    except ValidationError as wrong:
        return {"strokes": wrong.messages[0]}
    return {}


def _on_paper(version: PlanVersion, word: Word) -> dict[str, str]:
    day = word.get("signed_on")
    if day is None:
        return {"signed_on": _("Say which day stands beside the signature")}
    if day > clock.today():
        return {"signed_on": _("The day beside the signature must be today or in the past")}
    if version.agreed_at and day < clock.day_of(version.agreed_at):
        return {"signed_on": _("The day beside the signature lies before the day on which this text was agreed")}
    return {}


def _by_word(version: PlanVersion, word: Word) -> dict[str, str]:
    day, last = word.get("follow_up_on"), version.next_review_on
    if day is None:
        return {"follow_up_on": _("Say when you will ask them to sign")}
    if day <= clock.today() or (last and day > last):
        return {"follow_up_on": _("The day on which you will ask them to sign must be in the future, and no later than the next review")}
    return {}


def _declined(version: PlanVersion, word: Word) -> dict[str, str]:
    reason = (word.get("reason") or "").strip()
    if not reason:
        return {"reason": _("Say why they did not want to sign")}
    if len(reason) > LONGEST_REASON:
        return {"reason": _("The reason must be %(most)s characters or fewer") % {"most": LONGEST_REASON}}
    return {}
