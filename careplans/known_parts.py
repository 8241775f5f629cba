"""Who is known to have a part in the client's care and does not stand in the plan yet: put in by one click.

From the plans that were signed before, and from what the client said of their GP, prescriber, pharmacy, probation officer and helpers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid5

from carehub.actors import Actor
from carehub.definitions.answers import Answers
from carehub.definitions.conditions import last_known
from careplans.content import Content, Row
from careplans.models import Involved, PlanVersion
from clients.models import Assessment

Role = Involved.Role
#: Question, without the number of a group's entry → as what whoever the answer names takes part, and which question says what they do.
ANSWERED = {
    "helper-who": (Role.OUTSIDE, "helper-does"),
    "medicine-by": (Role.PHARMACY, ""),
    "order-worker": (Role.CO_ORDINATION, ""),
}
_NUMBERED = re.compile(r"(.+?)(-[0-9]+)?")
#: An answer in these words is about somebody who has a role of their own.
_IN_WORDS = {Role.GP: re.compile(r"\b(gp|dr|doctor|surgery)\b", re.I), Role.PHARMACY: re.compile(r"\b(pharmac|chemist)", re.I)}
PART = "part-"
#: Nobody reads on further.
AT_MOST = 8
_LONGEST = {name: Involved._meta.get_field(name).max_length or 0 for name in ("name", "does")}


@dataclass(frozen=True)
class KnownPart:
    """``row``: as it would stand in the plan."""

    row: Row

    @property
    def key(self) -> str:
        """The same for the same role and name, on every page."""
        return f"{PART}{uuid5(UUID(int=0), '/'.join(_who(self.row)))}"

    @property
    def role(self) -> str:
        return str(Role(self.row["role"]).label)


def known_parts(actor: Actor, version: PlanVersion, said: Content) -> list[KnownPart]:
    """The newest word of each, the plans' before the answers'. Two queries."""
    there = {_who(row) for row in said.rows["involved"].values()}
    found: dict[tuple[str, str], KnownPart] = {}
    for row in (*_of_plans(actor, version), *_of_answers(actor, version)):
        if _who(row) not in there:
            found.setdefault(_who(row), KnownPart(row))
    return list(found.values())[:AT_MOST]


def put_part_in(said: Content, part: KnownPart) -> tuple[Content, str]:
    """And 'kind-key' of the row. Done twice it is one row."""
    said.rows["involved"][part.key] = dict(part.row)
    return said, f"involved-{part.key}"


def _who(row: Row) -> tuple[str, str]:
    """A service of the partnership is known by its key, anybody else by role and name."""
    return row.get("role", ""), row.get("party_id") or " ".join(row.get("name", "").split()).casefold()


def _of_plans(actor: Actor, version: PlanVersion) -> list[Row]:
    parts = Involved.objects.visible_to(actor).filter(version__client_id=version.client_id, locked_at__isnull=False)
    rows = parts.exclude(version=version).order_by("-locked_at", "position").values("role", "party_id", "name", "contact", "does")
    return [{name: str(value or "") for name, value in row.items()} for row in rows[:50]]


def _of_answers(actor: Actor, version: PlanVersion) -> list[Row]:
    """The newest assessment that names anybody; none of the older ones is looked at."""
    complete = Assessment.objects.visible_to(actor).filter(client_id=version.client_id).standing()
    for assessment in complete.filter(form="comprehensive")[:1]:
        return list(_named_in(assessment.answers))
    return []


def _named_in(answers: Answers) -> Iterator[Row]:
    for question in answers:
        asked, number = _NUMBERED.fullmatch(question).groups()  # type: ignore[union-attr]  # no question is without a name
        role, does = ANSWERED.get(asked, (None, ""))
        if role and (name := _said(answers, question, "name")):
            if role == Role.OUTSIDE:
                role = next((one for one, words in _IN_WORDS.items() if words.search(name)), role)
            yield {"role": role.value, "name": name, "does": _said(answers, f"{does}{number or ''}", "does")}


def _said(answers: Answers, question: str, field: str) -> str:
    value = last_known(answers.get(question))
    return " ".join(value.split())[: _LONGEST[field]] if isinstance(value, str) else ""
