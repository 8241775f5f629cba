"""Invented people and their records, for tests. Works in a test's transaction and on committed data alike, as the application's role.

    team = factories.agency()
    keyworker = factories.actor(role="keyworker", agency=team)
    someone = factories.client_of(team, keyworker=keyworker)
    version = factories.plan_version(someone, by=keyworker, state="signed")

Each leaves the database's context as it found it. To read what was made: ``with context.acting(keyworker): …``.
"""

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.test import Client as Browser

from carehub import clock, context
from carehub.actors import Actor
from carehub.middleware.actor import CHOSEN
from carehub.models import (
    Access,
    Agency,
    FormEdition,
    Membership,
    PaperForm,
    Partnership,
    Person,
    StoredFile,
    Task,
)
from carehub.models.access import ALL_PARTS
from carehub.permissions import ROLES
from careplans import content
from careplans.models import PARTS, Action, CarePlan, Goal, Involved, Need, PlanVersion, RiskStep, Signature
from clients.finding.reference import new_reference
from clients.models import (
    Assessment,
    Client,
    ClientPathway,
    Episode,
    Proposal,
    ReceivedReferral,
    ReferralLink,
    RiskFound,
    RiskPlan,
    RiskPlanStep,
    SafeContact,
)
from clients.models.referrals import mark_of

_number = itertools.count(1)
FIRST_NAMES = ("Rowan", "Sorrel", "Linnet", "Bryn", "Tamsin", "Corin", "Merle", "Isolde", "Piran", "Wren")
LAST_NAMES = ("Ashgrove", "Millrace", "Thornfield", "Quillback", "Saltmarsh", "Underhay", "Larkrise", "Stonecrop", "Fernhollow", "Oxbow")


@contextmanager
def loading(partnership_id: UUID) -> Iterator[None]:
    """A transaction that reaches every client of the partnership."""
    with context.on_duty(partnership_id, "load"):
        yield


def _names(number: int) -> tuple[str, str]:
    return FIRST_NAMES[number % len(FIRST_NAMES)], LAST_NAMES[number // len(FIRST_NAMES) % len(LAST_NAMES)]


def partnership(name: str = "") -> Partnership:
    return Partnership.objects.create(name=name or f"Vale of Tests {next(_number)}")


def agency(of: Partnership | None = None, *, name: str = "", kind: str = "statutory", **fields) -> Agency:
    number = next(_number)
    values = {
        "name": name or f"Community Drug Service {number}",
        "discreet_name": f"Number {number}, Millrace Lane",
        "kind": kind,
        "telephone": "01632 960123",
        "address": f"{number} Millrace Lane, Testing, ZZ9 9ZZ",
        "opening_hours": "Monday to Friday, 9 am to 5 pm",
    }
    return Agency.objects.create(partnership=of or partnership(), **values | fields)


def person(*, name: str = "", email: str = "", password: str | None = None, **fields) -> Person:
    number = next(_number)
    name = name or " ".join(_names(number))
    return Person.objects.create_person(
        email=email or f"{name.split()[0].lower()}.{number}@example.org", name=name, password=password, **fields
    )


def actor(
    *,
    role: str = "keyworker",
    agency: Agency | None = None,
    partnership: Partnership | None = None,
    person: Person | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    **of_person,
) -> Actor:
    """Somebody in ``role``; ``agency`` (or one made here) for roles at an agency, ``partnership`` for those of the whole."""
    if ROLES[role].partnership_wide:
        partnership, agency = partnership or (agency.partnership if agency else globals()["partnership"]()), None
    else:
        agency = agency or globals()["agency"](partnership)
        partnership = agency.partnership
    person = person or globals()["person"](**of_person)
    membership = Membership.objects.create(
        person=person,
        role=role,
        partnership=partnership,
        agency=agency,
        starts_on=starts_on or clock.today() - timedelta(days=365),
        ends_on=ends_on,
    )
    return Actor(person, membership)


def signed_in(actor: Actor, **browser_options) -> Browser:
    """A browser in which ``actor`` is signed in, in that membership."""
    browser = Browser(**browser_options)
    browser.force_login(actor.person)
    session = browser.session
    session[CHOSEN] = str(actor.membership.pk)
    session.save()
    return browser


# --- Clients ------------------------------------------------------------------------------------------------------------


def client_values(agency: Agency, *, by: Person) -> dict[str, object]:
    """What a new client's row needs."""
    number = next(_number)
    first, last = _names(number)
    return {
        "partnership_id": agency.partnership_id,
        "reference": new_reference(),
        "first_name": first,
        "last_name": last,
        "date_of_birth": date(1975, 1, 1) + timedelta(days=37 * number % 9000),
        "sex": Client.Sex.NOT_STATED,
        "telephone": "07700 900123",
        "address": f"{number} Sandpiper Row, Testing, ZZ1 1ZZ",
        "registered_at": clock.now(),
        "registered_by": by,
    }


def client_of(
    agency: Agency,
    *,
    keyworker: Actor | None = None,
    registered_by: Person | None = None,
    state: str = "treatment",
    next_due: tuple[str, date] | None = None,
    episode: dict | None = None,
    contact: dict | None = None,
    reached: bool = True,
    **fields,
) -> Client:
    """A client with safe contact, an open episode with the agency, and (``reached``) the agency's access. Extra fields are the client's."""
    by = registered_by or (keyworker.person if keyworker else person())
    with loading(agency.partnership_id):
        client = Client.objects.create(**client_values(agency, by=by) | fields)
        channels = dict.fromkeys(SafeContact.CHANNELS, True) | {"by_post": False, "by_visit": False}
        SafeContact.objects.create(
            partnership_id=agency.partnership_id,
            client=client,
            asked_on=clock.today(),
            **channels | {"what_to_say": "Say it is Sam"} | (contact or {}),
        )
        opened = episode_of(
            client,
            agency,
            keyworker=keyworker,
            state=state,
            next_due=next_due or ("plan", clock.today() + timedelta(days=14)),
            **episode or {},
        )
        if reached:
            access(client, agency=agency, rests_on=opened.pk)
    return client


def episode_of(
    client: Client,
    agency: Agency,
    *,
    keyworker: Actor | None = None,
    state: str = "treatment",
    next_due: tuple[str, date] | None = None,
    **fields,
) -> Episode:
    """A stay with ``agency``; without access, which see :func:`access`."""
    what, on = next_due or ("", None)
    values = {"referred_on": clock.today() - timedelta(days=30), "referral_source": "self"}
    with loading(agency.partnership_id):
        return Episode.objects.create(
            partnership_id=agency.partnership_id,
            client=client,
            agency=agency,
            keyworker=keyworker.person if keyworker else None,
            state=state,
            next_due_what=what,
            next_due_on=on,
            **values | fields,
        )


def access(
    client: Client,
    *,
    agency: Agency | None = None,
    membership: Membership | None = None,
    parts: Iterable[str] | None = None,
    basis: str = Access.Basis.EPISODE,
    rests_on: UUID | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Access:
    """One grant to an agency or a person by name; an ended one with ``until`` in the past. All parts, but for the treating agency."""
    with loading(client.partnership_id):
        return Access.objects.create(
            partnership_id=client.partnership_id,
            client_id=client.pk,
            agency=agency,
            membership=membership,
            basis=basis,
            parts=list(parts if parts is not None else () if basis == Access.Basis.EPISODE else ALL_PARTS),
            rests_on=rests_on or uuid4(),
            since=since or clock.now() - timedelta(days=30),
            until=until,
        )


def reaches(actor: Actor, client: Client) -> bool:
    with context.acting(actor):
        return Client.objects.filter(pk=client.pk).exists()


def end_access(client: Client, *, agency: Agency) -> None:
    """From now on the agency does not reach the client."""
    with loading(client.partnership_id):
        Access.objects.filter(client_id=client.pk, agency=agency).end()


def assessment(client: Client, *, by: Actor, state: str = "draft", risks: int = 1, form: str = "triage", **fields) -> Assessment:
    """An assessment with ``risks`` risks found; 'complete' ones are locked, risks included."""
    now = clock.now()
    with loading(client.partnership_id):
        values = {
            "episode": Episode.objects.filter(client=client, agency=by.agency).latest("referred_on"),
            "form_version": 1,
            "form_fingerprint": hashlib.sha256(b"a form").hexdigest(),
            "answers": {"main-substance": {"value": "heroin"}},
            "took_place_on": clock.today(),
            "started_at": now,
            "started_by": by.person,
        }
        about = {"partnership_id": client.partnership_id, "client": client}
        made = Assessment.objects.create(**about, agency=by.agency, form=form, **values | fields)
        for number in range(risks):
            RiskFound.objects.create(**about, assessment=made, area=RiskFound.Area.SUBSTANCE, level="high", words=f"Overdose {number + 1}")
        if state == "complete":
            made.risks.update(locked_at=now)
            made.save_over(made.row_version, state="complete", completed_at=now, completed_by=by.person, locked_at=now)
        return made


def risk_plan(client: Client, *, by: Actor, state: str = "draft", steps: int = 1, **fields) -> RiskPlan:
    """A version of a risk management plan; 'agreed' ones are locked, steps included."""
    now, day = clock.now(), clock.today()
    about = {"partnership_id": client.partnership_id, "client": client}
    with loading(client.partnership_id):
        episode = Episode.objects.filter(client=client, agency=by.agency).latest("referred_on")
        number = RiskPlan.objects.filter(episode=episode).count() + 1
        values = {"number": number, "begun_at": now, "begun_by": by.person, "review_on": day + timedelta(weeks=4)}
        values |= {"agreement": RiskPlan.Agreement.AGREES} | fields
        made = RiskPlan.objects.create(**about, episode=episode, agency=by.agency, **values)
        for place in range(1, steps + 1):
            said = {"what": f"Naloxone at home {place}", "by_whom": by.person.name, "by_when": day, "told": "GP"}
            RiskPlanStep.objects.create(**about, plan=made, area=RiskFound.Area.SUBSTANCE, place=place, **said)
        if state == "agreed":
            made.steps.update(locked_at=now)
            made.save_over(made.row_version, state="agreed", agreed_at=now, agreed_by=by.person, locked_at=now)
        return made


def proposal(of: Assessment, *, by: Actor, trigger: str = "overdose", countersign: bool = False, **fields) -> Proposal:
    """An open one; ``countersign``: with the task that it is from the first minute."""
    now, about = clock.now(), {"partnership_id": of.partnership_id, "client_id": of.client_id}
    said = {"words": "Make an overdose plan and offer naloxone.", "why": "An overdose in the last year"}
    with loading(of.partnership_id):
        task = None
        if countersign:
            task = Task.objects.create(
                **about | said,
                kind=f"trigger.{trigger}",
                subject_id=of.pk,
                countersigned=True,
                due_on=clock.today(),
                agency=by.agency,
                made_at=now,
                made_by=by.person,
            )
        values = {
            "place": 0,
            "made_at": now,
            "wanted_by": clock.today() + timedelta(days=0 if countersign else 7),
            "same_day": countersign,
            "countersign": countersign,
            "task": task,
        }
        return Proposal.objects.create(
            **about | said | values | fields, episode_id=of.episode_id, assessment=of, agency=by.agency, trigger=trigger
        )


def on_pathway(client: Client, *, by: Actor, pathway: str = "maternity", **fields) -> ClientPathway:
    with loading(client.partnership_id):
        values = {"episode": Episode.objects.filter(client=client, agency=by.agency).latest("referred_on"), "because": "Pregnant"}
        return ClientPathway.objects.create(
            partnership_id=client.partnership_id,
            client=client,
            agency=by.agency,
            pathway=pathway,
            version=1,
            started_on=clock.today(),
            started_by=by.person,
            **values | fields,
        )


#: A screening in which nothing grave was found, and the person agrees to be referred.
SCREENED = {
    "trouble": {"value": "drugs"},
    "main-drug": {"value": "1011"},
    "injecting": {"value": "N"},
    "suicide": {"value": "never"},
    "danger": {"value": ["none"]},
    "advice": {"value": ["treatment"]},
    "how-soon": {"value": "week"},
    "refer-to": {"value": "drug-service"},
    "agrees-referral": {"value": "yes"},
}


def referral_link(of: Agency, *, by: Actor, token: str = "", **fields) -> ReferralLink:
    """A link to ``of``; with ``token`` for those who follow it."""
    values = {"for_whom": "The Elms surgery", "referral_source": "3", "runs_out_on": clock.today() + timedelta(days=90)}
    about = {"partnership_id": of.partnership_id, "agency": of, "made_at": clock.now(), "made_by": by.person}
    with loading(of.partnership_id):
        return ReferralLink.objects.create(**about, token_sha256=mark_of(token or uuid4().hex), **values | fields)


def referral(link: ReferralLink, *, client: Client | None = None, by: Actor | None = None, **fields) -> ReceivedReferral:
    """One that came by ``link``: it waits or, with ``client``, was accepted by ``by``."""
    number = next(_number)
    first, last = _names(number)
    now = clock.now()
    values = {
        "reference": f"R{number:06}",
        "received_at": now,
        "referrer_name": "Sage Fennimore",
        "referrer_role": "Practice nurse",
        "referrer_organisation": "The Elms surgery",
        "referrer_telephone": "01632 960456",
        "first_name": first,
        "last_name": last,
        "date_of_birth": date(1985, 5, 1) + timedelta(days=41 * number % 5000),
        "sex": Client.Sex.NOT_STATED,
        "telephone": "07700 900456",
        "safe_contact": dict.fromkeys(SafeContact.CHANNELS, True) | {"what_to_say": "It is Sam", "who_must_not_know": ""},
        "reason": "Wants to stop.",
        "form": "screening",
        "form_version": 1,
        "form_fingerprint": hashlib.sha256(b"a form").hexdigest(),
        "answers": SCREENED,
        "urgency": "week",
    }
    if client and by:
        values |= {"state": "accepted", "client": client, "decided_at": now, "decided_by": by.person}
    with loading(link.partnership_id):
        return ReceivedReferral.objects.create(partnership_id=link.partnership_id, agency_id=link.agency_id, link=link, **values | fields)


# --- Forms --------------------------------------------------------------------------------------------------------------


def edition(*, by: Actor, form: str = "triage", state: str = "published", **content) -> FormEdition:
    """What ``by``'s partnership has laid over a form; ``content``: see carehub.definitions.edition.Edition."""
    now = clock.now()
    with loading(by.partnership_id):
        number = FormEdition.objects.of_form(by.partnership_id, form).count() + 1
        made = FormEdition.objects.create(
            partnership_id=by.partnership_id,
            form=form,
            form_version=1,
            number=number,
            content=content,
            changed_at=now,
            changed_by=by.person,
        )
        if state == "published":
            made.save_over(made.row_version, state="published", published_at=now, published_by=by.person)
        return made


def paper_form(*, by: Actor, items: Iterable[str] = (), **fields) -> PaperForm:
    values = {"name": f"Sheet {next(_number)}", "dated": clock.today(), "looked_at": clock.now(), "looked_by": by.person}
    with loading(by.partnership_id):
        return PaperForm.objects.create(partnership_id=by.partnership_id, agency_id=by.agency_id, items=list(items), **values | fields)


# --- Plans ----------------------------------------------------------------------------------------------------------------


def plan_version(client: Client, *, by: Actor, state: str = "draft", plan: CarePlan | None = None, **fields) -> PlanVersion:
    """A version in ``state`` (draft, agreed, signed) with one of each part; a new plan's first, or ``plan``'s next.

    Written with the models, not with the actions: for tests of what lies below them.
    """
    now, day = clock.now(), clock.today()
    about = {"partnership_id": client.partnership_id, "client": client}
    with loading(client.partnership_id):
        if plan is None:
            episode = Episode.objects.filter(client=client, agency=by.agency).latest("referred_on")
            plan = CarePlan.objects.create(**about, episode=episode, agency=by.agency, kind="initial", begun_at=now, begun_by=by.person)
        values = {
            "strengths": "Gets up every morning for the dog.",
            "if_difficult": "Ring the duty worker.",
            "next_review_on": day + timedelta(days=84),
            "begun_at": now,
            "begun_by": by.person,
        }
        version = PlanVersion.objects.create(**about, plan=plan, number=plan.versions.count() + 1, **values | fields)
        parts_of(version)
        if state in ("agreed", "signed"):
            agree(version, by=by)
        if state == "signed":
            sign(version, by=by)
        return version


def parts_of(version: PlanVersion) -> None:
    """One need, one goal with one action, one step of the risk plan."""
    about = {"partnership_id": version.partnership_id, "client_id": version.client_id, "version": version}
    soon = clock.today() + timedelta(days=14)
    with loading(version.partnership_id):
        Need.objects.create(**about, domain="health", words="Sleeps badly", standing="now", score=4)
        goal = Goal.objects.create(
            **about, domain="health", client_words="I want to sleep through", service_words="Sleeps six hours a night"
        )
        Action.objects.create(**about, goal=goal, what="Keep a sleep diary", who="client", by_when=soon)
        RiskStep.objects.create(**about, area="substance", what="Carry naloxone", who_name="Keyworker", by_when=soon)
        Involved.objects.create(**about, role="outside", name="Corner pharmacy", contact="At the counter", does="Supervised doses")


def agree(version: PlanVersion, *, by: Actor) -> None:
    with loading(version.partnership_id):
        text = content.of(version).fingerprint()
        version.save_over(version.row_version, state="agreed", agreed_at=clock.now(), agreed_by=by.person, agreed_text=text)


def sign(version: PlanVersion, *, by: Actor, scan: StoredFile | None = None) -> None:
    """Client and keyworker sign on screen (on paper, with ``scan``); the version and all its parts are locked, the plan is current."""
    now, day = clock.now(), clock.today()
    about = {"partnership_id": version.partnership_id, "client_id": version.client_id, "version": version}
    with loading(version.partnership_id):
        for party, name in (("client", version.client.full_name), ("keyworker", by.person.name)):
            Signature.objects.create(
                **about,
                party=party,
                name=name,
                how="paper" if scan else "screen",
                scan=scan,
                signed_on=day,
                agreed_text=version.agreed_text,
                recorded_at=now,
                recorded_by=by.person,
            )
        for part in (*PARTS.values(), Signature):
            part.objects.filter(version=version).update(locked_at=now)
        version.save_over(version.row_version, state="signed", signed_on=day, locked_at=now)
        plan = version.plan
        plan.save_over(plan.row_version, state="current", current=version, review_due_on=version.next_review_on)


def sign_version_only(version: PlanVersion, *, by: Actor) -> None:
    """Locks the version and nothing else, in the transaction of ``by``: for tests of what happens at the same moment."""
    with context.acting(by):
        fresh = PlanVersion.objects.get(pk=version.pk)
        fresh.save_over(fresh.row_version, state="signed", signed_on=clock.today(), locked_at=clock.now())
