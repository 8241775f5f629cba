"""Reads an assessment form; what no question can be asked alone is asked in whole_form."""

from dataclasses import replace

from carehub.definitions.following import RISK_LEVELS, TRIGGER_KINDS, Check, Condition, RiskRule, Trigger
from carehub.definitions.read_codes import refuse_twice
from carehub.definitions.read_condition import read_condition
from carehub.definitions.read_group import Entries, any_entry, read_group
from carehub.definitions.read_question import Words, find_codes, read_question
from carehub.definitions.read_score import check_tool, read_scores
from carehub.definitions.schema import COMPETENCES, NOT_ANSWERS, Form, Question, Reason, Section
from carehub.definitions.table import Table
from carehub.definitions.whole_form import Places, check_as_a_whole

#: What the ids of a partnership's own questions begin with, so that no later version of a form has one of the same name.
LOCAL = "local-"
LEVELS = ("screening", "triage", "comprehensive", "risk", "aftercare", "outcome", "scores", "tool", "local")

#: Its words become a task's.
LONGEST_TRIGGER = 300


def read_form(table: Table, name: str, version: int, title: str, words: Words) -> Form:
    entries: Entries = {}
    places: Places = {}
    sections = tuple(_read_section(section, words, entries, places) for section in table.tables("section", "a section"))
    if not sections:
        raise table.wrong("A form needs at least one [[section]].")
    refuse_twice(table, [section.id for section in sections], "section")
    form = Form(
        name,
        version,
        title,
        tuple(_naming_entries(section, entries) for section in sections),
        level=table.one_of("level", LEVELS),
        about=table.text("about", ""),
        source=table.text("source", ""),
        triggers=tuple(_read_trigger(trigger, words, entries) for trigger in table.tables("trigger", "a trigger")),
        risks=tuple(_read_risk(risk, words, entries) for risk in table.tables("risk", "a risk")),
        checks=tuple(_read_check(check, entries) for check in table.tables("check", "a check")),
        reasons=_read_reasons(table, words),
        minutes=table.whole("minutes", 0),
        most_questions=table.whole("most_questions", 0),
        scores=read_scores(table, {question.id: question for section in sections for question in section.questions}),
        licence=table.text("licence", ""),
        words_are_ours=table.flag("words_are_ours"),
    )
    table.finish()
    if form.level == "tool":
        check_tool(table, form.scores)
    check_as_a_whole(table, form, places)
    return form


def _read_section(table: Table, words: Words, entries: Entries, places: Places) -> Section:
    """Its own questions, then those of its groups. ``entries`` learns which question became which, ``places`` where each stands."""
    shown_if = read_condition(table.table("shown_if", "a condition")) if "shown_if" in table else None
    questions = []
    for place in table.tables("question", "a question"):
        questions.append(_once(read_question(place, words), place, places))
    for group in table.tables("group", "a group"):
        for question, place in read_group(group, words, entries):
            questions.append(_once(question, place, places))
    if shown_if is not None:
        # A section's condition is each of its questions' condition: one rule, one place to look at it.
        questions = [
            replace(one, shown_if=Condition("all", parts=(shown_if, one.shown_if)) if one.shown_if else shown_if) for one in questions
        ]
    section = Section(
        _not_local(table.identifier(), table),
        table.text("title"),
        tuple(questions),
        intro=table.text("intro", ""),
        competence=table.one_of("competence", COMPETENCES, ""),
        assesses=table.texts("assesses"),
        shown_if=shown_if,
    )
    table.finish()
    for position, area in enumerate(section.assesses):
        table.known(area, words.values("risk-areas"), "assesses", position)
    if not questions:
        raise table.wrong(f"The section '{section.id}' has no [[section.question]].")
    return section


def _once(question: Question, place: Table, places: Places) -> Question:
    if _not_local(question.id, place) in places:
        raise place.wrong(f"The question '{question.id}' stands twice in this form.", "id")
    places[question.id] = place
    return question


def _not_local(name: str, place: Table) -> str:
    if name.startswith(LOCAL):
        raise place.wrong(f"'{name}': what begins with '{LOCAL}' is added in the browser, not in a file.", "id")
    return name


def _naming_entries(section: Section, entries: Entries) -> Section:
    """Questions outside a group that wait for one of its questions wait for any entry of it."""
    return replace(
        section,
        shown_if=any_entry(section.shown_if, entries) if section.shown_if else None,
        questions=tuple(
            replace(one, shown_if=any_entry(one.shown_if, entries)) if entries and one.shown_if else one for one in section.questions
        ),
    )


def _read_risk(table: Table, words: Words, entries: Entries) -> RiskRule:
    rule = RiskRule(
        area=table.text("area"),
        level=table.one_of("level", RISK_LEVELS),
        words=table.text("words"),
        when=any_entry(read_condition(table.table("when", "a condition")), entries),
        third_party=table.flag("third_party"),
    )
    table.finish()
    table.known(rule.area, words.values("risk-areas"), "area")
    return rule


def _read_trigger(table: Table, words: Words, entries: Entries) -> Trigger:
    trigger = Trigger(
        id=table.identifier(),
        kind=table.one_of("kind", TRIGGER_KINDS, "proposal"),
        text=table.text("text"),
        when=any_entry(read_condition(table.table("when", "a condition")), entries),
        source=table.text("source", ""),
        pathway=table.text("pathway", ""),
        tell=table.one_of("tell", ("manager", "safeguarding-lead"), ""),
        same_day=table.flag("same_day"),
        countersign=table.flag("countersign"),
        within_days=table.whole("within_days", 0) if "within_days" in table else None,
        done_by_accepting=table.flag("done_by_accepting"),
        instead_of=table.texts("instead_of"),
    )
    table.finish()
    if trigger.within_days is not None and (trigger.same_day or trigger.countersign or trigger.kind != "proposal"):
        raise table.wrong("'within_days' is for a proposal that can wait until tomorrow.", "within_days")
    if trigger.countersign and not trigger.tell:
        raise table.wrong("A trigger with countersign = true must say whom to 'tell'.", "countersign")
    if len(trigger.text) > LONGEST_TRIGGER:
        raise table.wrong(f"'text' of a trigger has {LONGEST_TRIGGER} characters at most: it becomes a line of a list.", "text")
    if trigger.pathway:
        table.known(trigger.pathway, words.pathways, "pathway")
    return trigger


def _read_check(table: Table, entries: Entries) -> Check:
    check = Check(table.identifier(), table.text("text"), any_entry(read_condition(table.table("when", "a condition")), entries))
    table.finish()
    return check


def _read_reasons(table: Table, words: Words) -> tuple[Reason, ...]:
    if "reasons" not in table:
        return ()
    codes = find_codes(table, words, "reasons")
    if any(code.property("of") not in NOT_ANSWERS for code in codes.codes):
        raise table.wrong(f"Each code of '{codes.name}' needs a property 'of': {', '.join(NOT_ANSWERS)}.", "reasons")
    return tuple(Reason(code.value, code.text, str(code.property("of"))) for code in codes.codes)
