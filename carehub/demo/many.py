"""Generated clients by the ten thousand, for measuring: plain, numbered, written by the database itself.

Only in the demonstration, only as the owner. A partnership is a transaction; those that are there already are left alone.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connections, transaction

from carehub.definitions.catalogue import catalogue
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.forward import Stamp
from carehub.demo import many_statements, names
from carehub.demo.chance import Chance
from carehub.demo.lives import lives
from carehub.demo.place import AGENCIES, PASSWORD
from carehub.demo.triage import answered
from carehub.models import Agency, Membership, Partnership, Person
from clients import risk
from clients.finding.reference import ALPHABET

#: A keyworker has about so many clients.
CASELOAD = 40
#: Different sets of answers that the assessments repeat.
SAMPLES = 40
_KEYS = UUID("6f2a8c0e-5d61-4d0b-9d8f-3f0a3c6c2e10")


@dataclass(frozen=True)
class Measured:
    """What was written: rows a table, and the seconds it took."""

    partnerships: int
    clients: int
    seconds: float


def load_many(
    *, clients: int, partnerships: int, today: date, parts_every: int = 1, seed: int = 1, said: Callable[[str], None] = lambda line: None
) -> Measured:
    """``clients`` shared out among ``partnerships``; goals, needs and signatures for every ``parts_every``-th plan.

    Raises RuntimeError outside the demonstration, or without the owner's connection.
    """
    if not settings.DEMO or "owner" not in settings.DATABASES:
        raise RuntimeError("Generated clients are loaded in the demonstration only (CAREHUB_DEMO=1), as the owner (DATABASE_OWNER_URL).")
    began = time.monotonic()
    password, done = make_password(PASSWORD), 0
    for number in range(1, partnerships + 1):
        share = clients // partnerships + (number <= clients % partnerships)
        with transaction.atomic(using="owner"):
            partnership = _partnership(number, share, password, today)
            if partnership is not None and share:
                _people(partnership, f"{seed}:{number}", share, today, parts_every, analyse=not done)
                done += share
        said(f"{number} of {partnerships} partnerships, {done:,} clients, {time.monotonic() - began:.0f} s")
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return Measured(partnerships, done, time.monotonic() - began)


def sign_in(number: int, role: str = "keyworker") -> str:
    """The mail of the first person in ``role`` of a partnership."""
    return f"{role}.1@p{number:03d}.carehub.example"


def _partnership(number: int, share: int, password: str, today: date) -> Partnership | None:
    """Partnership, agencies and staff; None where it is there already."""
    name = f"Partnership {number:03d} (generated)"
    if Partnership.objects.using("owner").filter(name=name).exists():
        return None
    partnership = Partnership(id=uuid5(_KEYS, name), name=name, is_demo=True)
    partnership.save(using="owner", force_insert=True)
    agencies = [
        Agency(
            id=uuid5(_KEYS, f"{name}/{each.letter}"),
            partnership_id=partnership.pk,
            name=each.name,
            discreet_name=each.discreet_name,
            kind=each.kind,
            telephone=each.telephone,
            address=each.address,
            opening_hours=each.opening_hours,
            complaints=each.complaints,
            advocacy=each.advocacy,
        )
        for each in AGENCIES
    ]
    Agency.objects.using("owner").bulk_create(agencies)
    people, memberships = [], []
    for role, agency, place in _posts(agencies, share):
        person = Person(
            id=uuid5(_KEYS, f"{name}/{role}/{place}"),
            email=f"{role}.{place}@p{number:03d}.carehub.example",
            name=f"{role.replace('-', ' ').capitalize()} {place}",
            telephone="01632 960 199",
            password=password,
            is_demo=True,
        )
        people.append(person)
        memberships.append(
            Membership(
                id=uuid5(_KEYS, f"{person.pk}/{role}"),
                person_id=person.pk,
                role=role,
                partnership_id=partnership.pk,
                agency_id=agency.pk if agency else None,
                starts_on=date(today.year - 3, 1, 1),
            )
        )
    Person.objects.using("owner").bulk_create(people)
    Membership.objects.using("owner").bulk_create(memberships)
    return partnership


def _posts(agencies: list[Agency], share: int) -> Iterator[tuple[str, Agency | None, int]]:
    """Role, agency, number of the post. Half of the keyworkers are with the first agency."""
    keyworkers = max(5, -(-share // CASELOAD))
    for place in range(1, keyworkers + 1):
        yield "keyworker", agencies[0] if place % 2 else agencies[place // 2 % 5], place
    for place, agency in enumerate(agencies, start=1):
        yield "service-manager", agency, place
        yield "reception", agency, place
    for role in ("clinical-lead", "partnership-manager", "commissioner", "administrator"):
        yield role, None, 1


#: What the checks of foreign keys look into. Planned while the tables are empty, they would read them from end to end for each row.
_LOOKED_INTO = {
    "clients": ("clients_client",),
    "episodes": ("clients_episode",),
    "assessments": ("clients_assessment",),
    "plans": ("careplans_careplan",),
    "versions": ("careplans_planversion",),
    "goals": ("careplans_goal",),
}


def _people(partnership: Partnership, seed: str, share: int, today: date, parts_every: int, *, analyse: bool) -> None:
    """``analyse``: the first partnership of an empty database."""
    form = catalogue().form("triage")
    number = int(seed.partition(":")[2])
    common = {
        "seed": seed,
        "partnership": partnership.pk,
        "partnership_name": partnership.name,
        "today": today,
        "first": number * 10_000_000 + 1,
        "last": number * 10_000_000 + share,
        "first_names": list(names.WOMEN + names.MEN),
        "first_names_count": len(names.WOMEN + names.MEN),
        "last_names": [first + second for first in names.FIRST_HALVES for second in names.SECOND_HALVES],
        "last_names_count": len(names.FIRST_HALVES) * len(names.SECOND_HALVES),
        "alphabet": ALPHABET,
        "form_version": form.version,
        "fingerprint": fingerprint(form),
        "samples": SAMPLES,
        "parts_every": parts_every,
    }
    with connections["owner"].cursor() as cursor:
        common["workers"] = _workers(cursor, partnership)
        _samples(cursor, today)
        for place, statements in enumerate((many_statements.BEFORE, *[many_statements.ROUNDS] * 3, many_statements.AFTER)):
            for name, sql in statements.items():
                cursor.execute(sql, {**common, "round": place - 1})
                for table in _LOOKED_INTO.get(name, ()) if analyse else ():
                    cursor.execute(f"ANALYZE {table}")
            cursor.execute("ANALYZE made")


_WORKERS = """
CREATE TEMPORARY TABLE workers ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY p.email) - 1 AS place, m.agency_id, p.id AS person_id, p.name, p.telephone
FROM carehub_membership m JOIN carehub_person p ON p.id = m.person_id
WHERE m.partnership_id = %s AND m.role = 'keyworker'
"""
_SAMPLES = """
CREATE TEMPORARY TABLE samples (place int, answers jsonb, main text, risk text, risk_words jsonb, area text, level text, words text)
ON COMMIT DROP
"""


def _workers(cursor: Any, partnership: Partnership) -> int:
    cursor.execute(_WORKERS, [partnership.pk])
    return cursor.rowcount


def _samples(cursor: Any, today: date) -> None:
    """Answers that the form takes, made as for the demonstration partnership, with the risk that they raise."""
    form, chance = catalogue().form("triage"), Chance(7)
    cursor.execute(_SAMPLES)
    for place, life in enumerate(lives(chance, SAMPLES, [False] * SAMPLES)):
        answers = answered(form, life, chance, today)
        found = risk.picture(risk.Told(form, answers, Stamp(today, "a keyworker"), {}))
        first = found.found[0] if found.found else None
        raised = (first.area, risk.kept_level(first.level), first.words[: risk.LONGEST_WORDS]) if first else ("", "", "")
        cursor.execute(
            "INSERT INTO samples VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [place, json.dumps(answers), life.main, found.level, json.dumps(found.words), *raised],
        )
