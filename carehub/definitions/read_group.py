"""A group of questions, asked once for each entry: children, substances. At load each entry becomes questions of its own.

So an answer stays one key with one value, and drafts, merges, copying forward and locks know nothing of groups.
"""

from collections.abc import Mapping
from dataclasses import replace

from carehub.definitions.following import Condition
from carehub.definitions.read_condition import read_condition
from carehub.definitions.read_question import YES_NO, Words, read_question
from carehub.definitions.schema import Question
from carehub.definitions.table import Table

#: A group has two entries at least, and a page that can still be read.
MOST = 12

#: Base id of a group's question → the ids of its entries, in order.
Entries = dict[str, tuple[str, ...]]


def read_group(table: Table, words: Words, entries: Entries) -> list[tuple[Question, Table]]:
    """The questions of all entries, in the order in which they are asked, each with its place; ``entries`` learns what became of which."""
    name, title = table.identifier(), table.text("title")
    most = table.whole("most", least=2)
    if most > MOST:
        raise table.wrong(f"A group has {MOST} entries at most.", "most")
    first, another = table.text("first", ""), table.text("another")
    group_shown = read_condition(table.table("shown_if", "a condition")) if "shown_if" in table else None
    places = table.tables("question", "a question")
    asked = [read_question(place, words) for place in places]
    table.finish()
    if not asked:
        raise table.wrong(f"The group '{name}' has no [[section.group.question]].")
    own = {question.id for question in asked}
    if twice := own & entries.keys():
        raise table.wrong(f"The question '{min(twice)}' stands in two groups of this form.")
    entries |= {base: tuple(f"{base}-{entry}" for entry in range(1, most + 1)) for base in own}
    found: list[tuple[Question, Table]] = []
    opened = group_shown
    if first:
        found.append((_opening(name, 0, first, asked, shown_if=group_shown), table))
        opened = _yes(name, 0)
    for entry in range(1, most + 1):
        entry_title = f"{title} {entry}"
        found += [(_of_entry(one, own, name, entry, entry_title, opened), place) for one, place in zip(asked, places, strict=True)]
        if entry < most:
            found.append((_opening(name, entry, another, asked, shown_if=opened), table))
            opened = _yes(name, entry)
    return found


def any_entry(condition: Condition, entries: Mapping[str, tuple[str, ...]]) -> Condition:
    """The condition, with each question of a group replaced by 'any of its entries'."""
    if condition.question in entries:
        return Condition("any", parts=tuple(replace(condition, question=entry) for entry in entries[condition.question]))
    if condition.parts:
        return replace(condition, parts=tuple(any_entry(part, entries) for part in condition.parts))
    return condition


def _opening(group: str, entry: int, text: str, asked: list[Question], *, shown_if: Condition | None) -> Question:
    """'Is there another child?', after the entry; 0 before the first."""
    return Question(
        id=f"{group}-more-{entry}",
        text=text,
        kind="yes-no",
        choices=YES_NO,
        mandatory=True,
        shown_if=shown_if,
        for_worker=asked[0].for_worker,
        third_party=all(question.third_party for question in asked),
        group=group,
        entry=entry,
    )


def _yes(group: str, entry: int) -> Condition:
    return Condition("is", f"{group}-more-{entry}", "yes")


def _of_entry(question: Question, own: set[str], group: str, entry: int, title: str, opened: Condition | None) -> Question:
    conditions = tuple(one for one in (opened, question.shown_if and _same_entry(question.shown_if, own, entry)) if one)
    return replace(
        question,
        id=f"{question.id}-{entry}",
        short=f"{title}: {question.name}",
        shown_if=conditions[0] if len(conditions) == 1 else Condition("all", parts=conditions) if conditions else None,
        raises=tuple(replace(raised, when=_same_entry(raised.when, own, entry)) for raised in question.raises),
        # Named within its own group it means the entries before: no substance is written down twice.
        differs_from=tuple(
            name
            for other in question.differs_from
            for name in ((other,) if other not in own else tuple(f"{other}-{before}" for before in range(1, entry)))
        ),
        group=group,
        entry=entry,
        entry_title=title,
    )


def _same_entry(condition: Condition, own: set[str], entry: int) -> Condition:
    if condition.question in own:
        return replace(condition, question=f"{condition.question}-{entry}")
    if condition.parts:
        return replace(condition, parts=tuple(_same_entry(part, own, entry) for part in condition.parts))
    return condition
