"""Another keyworker: who decides it, who can be one, what goes with the client, and two managers at once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.models import Event, Notice, Task
from carehub.rules import Refused
from carehub.stale import StaleSave
from careplans.models import PlanVersion
from clients.actions.allocating import GIVEN, TAKEN, change_keyworker, share_out
from clients.actions.tasks import close_task
from clients.handing_over import REALLOCATE
from clients.models import Episode
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(agency):
    return factories.actor(role="keyworker", agency=agency)


def stay_of(client, *, by) -> Episode:
    with context.acting(by):
        return Episode.objects.get(client=client, agency=by.agency)


def give(client, *, by, to, opened_at: int | None = None, **more) -> Episode:
    stay = stay_of(client, by=by)
    said = {"since": clock.today(), "reason": "caseloads", "opened_at": stay.row_version if opened_at is None else opened_at}
    with context.acting(by):
        return change_keyworker(by=by, episode=stay, keyworker=to.person, **(said | more))


def task_about(client, *, by, kind: str = "plan.review", subject=None, person=None) -> Task:
    with factories.loading(client.partnership_id):
        return Task.objects.create(
            partnership_id=client.partnership_id, client_id=client.pk, kind=kind, subject_id=subject or uuid4(), words="Ring them",
            due_on=clock.today(), agency=by.agency, person=person, made_at=clock.now(),
        )  # fmt: skip


def leaves(actor, day: int = 0) -> None:
    actor.membership.ends_on = clock.today() + timedelta(days=day)
    actor.membership.save()


def boxes(day) -> dict[str, str]:
    return {"since_day": str(day.day), "since_month": str(day.month), "since_year": str(day.year)}


def typed(stay, to, **more) -> dict[str, str]:
    return {"keyworker": str(to.person_id), "reason": "caseloads", "opened_at": str(stay.row_version), **boxes(clock.today()), **more}


# --- One client -------------------------------------------------------------------------------------------------------------


def test_the_manager_gives_a_client_to_another_keyworker(a_client, keyworker, colleague, manager, signed_in):
    stay = stay_of(a_client, by=manager)
    page = f"/clients/{a_client.pk}/keyworker/"
    here = signed_in(manager)
    assert page in here.get(f"/clients/{a_client.pk}/").content.decode()
    html = here.get(page).content.decode()
    assert f"{colleague.person.name}: 0 people" in html
    assert f"{keyworker.person.name}: the keyworker now" in html
    assert here.post(page, typed(stay, colleague)).status_code == 302
    stay = stay_of(a_client, by=manager)
    assert (stay.keyworker, stay.keyworker_since) == (colleague.person, clock.today())
    html = here.get(f"/clients/{a_client.pk}/").content.decode()
    assert f"{colleague.person.name} is the keyworker of" in html
    with context.acting(manager):
        event = Event.objects.get(verb="episode.keyworker-changed", subject_id=stay.pk)
        assert event.reason == "caseloads"
        assert list(stay.events.order_by("pgh_id").values_list("keyworker_id", flat=True))[-2:] == [
            keyworker.person_id,
            colleague.person_id,
        ]


def test_both_are_told_and_the_manager_is_not_told_what_they_decided(a_client, keyworker, colleague, manager, signed_in):
    give(a_client, by=manager, to=colleague)
    with factories.loading(a_client.partnership_id):
        told = set(Notice.objects.values_list("kind", "person_id"))
    assert told == {(GIVEN, colleague.person_id), (TAKEN, keyworker.person_id)}
    assert "You are the keyworker from" in signed_in(colleague).get("/notices/").content.decode()
    assert colleague.person.name in signed_in(keyworker).get("/notices/").content.decode()
    give(a_client, by=manager, to=manager)
    with factories.loading(a_client.partnership_id):
        assert not Notice.objects.filter(person=manager.person).exists()


def test_their_open_tasks_about_this_client_go_with_it(a_client, keyworker, colleague, manager):
    other = factories.client_of(keyworker.agency, keyworker=keyworker)
    mine, of_another = (task_about(each, by=keyworker, person=keyworker.person) for each in (a_client, other))
    to_choose = task_about(a_client, by=keyworker, kind=REALLOCATE, subject=stay_of(a_client, by=manager).pk)
    give(a_client, by=manager, to=colleague)
    with context.acting(manager):
        assert Task.objects.get(pk=mine.pk).person == colleague.person
        assert Task.objects.get(pk=of_another.pk).person == keyworker.person
        assert Task.objects.get(pk=to_choose.pk).done_by == manager.person


def test_the_plan_stays_as_it_was_signed(a_client, keyworker, colleague, manager):
    version = factories.plan_version(a_client, by=keyworker, state="signed")
    give(a_client, by=manager, to=colleague)
    with context.acting(manager):
        now = PlanVersion.objects.get(pk=version.pk)
    assert (now.state, now.row_version, now.as_signed) == ("signed", version.row_version, version.as_signed)


def test_the_second_of_two_managers_sees_who_it_is_now(a_client, colleague, manager, agency, signed_in):
    third, second = factories.actor(role="keyworker", agency=agency), factories.actor(role="service-manager", agency=agency)
    stay = stay_of(a_client, by=manager)
    give(a_client, by=manager, to=colleague)
    with pytest.raises(StaleSave):
        give(a_client, by=second, to=third, opened_at=stay.row_version)
    here, page = signed_in(second), f"/clients/{a_client.pk}/keyworker/"
    html = here.post(page, typed(stay, third)).content.decode()
    assert f"it says ‘{colleague.person.name}: the keyworker now’ now" in html
    assert stay_of(a_client, by=manager).keyworker == colleague.person
    # They know now, and decide.
    assert here.post(page, typed(stay_of(a_client, by=manager), third)).status_code == 302
    assert stay_of(a_client, by=manager).keyworker == third.person


@pytest.mark.parametrize("role", ["keyworker", "reception", "prescriber", "peer-auditor"])
def test_nobody_but_the_manager(role, a_client, keyworker, colleague, agency, signed_in):
    by = factories.actor(role=role, agency=agency)
    assert signed_in(by).get(f"/clients/{a_client.pk}/keyworker/").status_code == 403
    with pytest.raises(NotAllowed):
        with factories.loading(a_client.partnership_id):
            stay = Episode.objects.get(client=a_client)
        with context.acting(factories.actor(role="prescriber", agency=agency)) as _:
            change_keyworker(
                by=factories.actor(role=role if role == "keyworker" else "prescriber", agency=agency),
                episode=stay, keyworker=colleague.person, since=clock.today(), reason="other", opened_at=stay.row_version,
            )  # fmt: skip


def test_not_the_manager_of_an_agency_that_only_reads(a_client, stranger, signed_in):
    elsewhere = factories.actor(role="service-manager", agency=stranger.agency)
    factories.access(a_client, agency=stranger.agency, basis="consent")
    assert signed_in(elsewhere).get(f"/clients/{a_client.pk}/keyworker/").status_code == 403


# --- Bad input --------------------------------------------------------------------------------------------------------------


def refused(answer, field: str, sentence: str) -> None:
    assert answer.status_code == 200
    assert sentence in str(answer.context["form"].errors[field])


def test_who_cannot_be_the_keyworker(a_client, keyworker, colleague, manager, stranger, signed_in):
    stay, here, page = stay_of(a_client, by=manager), signed_in(manager), f"/clients/{a_client.pk}/keyworker/"
    refused(here.post(page, typed(stay, stranger)), "keyworker", "choose one of the answers given")
    refused(here.post(page, typed(stay, keyworker)), "keyworker", "is their keyworker already")
    refused(here.post(page, typed(stay, colleague) | {"keyworker": ""}), "keyworker", "Choose the keyworker")
    leaves(colleague, 20)
    refused(here.post(page, typed(stay, colleague)), "keyworker", "choose one of the answers given")
    for to, sentence in ((stranger, "no caseload in this agency"), (colleague, "leaves on")):
        with pytest.raises(Refused, match=sentence) as no:
            give(a_client, by=manager, to=to)
        assert "keyworker" in no.value.fields
    reception = factories.actor(role="reception", agency=manager.agency)
    with pytest.raises(Refused, match="no caseload"):
        give(a_client, by=manager, to=reception)
    assert stay_of(a_client, by=manager).keyworker == keyworker.person


@pytest.mark.parametrize(("days", "sentence"), [(1, "today or in the past"), (-9999, "before the referral")])
def test_from_a_day_that_does_not_fit(days, sentence, a_client, colleague, manager, signed_in):
    stay, day = stay_of(a_client, by=manager), clock.today() + timedelta(days=days)
    answer = signed_in(manager).post(f"/clients/{a_client.pk}/keyworker/", typed(stay, colleague, **boxes(day)))
    refused(answer, "since", sentence)


@pytest.mark.parametrize("reason", ["", "because", "nobody"])
def test_for_no_reason_of_the_list(reason, a_client, colleague, manager, signed_in):
    stay = stay_of(a_client, by=manager)
    answer = signed_in(manager).post(f"/clients/{a_client.pk}/keyworker/", typed(stay, colleague, reason=reason))
    assert answer.context["form"].errors["reason"]
    with pytest.raises(Refused):
        give(a_client, by=manager, to=colleague, reason="because")


def test_not_of_an_episode_that_has_ended(keyworker, colleague, manager, signed_in):
    ended = {"discharged_on": clock.today(), "discharge_reason": "5", "ending": "neutral"}
    client = factories.client_of(keyworker.agency, keyworker=keyworker, state="discharged", next_due=("", None), episode=ended)
    with pytest.raises(Refused, match="has ended") as no:
        give(client, by=manager, to=colleague)
    assert "keyworker" in no.value.fields
    page = f"/clients/{client.pk}/"
    here = signed_in(manager)
    assert f"{page}keyworker/" not in here.get(page).content.decode()
    assert "has ended" in here.get(f"{page}keyworker/", follow=True).content.decode()


# --- Everybody of somebody's ------------------------------------------------------------------------------------------------


@pytest.fixture
def three(keyworker):
    return [factories.client_of(keyworker.agency, keyworker=keyworker) for _ in range(3)]


def to(client, by) -> str:
    return f"to-{stay_of(client, by=by).pk}"


def test_a_leavers_clients_are_shared_out_at_once(three, keyworker, colleague, manager, agency, signed_in):
    second = factories.actor(role="keyworker", agency=agency)
    for each in three:
        task_about(each, by=keyworker, kind=REALLOCATE, subject=stay_of(each, by=manager).pk)
    leaves(keyworker)
    here, page = signed_in(manager), f"/keyworkers/{keyworker.person_id}/share-out/"
    service = here.get("/service/").content.decode()
    assert service.count("Choose a keyworker") == 3
    assert page in service
    html = here.get(page).content.decode()
    assert all(each.full_name in html for each in three)
    chosen = {"everybody": str(colleague.person_id), "reason": "leaves", to(three[1], manager): str(second.person_id)}
    assert here.post(page, chosen).status_code == 302
    got = [stay_of(each, by=manager).keyworker for each in three]
    assert got == [colleague.person, second.person, colleague.person]
    with context.acting(manager):
        assert not Task.objects.open().filter(kind=REALLOCATE).exists()
        assert Event.objects.filter(verb="episode.keyworker-changed").count() == 1, "one request, one event"
        assert not Notice.objects.filter(kind=TAKEN).exclude(person=keyworker.person).exists()
    assert "Nobody to share out" in here.get(page).content.decode()


def test_who_has_no_choice_stays(three, keyworker, colleague, manager, signed_in):
    page = f"/keyworkers/{keyworker.person_id}/share-out/"
    here = signed_in(manager)
    here.post(page, {"everybody": "", "reason": "caseloads", to(three[0], manager): str(colleague.person_id)})
    assert [stay_of(each, by=manager).keyworker for each in three] == [colleague.person, keyworker.person, keyworker.person]
    html = here.post(page, {"everybody": "", "reason": "caseloads"}).content.decode()
    assert "Choose a keyworker for at least one" in html


def test_what_a_colleague_gave_meanwhile_stays_there_and_is_said(three, keyworker, colleague, manager, agency, signed_in):
    second = factories.actor(role="service-manager", agency=agency)
    rows = {to(each, manager): "" for each in three}
    give(three[0], by=second, to=second)
    chosen = {"everybody": str(colleague.person_id), "reason": "leaves", **rows}
    html = signed_in(manager).post(f"/keyworkers/{keyworker.person_id}/share-out/", chosen, follow=True).content.decode()
    assert "1 person was given to somebody by a colleague meanwhile" in html
    assert [stay_of(each, by=manager).keyworker for each in three] == [second.person, colleague.person, colleague.person]
    with context.acting(manager), pytest.raises(Refused, match="meanwhile"):
        share_out(
            by=manager, leaver=keyworker.person, given={stay_of(three[0], by=manager).pk: colleague.person},
            since=clock.today(), reason="leaves",
        )  # fmt: skip


def test_nobody_is_given_to_the_leaver_or_to_another_agency(three, keyworker, manager, stranger, signed_in):
    page, here = f"/keyworkers/{keyworker.person_id}/share-out/", signed_in(manager)
    for person in (keyworker, stranger):
        answer = here.post(page, {"everybody": "", "reason": "leaves", to(three[0], manager): str(person.person_id)})
        refused(answer, to(three[0], manager), "Choose one of the people given")


def test_somebody_of_another_agency_is_not_there(stranger, manager, signed_in):
    assert signed_in(manager).get(f"/keyworkers/{stranger.person_id}/share-out/").status_code == 404


def test_the_task_is_not_closed_by_hand_while_they_leave(three, keyworker, manager, signed_in):
    task = task_about(three[0], by=keyworker, kind=REALLOCATE, subject=stay_of(three[0], by=manager).pk)
    leaves(keyworker, 9)
    with context.acting(manager), pytest.raises(Refused, match="another keyworker"):
        close_task(task=task, by=manager)
    assert "share out" in signed_in(manager).get("/service/").content.decode()
    keyworker.membership.ends_on = None
    keyworker.membership.save()
    with context.acting(manager):
        close_task(task=task, by=manager)
