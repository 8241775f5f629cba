"""Reads one question of a form, with what can be wrong about it alone."""

from dataclasses import dataclass, field, replace
from typing import Any

from carehub.definitions.following import RISK_LEVELS, Condition, Raise
from carehub.definitions.read_codes import read_choices
from carehub.definitions.read_condition import read_condition, read_test
from carehub.definitions.schema import CHOOSING, FILLS, KINDS, NOT_ANSWERS, Assumed, Choice, CodeList, Form, Question
from carehub.definitions.table import Table

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))


@dataclass(frozen=True)
class Words:
    """What a definition may refer to: loaded before it is read."""

    code_lists: dict[tuple[str, int], CodeList]
    #: area → the domain it belongs to
    areas: dict[str, str]
    domains: frozenset[str]
    #: the names of the pathways that there are
    pathways: frozenset[str] = frozenset()
    #: The newest version of each form, for what refers to their questions.
    forms: dict[str, Form] = field(default_factory=dict)

    def values(self, name: str) -> tuple[str, ...]:
        """The values of every version of a list: the risk areas, the expectations."""
        return tuple(code.value for (list_name, _), codes in self.code_lists.items() if list_name == name for code in codes.codes)


_KEYS = (
    *("id", "text", "short", "kind", "hint", "choices", "codes", "mandatory", "shown_if", "domain", "area", "anchors", "expectations"),
    *("national", "third_party", "re_ask", "for_worker", "not_answers", "assumed", "differs_from", "raises", "fills"),
    *("least", "most", "decimals", "unit", "dates"),
)


def read_question(table: Table, words: Words) -> Question:
    table.only(_KEYS)
    name, text = table.identifier(), table.text("text")
    kind = table.one_of("kind", KINDS)
    choices, national_none = _read_answers(table, kind, words)
    domain, area = _read_area(table, kind, words)
    expectations = table.texts("expectations")
    for position, expectation in enumerate(expectations):
        table.known(expectation, words.values("expectations"), "expectations", position)
    not_answers = _read_not_answers(table)
    question = Question(
        id=name,
        text=text,
        kind=kind,
        short=table.text("short", ""),
        hint=table.text("hint", ""),
        choices=choices,
        mandatory=table.flag("mandatory"),
        shown_if=read_condition(table.table("shown_if", "a condition")) if "shown_if" in table else None,
        domain=domain,
        area=area,
        anchors=_read_anchors(table, kind),
        expectations=expectations,
        national=table.text("national", ""),
        national_none=national_none,
        third_party=table.flag("third_party"),
        re_ask=table.one_of("re_ask", ("always",), ""),
        for_worker=table.flag("for_worker"),
        not_answers=not_answers,
        assumed=_read_assumed(table.table("assumed", "what is assumed"), words) if "assumed" in table else None,
        differs_from=table.texts("differs_from"),
        fills=_read_fills(table, choices),
        **_read_limits(table, kind),
    )
    question = replace(question, raises=tuple(_read_raise(raised, name, kind, words) for raised in table.tables("raises", "a risk")))
    if question.raises and question.re_ask != "always":
        raise table.wrong(f"'{name}' raises a risk, so it needs re_ask = \"always\": a risk is never confirmed with one click.", "raises")
    if question.assumed and (question.raises or not question.mandatory or "not-applicable" not in not_answers):
        raise table.wrong(
            "'assumed' is for a key question that may not apply and raises no risk: no risk is assumed to be absent.", "assumed"
        )
    return question


def _read_assumed(table: Table, words: Words) -> Assumed:
    assumed = Assumed(table.text("sex"), table.text("why"))
    table.finish()
    table.known(assumed.sex, words.values("sex"), "sex")
    return assumed


def find_codes(table: Table, words: Words, key: str) -> CodeList:
    """The list that "name/version" names. The version is part of the form: a later list must not change an old form."""
    wanted = table.text(key)
    name, _, version = wanted.partition("/")
    versions = sorted(number for list_name, number in words.code_lists if list_name == name)
    if not versions:
        table.known(name, sorted({list_name for list_name, _ in words.code_lists}), key)
    if not version.isdigit() or int(version) not in versions:
        raise table.wrong(f"'{wanted}' names no version of the code list; write '{name}/{versions[-1]}' (there is {versions}).", key)
    return words.code_lists[name, int(version)]


def _read_answers(table: Table, kind: str, words: Words) -> tuple[tuple[Choice, ...], tuple[tuple[str, str], ...]]:
    """The choices: yes and no, those written in the question, those of its code list (in this order)."""
    if kind not in CHOOSING or kind == "yes-no":
        for key in ("choices", "codes"):
            if key in table:
                raise table.wrong(f"A question of kind '{kind}' has no '{key}'.", key)
        return (YES_NO if kind == "yes-no" else ()), ()
    choices = read_choices(table)
    none_codes: tuple[tuple[str, str], ...] = ()
    if "codes" in table:
        codes = find_codes(table, words, "codes")
        twice = {choice.value for choice in choices} & {code.value for code in codes.codes}
        if twice:
            raise table.wrong(f"'{min(twice)}' stands in 'choices' and in the code list.", "choices")
        choices, none_codes = choices + codes.codes, codes.none_codes
    elif kind == "substance":
        raise table.wrong("A question of kind 'substance' needs 'codes'.", "kind")
    if len(choices) < 2:
        raise table.wrong(f"A question of kind '{kind}' needs at least two 'choices', or 'codes'.", "choices")
    return choices, none_codes


def _read_area(table: Table, kind: str, words: Words) -> tuple[str, str]:
    domain, area = table.text("domain", ""), table.text("area", "")
    if area:
        table.known(area, words.areas, "area")
        if domain and domain != words.areas[area]:
            raise table.wrong(f"The area '{area}' belongs to the domain '{words.areas[area]}', not to '{domain}'.", "domain")
        return words.areas[area], area
    if kind == "score-1-5":
        raise table.wrong("A score needs the 'area' that it is a score of.")
    if domain:
        table.known(domain, words.domains, "domain")
    return domain, ""


def _read_anchors(table: Table, kind: str) -> tuple[str, ...]:
    if kind != "score-1-5":
        if "anchors" in table:
            raise table.wrong(f"Only a score has anchors; this question is of kind '{kind}'.", "anchors")
        return ()
    if "anchors" not in table:
        raise table.wrong("A score needs 'anchors': what 1, 2, 3, 4 and 5 mean, 1 the best, 5 the worst.")
    given = table.table("anchors", "anchors")
    for score in "12345":
        if score not in given:
            raise given.wrong(f"The anchor for {score} is missing: each of 1 to 5 needs its meaning.")
    anchors = tuple(given.text(score) for score in "12345")
    given.finish()
    return anchors


def _read_fills(table: Table, choices: tuple[Choice, ...]) -> str:
    fills = table.one_of("fills", FILLS, "")
    if fills and (odd := [choice.value for choice in choices if choice.value not in FILLS[fills]]):
        raise table.wrong(f"'{odd[0]}' is no {fills}: the choices may be {', '.join(FILLS[fills])}.", "fills")
    return fills


def _read_not_answers(table: Table) -> tuple[str, ...]:
    if "not_answers" not in table:
        return NOT_ANSWERS
    given = table.texts("not_answers")
    for position, none in enumerate(given):
        table.known(none, NOT_ANSWERS, "not_answers", position)
    return tuple(none for none in NOT_ANSWERS if none in given)


def _read_limits(table: Table, kind: str) -> dict[str, Any]:
    """What a number, a date or a text may be. For a text, ``most`` is its length in characters."""
    found: dict[str, Any] = {}
    goes_with = {
        "least": ("number",),
        "most": ("number", "text", "long-text"),
        "decimals": ("number",),
        "unit": ("number",),
        "dates": ("date",),
    }
    for key, kinds in goes_with.items():
        if key in table and kind not in kinds:
            raise table.wrong(f"'{key}' does not go with kind '{kind}'.", key)
    if kind == "number":
        found = {"least": table.number("least"), "most": table.number("most")}
        found |= {"decimals": table.flag("decimals"), "unit": table.text("unit", "")}
        least, most = found["least"], found["most"]
        if isinstance(least, int | float) and isinstance(most, int | float) and least > most:
            raise table.wrong(f"'least' ({least}) is more than 'most' ({most}).", "least")
    elif kind in ("text", "long-text") and "most" in table:
        found = {"most": table.whole("most", least=1)}
    elif kind == "date":
        found = {"dates": table.one_of("dates", ("past", "future", "any"), "any")}
    return found


def _read_raise(table: Table, question: str, kind: str, words: Words) -> Raise:
    """``answer`` is the usual test in a word: the answer given, or one of those ticked."""
    area = table.text("area")
    table.known(area, words.values("risk-areas"), "area")
    level = table.one_of("level", RISK_LEVELS)
    banner = table.text("words")
    if "answer" not in table:
        return Raise(area, level, banner, read_test(table, question))
    answer = table.value("answer")
    table.finish()
    if kind not in CHOOSING:
        return Raise(area, level, banner, Condition("is", question, answer))
    answers = tuple(answer) if isinstance(answer, list) else (answer,)
    return Raise(area, level, banner, Condition("includes" if kind == "many-of" else "is_one_of", question, answers))
