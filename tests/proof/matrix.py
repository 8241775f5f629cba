"""Promise 1's world and its table: clients in every standing towards an agency, every role in it, and a row for every page.

Every client has a name, a reference, a telephone and an address that nobody else has, and a row in every table: whatever leaks
can be recognised.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.urls import URLPattern

from carehub import clock
from carehub.actors import Actor
from carehub.files import store
from carehub.models import Document, Notice, StoredFile, Task
from carehub.permissions import ROLES
from careplans.models import Addendum, PlanReturn, PlanVersion
from clients.models import Assessment, ChangeRule, Client, ClientPathway, Consent, Opening, UnusualAccess
from tests import factories
from tests.everything import everything_about

#: How a client stands towards the acting agency; 'named' is opened to single people by name. 'mixed' is an address that names one's
#: own client and somebody else's record.
STANDINGS = ("own", "shared", "shared in part", "revoked", "run out", "never shared", "named", "other partnership")
MIXED = "mixed"
METHODS = ("GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
#: Roles to whose membership the client 'named' was opened.
NAMED = ("peer-auditor", "visiting-auditor", "prescriber")

#: Pages about a client: what ``pk`` in their address is the key of. A page that has a key in its address and no row fails.
ROWS: dict[str, str] = {
    "client": "",
    "client-contact": "client",
    "episode-begin": "",
    "contact-change": "",
    "client-outcomes": "",
    "screen-turn": "",
    "client-looked": "",
    "client-looked-paper": "",
    "client-sharing": "",
    "consent-record": "",
    "consent-form": "",
    "consent-withdraw": "consent",
    "consent-client-told": "consent",
    "record-close": "opening",
    "opening-judge": "opening",
    "keyworker-change": "",
    "assessments": "",
    "risk-plan": "",
    "risk-plan-begin": "",
    "risk-plan-edit": "risk plan in draft",
    "assessment-start": "",
    "comprehensive-decline": "",
    "assessment-correct": "assessment",
    "assessment-hand-on": "draft assessment",
    "assessment-show": "assessment",
    "assessment-edit": "draft assessment",
    "task-done": "task",
    "task-reopened": "task",
    "task-carried-out": "task to carry out",
    "task-countersign": "task to countersign",
    "task-sent-back": "task to countersign",
    "proposals": "",
    "client-pathways": "",
    "pathway-end": "pathway",
    "notice-read": "notice",
    "plan-start": "",
    "client-plan": "",
    "plan-show": "plan",
    "plan-edit": "draft plan",
    "plan-agree": "draft plan",
    "plan-reopen": "draft plan",
    "plan-revise": "plan",
    "plan-return": "plan",
    "plan-mended": "return",
    "plan-review": "plan",
    "plan-ask-review": "plan",
    "plan-put-off": "plan",
    "plan-sign": "draft plan",
    "plan-changes": "plan",
    "plan-note": "plan",
    "plan-signed-later": "plan",
    "plan-close": "plan",
    "plan-lead": "plan",
    "plan-paper": "plan",
    "plan-print": "plan",
    "plan-copy": "plan",
    "document-make": "plan",
    "plan-scan": "plan",
    "plan-scan-later": "plan",
    "document-open": "document",
    "document-again": "document",
}
#: Pages about staff and agencies: the same, of the client's keyworker.
OFFICE_ROWS: dict[str, str] = {
    "agency-change": "agency",
    "staff-person": "person",
    "staff-change": "person",
    "staff-link": "person",
    "staff-left": "person",
    "staff-second-factor": "person",
    "role-give": "person",
    "role-end": "membership",
    "deputy-name": "membership",
    "staff-seen": "person",
    "staff-seen-paper": "person",
    "unusual-look": "unusual",
    "form-edition": "edition",
    "paper-form": "paper form",
    "paper-form-change": "paper form",
    "paper-form-remove": "paper form",
    "keyworker-share-out": "person",
    "change-rule-change": "change rule",
    "change-rule-end": "change rule",
    "referral-show": "referral",
    "referral-accept": "referral",
    "referral-decline": "referral",
    "referral-link-stop": "referral link",
    "referral-link-made": "referral link",
}
#: Of these, what a role at an agency opens for its own staff only.
OF_ONES_OWN = (
    *("staff-seen", "staff-seen-paper", "unusual-look", "keyworker-share-out", "paper-form-change", "paper-form-remove"),
    *("referral-show", "referral-accept", "referral-decline", "referral-link-stop", "referral-link-made"),
)
#: Where such a person or agency is: with us, beside us, in another partnership.
OFFICES = ("own", "never shared", "other partnership")
#: What a part of the record that was not shared holds: 'shared in part' has the record and neither of these.
OF_A_PART = ("assessment", "plan", "document", "return")
#: Pages that answer 404 even to somebody who reaches the client, and why.
NOT_THERE = {
    "record-close": "only who opened the record closes it",
    "pathway-show": "there is no pathway of this name",
    "second-factor-remove": "they have no second factor to remove",
    "mfa_view_recovery_codes": "they have no codes",
    "switch-role": "they have no other role",
}
#: What stands in an address that has no key: something that is there.
WORDS = {"page": "identity", "form": "triage", "section": "reason", "question": "overdose", "setting": "plan_within_days"}


@dataclass
class Subject:
    """One client, the keys of what is on record about them, and how they can be recognised."""

    standing: str
    client: Client
    keys: dict[str, UUID]
    marks: tuple[str, ...]


@dataclass
class World:
    actors: dict[str, Actor]
    subjects: dict[str, Subject]

    def unreached(self, role: str) -> list[Subject]:
        return [subject for subject in self.subjects.values() if not reaches(role, subject.standing)]


def reaches(role: str, standing: str, page: str = "") -> bool:
    """The rule, said without the code that keeps it. ``role`` '' is somebody who is not signed in."""
    if not role or standing == MIXED or (standing == "named" and role not in NAMED):
        return False
    if standing == "named":
        return True
    if ROLES[role].partnership_wide or role == "peer-auditor" or standing not in ("own", "shared", "shared in part"):
        return False
    return standing != "shared in part" or not ROWS.get(page, "").endswith(OF_A_PART)


def has_key(page: URLPattern) -> bool:
    return bool({"pk", "client_id"} & page.pattern.converters.keys())


def keyless(page: URLPattern) -> dict[str, str]:
    """What stands in the address of a page about nobody: something that is there, where the page shows things by name."""
    return {name: WORDS.get(name, "nothing") for name in page.pattern.converters}


def office_reaches(role: str, standing: str, page: str) -> bool:
    """Whoever may open a page about staff at all, opens it for everybody of the partnership, or of their agency."""
    if not role or standing == "other partnership":
        return False
    return standing == "own" or page not in OF_ONES_OWN or ROLES[role].partnership_wide


def arguments(page: URLPattern, subject: Subject, role: str, own: Subject | None = None) -> dict[str, Any]:
    """What stands in the page's address for ``subject``; with ``own``, the client of one and the record of the other.

    Raises KeyError where the page has no row.
    """
    row = (ROWS | OFFICE_ROWS)[page.name or ""]
    key = "" if not row else subject.client.pk if row == "client" else subject.keys[f"notice of {role}" if row == "notice" else row]
    values = {"client_id": (own or subject).client.pk, "pk": key, "section": "reason", "form": "triage"}
    return {name: values[name] for name in page.pattern.converters}


def build() -> World:
    ours = factories.agency()
    beside, abroad = factories.agency(ours.partnership, kind="voluntary"), factories.agency()
    actors = {role: factories.actor(role=role, agency=ours) for role in ROLES}
    writers = {agency.pk: factories.actor(agency=agency) for agency in (ours, beside, abroad)}
    shares: dict[str, dict[str, Any]] = {
        "shared": {},
        "shared in part": {"parts": ["record"]},
        "revoked": {},
        "run out": {"until": clock.now() - timedelta(minutes=1)},
    }
    subjects = {}
    for number, standing in enumerate(STANDINGS):
        agency = {"own": ours, "other partnership": abroad}.get(standing, beside)
        subject = subjects[standing] = _subject(standing, number, by=writers[agency.pk], told=actors)
        if standing in shares:
            factories.access(subject.client, agency=ours, basis="consent", **shares[standing])
        if standing == "revoked":
            factories.end_access(subject.client, agency=ours)
        if standing == "named":
            for role in NAMED:
                factories.access(subject.client, membership=actors[role].membership, basis="audit-sample")
    return World(actors, subjects)


def _subject(standing: str, number: int, *, by: Actor, told: dict[str, Actor]) -> Subject:
    letter = "abcdefgh"[number]
    marks = {
        "first_name": f"Ozquin{letter}",
        "last_name": f"Vextarrow{letter}",
        "telephone": f"07700 9002{number}7",
        "address": f"{number} Zibbertwine Steps, Testing, ZZ{number} 1ZZ",
    }
    assert by.agency is not None
    client = factories.client_of(by.agency, keyworker=by, **marks)
    everything_about(client, by=by)
    # What everything_about filed under the hash of the reference: a document and a sheet that can really be opened.
    store.put(client.reference.encode())
    about = {"client_id": client.pk}
    with factories.loading(client.partnership_id):
        # The draft that came of a review; the database has set its agency.
        on_paper = PlanVersion.objects.select_related("plan", "client").get(**about, locked_at__isnull=True)
        plan, file = on_paper.plan, StoredFile.objects.get(**about)
    factories.agree(on_paper, by=by)
    factories.sign(on_paper, by=by, scan=file)
    now = clock.now()
    said = {"words": "The client signed.", "signed_on": clock.today(), "scan": file, "written_at": now, "written_by": by.person}
    with factories.loading(client.partnership_id):
        Addendum.objects.create(
            **about, partnership_id=client.partnership_id, agency=by.agency, version=on_paper, kind="signed-later", **said
        )
    unusual = UnusualAccess(
        partnership=by.partnership,
        agency=by.agency,
        membership=by.membership,
        rule="night",
        version=1,
        limit=1,
        day=clock.today() - timedelta(days=number),
        times=3,
        first_at=now,
        last_at=now,
        found_at=now,
    )
    change_rule = ChangeRule(
        partnership=by.partnership,
        item=f"outcome-{standing.replace(' ', '-')}",
        least_difference=4,
        source="The partnership’s board",
        entered_at=now,
        entered_by=by.person,
    )
    with factories.loading(client.partnership_id):
        unusual.save(force_insert=True)
        change_rule.save(force_insert=True)
    link = factories.referral_link(by.agency, by=by)
    keys = {
        "referral link": link.pk,
        # Somebody who waits to be looked at, with the marks of the client: whatever shows them elsewhere is recognised.
        "referral": factories.referral(link, **marks).pk,
        "edition": factories.edition(by=by).pk,
        "paper form": factories.paper_form(by=by).pk,
        "unusual": unusual.pk,
        "change rule": change_rule.pk,
        "agency": by.agency.pk,
        "person": by.person_id,
        "membership": by.membership.pk,
        "plan": on_paper.pk,
        "draft plan": factories.plan_version(client, by=by, plan=plan).pk,
        "draft assessment": factories.assessment(client, by=by).pk,
        "risk plan in draft": factories.risk_plan(client, by=by).pk,
    }
    with factories.loading(client.partnership_id):
        keys |= {
            "assessment": Assessment.objects.get(**about, state="complete").pk,
            "document": Document.objects.get(**about).pk,
            "return": PlanReturn.objects.get(**about).pk,
            "task": Task.objects.get(**about).pk,
            "task to carry out": _countersigned(client, by=by).pk,
            "task to countersign": _countersigned(client, by=by, carried_out=True).pk,
            "consent": Consent.objects.get(**about).pk,
            "opening": Opening.objects.get(**about).pk,
            "pathway": ClientPathway.objects.get(**about).pk,
        }
        for role, actor in told.items():
            made = Notice.objects.create(
                **about,
                partnership_id=client.partnership_id,
                person=actor.person,
                kind="review.soon",
                subject_id=uuid4(),
                about_day=clock.today(),
                made_at=clock.now(),
            )
            keys[f"notice of {role}"] = made.pk
    return Subject(standing, client, keys, (*marks.values(), client.reference))


def _countersigned(client: Client, *, by: Actor, carried_out: bool = False) -> Task:
    now = clock.now()
    said = {"carried_out_at": now, "carried_out_by": by.person, "carried_out_words": "Rang them", "told": ["gp"]} if carried_out else {}
    return Task.objects.create(
        partnership_id=client.partnership_id,
        client_id=client.pk,
        kind="trigger.suicide",
        subject_id=uuid4(),
        words="Do not leave them alone.",
        countersigned=True,
        due_on=clock.today(),
        agency=by.agency,
        made_at=now,
        **said,
    )
