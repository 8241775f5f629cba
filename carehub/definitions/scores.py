"""What the answers add up to. A question without an answer leaves no score: nothing is guessed, nothing is 0."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from carehub.definitions.answers import Answer
from carehub.definitions.conditions import holds, open_questions, points, standing
from carehub.definitions.following import Band, Score
from carehub.definitions.schema import Form, Question


@dataclass(frozen=True)
class Lacking:
    """A question without which there is no score."""

    question: Question
    #: Why it has no answer: 'declined' and so on; '' where it has not been asked yet.
    none: str


@dataclass(frozen=True)
class ScoreResult:
    """One score of one assessment."""

    score: Score
    #: None where an answer is lacking; never 0 for that.
    value: int | None
    #: What the value means; None also where nobody has said what it means for this client.
    band: Band | None
    lacking: tuple[Lacking, ...]
    #: How many answers count that were not asked again this time.
    earlier: int = 0
    #: Rests on what somebody else said or did: not to be seen by the client.
    third_party: bool = False

    @property
    def least(self) -> int:
        return self.score.least

    @property
    def most(self) -> int:
        return self.score.most

    @property
    def without(self) -> tuple[Lacking, ...]:
        """Asked, and no answer."""
        return tuple(each for each in self.lacking if each.none)

    @property
    def to_ask(self) -> int:
        """How many are still to be asked."""
        return len(self.lacking) - len(self.without)

    def __str__(self) -> str:
        """'AUDIT score: 21 of 40. Possible dependence', or that there is none."""
        if self.value is None:
            return _("%(score)s: no score") % {"score": self.score.title}
        said = _("%(score)s: %(value)s of %(most)s") % {"score": self.score.title, "value": self.value, "most": self.most}
        return _("%(score)s. %(band)s") % {"score": said, "band": self.band.text} if self.band else said


def of(form: Form, answers: Mapping[str, Answer]) -> tuple[ScoreResult, ...]:
    """Every score of the form, in its order. ``form`` is the version that was asked: an old score keeps its old bands."""
    return tuple(result(form, score, answers) for score in form.scores)


def result(form: Form, score: Score, answers: Mapping[str, Answer]) -> ScoreResult:
    counted = points(form, score, answers)
    lacking: dict[str, Lacking] = {}
    for name in (name for name, count in counted.items() if count is None):
        question = form.question(name)
        for one in open_questions(form, question, answers) or (question,):
            lacking[one.id] = Lacking(one, str(standing(answers.get(one.id)).get("none", "")))
    value = None if lacking else sum(count for count in counted.values() if count is not None)
    return ScoreResult(
        score,
        value,
        None if value is None else _band(form, score, value, answers),
        tuple(lacking.values()),
        earlier=sum(1 for name, count in counted.items() if count is not None and "last" in answers.get(name, {})),
        third_party=any(form.question(name).third_party for name in score.questions),
    )


def _band(form: Form, score: Score, value: int, answers: Mapping[str, Answer]) -> Band | None:
    """Bands for a condition go before those for everybody; where it cannot be told whose bands hold, none does."""
    for when in dict.fromkeys(band.when for band in score.bands if band.when):
        held = holds(form, when, answers)
        if held is None:
            return None
        if held:
            return _holding(score, value, when)
    return _holding(score, value, None)


def _holding(score: Score, value: int, when: object) -> Band | None:
    return next((band for band in score.bands if band.when == when and band.least <= value <= band.most), None)
