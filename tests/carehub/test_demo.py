"""The demonstration partnership: the same rows from the same seed, in the proportions reported, and nobody who could be real."""

import re
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client as Browser
from django.test import override_settings

from carehub import clock, context, local_settings
from carehub.definitions.answers import missing
from carehub.definitions.catalogue import catalogue
from carehub.definitions.typed import from_answers, read
from carehub.demo import names
from carehub.demo.chance import Chance
from carehub.demo.courses import HISTORY_DAYS
from carehub.demo.load import SEED, AlreadyThere, Loaded, load, make
from carehub.demo.many import load_many
from carehub.demo.place import PASSWORD, STAFF
from carehub.demo.sign_ins import write_sign_ins
from carehub.models import Access, Document, Job, Membership, Partnership, Person
from carehub.permissions import ROLES
from careplans import content
from careplans.models import PARTS, CarePlan, PlanVersion, Signature
from clients.finding.reference import normalise
from clients.models import Assessment, Client, Episode, RiskFound
from clients.outcomes.due import FORM, STAGE, late_profiles

DAY = date(2026, 3, 31)


def values(row) -> dict:
    """What a row says, apart from the salt of a password."""
    return {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in ("password", "search_name")
    }


def rows(made: Loaded) -> list[dict]:
    every = [made.place.partnership, *made.place.agencies.values(), *made.place.people, *made.place.memberships]
    for somebody in made.people:
        every += [somebody.client, somebody.contact, *(stay.episode for stay in somebody.stays)]
    every += [*made.triages.assessments, *made.triages.risks, *made.triages.tasks]
    every += made.profiles.rows
    beside = made.afterwards
    every += [*beside.reviews, *beside.outcomes, *beside.returns, *beside.addenda, *beside.tasks, *beside.notices]
    every += [*made.proposals.proposals, *made.proposals.tasks, *made.proposals.pathways]
    every += [*made.put_offs.tasks, *made.put_offs.put_off, *made.put_offs.asked]
    every += [made.referrals.link, *made.referrals.rows, *made.referrals.notices]
    for plan in made.plans.plans:
        every.append(plan.plan)
        for version in plan.versions:
            every += [version.version, *version.signatures, *(part for parts in version.parts.values() for part in parts)]
    return [values(row) for row in every]


@pytest.fixture(scope="module")
def made() -> Loaded:
    return make(Chance(SEED), DAY)


# --- Made from a seed -------------------------------------------------------------------------------------------------


def test_the_same_seed_and_day_make_the_same_rows(made):
    assert rows(make(Chance(SEED), DAY)) == rows(made)


def test_another_seed_makes_others(made):
    other = make(Chance(SEED + 1), DAY)
    assert {each.client.reference for each in other.people}.isdisjoint(each.client.reference for each in made.people)


def test_it_stands_on_any_day_with_any_seed(chance, how_many):
    """Saturdays, leap days and the ends of summer time too: every answer complete, every date in order, nothing after today."""
    days = [date(2028, 2, 29), date(2026, 3, 29), date(2026, 10, 25), date(2027, 1, 1)]
    days += [date(2026, 1, 1) + timedelta(days=chance.randrange(900)) for _ in range(how_many(3, 200))]
    for day in days:
        made = make(Chance(chance.randrange(2**31)), day)
        assert len(made.people) == 60
        for somebody in made.people:
            in_order(somebody, day)
        for row in made.triages.completed:
            assert row.completed_at.date() <= day
        for row in made.profiles.rows:
            assert row.completed_at.date() <= day
            assert missing(made.profiles.form, row.answers) == []


def in_order(somebody, day: date) -> None:
    open_stays = [stay for stay in somebody.stays if not stay.stay.discharged_on]
    assert len({stay.stay.agency for stay in open_stays}) == len(open_stays), "one open episode an agency"
    open_leads = [plan for stay in open_stays if not stay.stay.linked for plan in stay.stay.plans if not plan.closed]
    assert len(open_leads) <= 1, "one lead plan a client"
    for stay in (each.stay for each in somebody.stays):
        assert stay.referred_on <= day
        steps = [stay.referred_on, stay.triaged_on, *(version.on for plan in stay.plans for version in plan.signed), stay.discharged_on]
        steps = [step for step in steps if step]
        assert steps == sorted(steps), (somebody.course, stay)
        assert steps[-1] <= day
        assert all(version.on < version.review_by for plan in stay.plans for version in plan.signed)
        assert (day - stay.referred_on).days <= HISTORY_DAYS + 120


def test_the_proportions_are_those_reported(made):
    """Models of Care, 2.3: 72% men, heroin 67%, referred by themselves 43%, by criminal justice 17%; 52% of discharged stayed 12 weeks."""
    people = made.people
    share = lambda number: round(100 * number / len(people))  # noqa: E731
    assert share(sum(each.life.sex == "M" for each in people)) == 72
    assert 62 <= share(sum(each.life.main == "1011" for each in people)) <= 72
    first = [each.stays[0].episode for each in people]
    assert 37 <= share(sum(each.referral_source == "4" for each in first)) <= 49
    assert 12 <= share(sum(each.referral_source in ("5", "6", "8", "13") for each in first)) <= 24
    ended = [stay.episode for each in people for stay in each.stays if stay.episode.discharged_on]
    retained = [each for each in ended if each.triaged_on and (each.discharged_on - each.triaged_on).days >= 84]
    assert 0.38 <= len(retained) / len(ended) <= 0.68
    planned = [each for each in ended if each.ending == "planned"]
    unplanned = [each for each in ended if each.ending == "unplanned"]
    assert planned
    assert len(unplanned) > len(planned), "as it was"


def test_every_home_page_has_something_to_show(made):
    mine = [stay.episode for each in made.people for stay in each.stays if stay.worker.person.name == STAFF[0].name]
    due = [each.next_due_on for each in mine if each.next_due_on]
    assert any(day < DAY for day in due)
    assert DAY in due
    assert any(DAY < day <= DAY + timedelta(days=7) for day in due)
    assert {each.next_due_what for each in mine} >= {"triage", "plan", "signature", "review", ""}
    open_ones = {each.episode.pk for each in made.proposals.proposals if each.is_open}
    assert open_ones & {each.pk for each in mine}, "the keyworker has something to decide"
    assert {each.state for each in made.proposals.proposals} == {"", "accepted", "declined"}
    assert {each.ended_on is None for each in made.proposals.pathways} == {True, False}
    waiting = [stay.episode for each in made.people for stay in each.stays if stay.episode.keyworker_id is None]
    assert waiting, "somebody waits for a keyworker"
    hows = {signature.how for plan in made.plans.plans for version in plan.versions for signature in version.signatures}
    assert hows == {"screen", "paper", "declined", "verbal"}
    beside = made.afterwards
    assert {(each.mend, each.mended_at is None) for each in beside.returns} == {("now", True), ("at-review", True), ("now", False)}
    assert {each.kind for each in beside.addenda} == {"note", "signed-later", "copy-taken", "copy-left"}
    assert {each.outcome for each in beside.outcomes} == {"achieved", "partly", "not-yet", "no-longer-wanted"}
    assert any(each.draft.state == "draft" for each in beside.reviews), "a review of which the next version is being written"
    assert {each.plan.closed_why for each in made.plans.plans if each.plan.closed_at} == {"followed", "treatment-ended"}
    assert all(at.date() <= DAY for at, *_deed in beside.deeds)


def test_the_answers_are_what_the_form_takes(made):
    for row in [*made.triages.assessments, *made.profiles.rows]:
        form = catalogue().form(row.form)
        typed = read(form, from_answers(form, row.answers))
        assert typed.problems == {}
        assert typed.answers == row.answers
        if row.state == "complete":
            assert missing(form, row.answers) == []


def test_what_came_by_link_is_a_screening_to_be_accepted(made):
    form = catalogue().form("screening")
    for row in made.referrals.rows:
        assert row.is_waiting
        assert read(form, from_answers(form, row.answers)).problems == {}
        assert missing(form, row.answers) == []
    assert {row.urgency for row in made.referrals.rows} == {"today", "week"}
    assert made.referrals.link.runs_out_on > DAY


def test_most_have_their_outcome_profile_and_some_are_late(reading):
    """As the rule of the pages has it; not everybody, or a late one would mean nothing."""
    rows = list(Assessment.objects.filter(form=FORM).select_related("episode"))
    assert {row.answers[STAGE]["value"] for row in rows} == {"start", "review", "exit"}
    for row in rows:
        assert row.episode.triaged_on <= row.took_place_on <= (row.episode.discharged_on or clock.today())
    treated = Episode.objects.open().filter(triaged_on__isnull=False)
    late = late_profiles(Episode.objects.all(), local_settings.of(reading.place.partnership), clock.today())
    assert 0.08 <= late.filter(pk__in=treated).count() / treated.count() <= 0.25


# --- Nobody who could be real -----------------------------------------------------------------------------------------

INVENTED = re.compile(f"^({'|'.join(names.FIRST_HALVES)})({'|'.join(names.SECOND_HALVES)})$")
DRAMA = re.compile(r"^(07700 900\d{3}|01632 960 ?\d{3})$")
NO_SUCH_POSTCODE = re.compile(r"\bZZ\d \d[A-Z]{2}$")


def test_nobody_could_be_taken_for_real(made):
    for each in (*(somebody.client for somebody in made.people), *made.referrals.rows):
        assert INVENTED.match(each.last_name)
        assert not each.telephone or DRAMA.match(each.telephone)
        assert not each.address or NO_SUCH_POSTCODE.search(each.address)
        assert normalise(each.reference).replace("-", "") == each.reference.replace("-", "")
    assert len({(each.client.first_name, each.client.last_name) for each in made.people}) == len(made.people)
    for agency in made.place.agencies.values():
        assert DRAMA.match(agency.telephone)
        assert NO_SUCH_POSTCODE.search(agency.address)
    for person in made.place.people:
        assert person.is_demo
        assert person.email.endswith("@carehub.example")
        assert DRAMA.match(person.telephone)


def test_the_words_on_plans_name_nobody_else(made):
    """No telephone numbers but the agency's, no places in braces left unfilled."""
    for plan in made.plans.plans:
        for version in plan.versions:
            said = [getattr(version.version, name) for name in PlanVersion.TEXTS]
            said += [
                str(getattr(part, name)) for parts in version.parts.values() for part in parts for name in part.FIELDS if name != "goal_id"
            ]
            text = "\n".join(said)
            assert "{" not in text
            assert all(DRAMA.match(number) for number in re.findall(r"\b0\d{4} ?\d{3} ?\d{3}\b", text))


def test_all_roles_have_somebody():
    assert {role for person in STAFF for role, _agency in person.roles} == set(ROLES)
    assert len(STAFF) >= 12


# --- In the database ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded(databases, django_db_blocker):
    """Loaded as the owner, as of today, for the tests that only read."""
    with django_db_blocker.unblock(), databases.fresh():
        yield load(using="owner")


@pytest.fixture
def reading(loaded):
    with context.on_duty(loaded.place.partnership.pk, "load"):
        yield loaded


def test_the_end_state_is_what_the_actions_would_have_written(reading):
    for version in content.loaded(PlanVersion.objects.select_related("plan")):
        if version.state != PlanVersion.State.DRAFT:
            assert content.of(version).fingerprint() == version.agreed_text
        if version.state == PlanVersion.State.SIGNED:
            assert version.as_signed["client"]["reference"]
            in_force = version.plan.state == CarePlan.State.CURRENT
            assert Document.objects.filter(kind="care-plan", subject_id=version.pk).exists() == in_force
            assert Job.objects.filter(kind="careplans.seal_plan", subject_id=version.pk, membership__isnull=False).exists() == in_force
            signatures = Signature.objects.filter(version=version)
            assert {each.party for each in signatures} == {"client", "keyworker"}
            assert all(each.agreed_text == version.agreed_text and each.locked_at for each in signatures)
            for part in PARTS.values():
                assert not part.objects.filter(version=version, locked_at__isnull=True).exists()
    for episode in Episode.objects.open():
        signed = PlanVersion.objects.filter(plan__episode=episode, signed_on__isnull=False).order_by("signed_on").last()
        if signed:
            assert (episode.state, episode.next_due_what, episode.next_due_on) == ("treatment", "review", signed.next_review_on)
            assert CarePlan.objects.get(episode=episode, state="current").current_id == signed.pk
        else:
            assert episode.state in ("referral", "triage")
        assert Access.objects.filter(client_id=episode.client_id, agency_id=episode.agency_id, ended_at__isnull=True).exists()
    assert not RiskFound.objects.filter(locked_at__isnull=True).exists()
    assert Assessment.objects.filter(state="draft").count() == 1
    assert Client.objects.count() == 60


def test_every_required_part_stands_on_every_signed_plan(reading):
    from careplans.policies import missing_before_agreed

    for version in content.loaded(PlanVersion.objects.exclude(state="draft").select_related("plan__episode__keyworker", "partnership")):
        lacking = [(address, words) for address, words in missing_before_agreed(version) if "date" not in words and "future" not in words]
        lacking = [(address, words) for address, words in lacking if not address.endswith("by_when") and address != "next_review_on"]
        assert lacking == [], (version.pk, lacking)


def test_what_is_signed_is_locked_for_the_owner_too(loaded):
    with pytest.raises(Exception, match="locked"), connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE careplans_planversion SET strengths = 'x' WHERE locked_at IS NOT NULL")


@pytest.mark.parametrize("person", STAFF, ids=lambda person: person.roles[0][0] + "-" + person.name)
def test_the_sign_ins_work(loaded, person):
    browser = Browser()
    answer = browser.post("/sign-in/", {"login": person.email, "password": PASSWORD}, follow=True)
    assert answer.status_code == 200
    assert answer.request["PATH_INFO"] not in ("/sign-in/", "/")
    assert person.name in answer.content.decode()


def test_a_second_load_changes_nothing(loaded):
    before = Partnership.objects.count(), Person.objects.count()
    with pytest.raises(AlreadyThere):
        load(using="owner")
    with pytest.raises(AlreadyThere):
        load(seed=SEED + 1)
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert "already there" in said.getvalue()
    assert (Partnership.objects.count(), Person.objects.count()) == before


def test_generated_clients_stand_beside_it(loaded, databases):
    """A few of them: the columns are all there, the locks hold, the references are right, and again nothing happens."""
    done = load_many(clients=130, partnerships=2, today=clock.today(), parts_every=2)
    assert done.clients == 130
    assert load_many(clients=130, partnerships=2, today=clock.today()).clients == 0
    partnership = Partnership.objects.get(name="Partnership 002 (generated)")
    with context.on_duty(partnership.pk, "load"):
        assert Client.objects.count() == 65
        assert all(normalise(each) == each for each in Client.objects.values_list("reference", flat=True))
        assert set(Assessment.objects.values_list("state", flat=True)) == {"complete"}
        assert PlanVersion.objects.filter(state="signed").count() == CarePlan.objects.exclude(current=None).count() > 0
        assert Document.objects.filter(state="ready").exists()
        assert set(PlanVersion.objects.filter(locked_at__isnull=True).values_list("state", "number")) == {("draft", 2), ("agreed", 2)}
        for part in (*PARTS.values(), Signature):
            assert not part.objects.filter(locked_at__isnull=True).exists()
    assert Person.objects.filter(email="keyworker.1@p002.carehub.example", is_demo=True).exists()


def test_the_application_may_load_it_too(committed):
    made = load(using="default", today=DAY)
    with context.on_duty(made.place.partnership.pk, "load"):
        assert Client.objects.count() == 60
        assert PlanVersion.objects.filter(locked_at__isnull=False).exists()
    assert Membership.objects.count() == sum(len(person.roles) for person in STAFF)


def test_it_is_loaded_in_the_demonstration_only(db):
    with override_settings(DEMO=False):
        with pytest.raises(RuntimeError):
            load()
        with pytest.raises(CommandError):
            call_command("load_demo")
        with pytest.raises(RuntimeError):
            load_many(clients=1, partnerships=1, today=DAY)


def test_the_sign_ins_are_written_down(tmp_path):
    file = write_sign_ins(tmp_path)
    text = file.read_text()
    assert PASSWORD in text
    assert all(person.email in text for person in STAFF)
    assert file.stat().st_mode & 0o077 == 0
