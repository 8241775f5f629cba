"""Answers to the triage, as somebody with such a life might have given them.

Questions are known by their ids; one that is not known here, or that does not take the answer any more, is given a plain one that fits
its kind. So the form may change without breaking the demonstration.
"""

from collections.abc import Callable
from datetime import date, timedelta

from carehub.definitions.answers import Answer, Answers, complete, not_answers_of
from carehub.definitions.conditions import shown
from carehub.definitions.schema import Form, Question, Value
from carehub.demo import sayings
from carehub.demo.chance import Chance
from carehub.demo.lives import ALCOHOL, CANNABIS, HEROIN, Life

#: Which of the questions that best practice expects had no answer, and how often (Joint review 2006: too often).
LEFT_OPEN = {"harm-from-others": 0.22, "sharing": 0.08, "overdose": 0.05, "home-others": 0.08, "self-harm": 0.06, "alcohol-signs": 0.08}


def answered(form: Form, life: Life, chance: Chance, day: date, *, all_of_it: bool = True) -> Answers:
    """Answers to ``form`` on ``day``; complete, or as far as somebody has come."""
    answers: Answers = {}
    for question in form.questions:
        if shown(form, question, answers):
            answers[question.id] = _answer(form, question, life, chance, day, answers)
    if all_of_it:
        return complete(form, answers)
    begun = [question.id for section in form.sections[:3] for question in section.questions]
    return {name: answer for name, answer in answers.items() if name in begun}


def _answer(form: Form, question: Question, life: Life, chance: Chance, day: date, answers: Answers) -> Answer:
    if question.group and question.kind == "yes-no" and not question.entry_title:
        return {"value": "no"}  # no further entry
    if question.id == "pregnant" and life.sex != "F":
        return {"none": "not-applicable"}
    if chance.happens(LEFT_OPEN.get(question.id, 0)):
        kinds = [(none, why) for none, why, _words in not_answers_of(form, question) if none in ("declined", "not-asked") and why]
        if kinds:
            none, why = chance.choice(kinds)
            return {"none": none, "why": why}
    given = _GIVEN[question.id](life, chance, answers) if question.id in _GIVEN else None
    return {"value": given if _fits(question, given) else _plain(question, day)}


def _fits(question: Question, value: Value | None) -> bool:
    if value is None:
        return False
    if question.kind in ("one-of", "yes-no", "substance"):
        return question.choice(value) is not None
    if question.kind == "many-of":
        return isinstance(value, list) and bool(value) and all(question.choice(one) for one in value)
    if question.kind == "number":
        return isinstance(value, int) and (question.least or 0) <= value <= (question.most if question.most is not None else value)
    return isinstance(value, str)


def _plain(question: Question, day: date) -> Value:
    """The answer that says least: nothing found, no danger."""
    if question.kind == "many-of":
        alone = [choice.value for choice in question.choices if choice.alone]
        return alone or [question.choices[-1].value]
    if question.choices:
        quiet = [choice.value for choice in question.choices if not any(choice.value in _values(raised) for raised in question.raises)]
        return (quiet or [question.choices[0].value])[0]
    if question.kind in ("number", "score-1-5"):
        return int(question.least or 1)
    if question.kind == "date":
        return (day + timedelta(days=14 if question.dates == "future" else -14)).isoformat()
    return "Nothing to add."


def _values(raised: object) -> tuple[object, ...]:
    value = raised.when.value
    return value if isinstance(value, tuple) else (value,)


def _urgent(life: Life, chance: Chance, answers: Answers) -> list[str]:
    found = []
    if life.main == HEROIN and life.days_used > 25 and chance.happens(0.12):
        found.append("withdrawal")
    if chance.happens(0.04):
        found.append("just-out")
    if life.housing == "1" and chance.happens(0.5):
        found.append("nowhere-to-sleep")
    if life.in_trouble and chance.happens(0.2):
        found.append("court")
    return found or ["none"]


def _others_helping(life: Life, chance: Chance, answers: Answers) -> list[str]:
    found = ["gp"] if chance.happens(0.6) else []
    if life.mental_health in ("now", "crisis"):
        found.append("mental-health")
    if life.in_trouble and chance.happens(0.6):
        found.append("probation")
    if life.housing == "1" and chance.happens(0.5):
        found.append("housing")
    return found or ["none"]


def _health_now(life: Life, chance: Chance, answers: Answers) -> list[str]:
    found = []
    if life.injecting == "C" and chance.happens(0.2):
        found.append("abscess")
    if life.injecting != "N" and chance.happens(0.2):
        found.append("liver")
    if chance.happens(0.1):
        found.append("long-illness")
    if chance.happens(0.18):
        found.append("pain")
    return found or ["none"]


def _mood(life: Life, chance: Chance, answers: Answers) -> list[str]:
    if life.suicide == "now":
        return ["low", "hopeless"]
    return ["low"] if life.mental_health in ("now", "crisis") else ["none"]


def _home_others(life: Life, chance: Chance, answers: Answers) -> list[str]:
    if life.housing == "1":
        return [chance.choice(("hostel", "none"))]
    found = ["partner"] if chance.happens(0.35) else []
    if life.children in ("11", "12"):
        found.append("children")
    if chance.happens(0.2):
        found.append(chance.choice(("family", "others")))
    if chance.happens(0.15):
        found.append("users")
    return found or ["none"]


def _treatment(life: Life, chance: Chance, answers: Answers) -> str:
    """A national code of intervention: over half of all treatment was specialist prescribing (Models of Care, 2.3)."""
    if life.takes_opioids:
        return chance.one_of({"2": 60, "3": 20, "4": 10, "6": 5, "1": 5})
    if life.main == ALCOHOL:
        return "11"
    return chance.one_of({"4": 60, "5": 20, "12": 15, "6": 5}) if life.main != CANNABIS else chance.one_of({"4": 70, "10": 30})


def _how_soon(life: Life, chance: Chance, answers: Answers) -> str:
    urgent = answers.get("urgent", {}).get("value", [])
    if life.suicide == "now" or "withdrawal" in urgent or "nowhere-to-sleep" in urgent:
        return "today"
    return "week" if life.pregnant or "just-out" in urgent else "usual"


def _easier(life: Life, chance: Chance, answers: Answers) -> list[str]:
    found = [f"interpreter-{life.language}"] if life.language else []
    if life.reads_badly:
        found.append("reading")
    if life.sex == "F" and chance.happens(0.35):
        found.append("woman")
    if life.children in ("11", "12") and chance.happens(0.3):
        found.append("childcare")
    if chance.happens(0.12):
        found.append("times")
    return found or ["none"]


_GIVEN: dict[str, Callable[[Life, Chance, Answers], Value]] = {
    "reason": lambda life, chance, answers: sayings.why_here(life, chance),
    "urgent": _urgent,
    "previous": lambda life, chance, answers: chance.one_of(
        {"never": 34, "finished": 16, "left-early": 36, "ended-by-service": 10, "still": 4}
    ),
    "others-helping": _others_helping,
    "motivation": lambda life, chance, answers: (
        "sent" if life.in_trouble and chance.happens(0.3) else chance.one_of({"ready": 60, "thinking": 36, "not-now": 4})
    ),
    "main-drug": lambda life, chance, answers: life.main,
    "main-route": lambda life, chance, answers: life.route,
    "main-days": lambda life, chance, answers: life.days_used,
    "main-age": lambda life, chance, answers: life.first_used_at,
    "second-drug": lambda life, chance, answers: life.second,
    "third-drug": lambda life, chance, answers: CANNABIS if CANNABIS not in (life.main, life.second) and chance.happens(0.25) else "none",
    "prescribed": lambda life, chance, answers: ["mental-health"] if life.mental_health in ("now", "crisis") else ["none"],
    "injecting": lambda life, chance, answers: life.injecting,
    "sharing": lambda life, chance, answers: chance.one_of({"never": 40, "past": 45, "recent": 15 if life.injecting == "C" else 0}),
    "alcohol-days": lambda life, chance, answers: life.drinks_on,
    "alcohol-units": lambda life, chance, answers: life.units,
    "alcohol-signs": lambda life, chance, answers: (
        chance.choice((["shakes"], ["shakes", "morning"])) if life.dependent_on_alcohol else ["none"]
    ),
    "overdose": lambda life, chance, answers: life.overdose,
    "health-now": _health_now,
    "mental-health": lambda life, chance, answers: life.mental_health,
    "pregnant": lambda life, chance, answers: "yes" if life.pregnant else "no",
    "suicide": lambda life, chance, answers: life.suicide,
    "self-harm": lambda life, chance, answers: chance.one_of({"never": 70, "long-ago": 24, "year": 6}),
    "harm-to-others": lambda life, chance, answers: chance.one_of({"never": 74, "past": 20, "year": 6}),
    "harm-from-others": lambda life, chance, answers: life.hurt_by,
    "self-neglect": lambda life, chance, answers: chance.one_of({"mostly": 68, "some-days": 28, "hardly": 4}),
    "housing": lambda life, chance, answers: life.housing,
    "home-others": _home_others,
    "mood": _mood,
    "children": lambda life, chance, answers: life.children,
    "children-safe": lambda life, chance, answers: chance.one_of({"no": 72, "support": 25, "risk": 3}),
    "easier": _easier,
    "how-soon": _how_soon,
    "next-step": lambda life, chance, answers: "here",
    "treatment": _treatment,
    "comprehensive": lambda life, chance, answers: (
        "yes" if life.takes_opioids or life.mental_health == "crisis" else chance.choice(("yes", "not-now"))
    ),
    "agrees": lambda life, chance, answers: chance.one_of({"yes": 90, "other": 9, "no": 1}),
}
