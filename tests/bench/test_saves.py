"""The speed table's rows of what is saved. Each answer is a save of its own: another client's, prepared before the clock runs."""

import itertools
from uuid import UUID

import pytest
from django.urls import reverse

from carehub import clock, context, stale
from carehub.actors import Actor
from carehub.definitions.answers import complete
from carehub.definitions.catalogue import catalogue
from careplans import content
from careplans.actions.agreeing import agree
from careplans.actions.starting import start_plan
from careplans.actions.writing import save_plan
from careplans.models import PlanVersion
from clients.actions import assessing
from clients.models import Assessment, Episode
from tests.bench.asking import Ask, filled, form_of
from tests.clients.answering import everything

pytestmark = pytest.mark.bench


# --- Assessments --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def triages(house, django_db_blocker) -> list[tuple[Actor, Assessment]]:
    """Begun triages of eighty clients, everything answered."""
    made = []
    form = catalogue().form("triage")
    answers = complete(form, everything(form))
    with django_db_blocker.unblock():
        for keyworker, key, client in house.waiting("referral"):
            with context.acting(keyworker):
                episode = Episode.objects.get(pk=key)
                draft = assessing.start_assessment(by=keyworker, client_id=client, episode=episode)
                saved = assessing.save_answers(
                    by=keyworker, client_id=client, assessment=draft, answers=answers, questions=answers, opened={}
                )
            made.append((keyworker, saved))
    return made


def _cookies(house, actors) -> dict:
    return {actor.person_id: house.signed_in(actor) for actor in {each.person_id: each for each in actors}.values()}


def test_section_saved(house, triages, row):
    cookies = _cookies(house, [keyworker for keyworker, _draft in triages])
    asks = []
    for number, (keyworker, draft) in enumerate(triages):
        mine = cookies[keyworker.person_id]
        path = reverse("assessment-edit", args=[draft.client_id, draft.pk, "reason"])
        fields = form_of(house.get(path, mine).text, 'name="draft_ticket"')
        text = next(name for name, value in fields if len(value) > 20 and " " in value)
        asks.append(Ask(path, mine, filled(fields, **{text: f"I want to sleep through the night, {number} times."}), status=302))
    row("a section of a triage saved", asks[1:], again=asks[0], queries=15, times_empty=5)


def test_assessment_completed(house, triages, row):
    cookies = _cookies(house, [keyworker for keyworker, _draft in triages])
    asks = []
    for keyworker, draft in triages:
        path = reverse("assessment-edit", args=[draft.client_id, draft.pk, "check"])
        fields = form_of(house.get(path, cookies[keyworker.person_id]).text, 'name="row_version"')
        asks.append(Ask(path, cookies[keyworker.person_id], fields, status=302))
    # Locks, risks, tasks and notices stand in it besides the save.
    row("a triage completed", asks[1:], again=asks[0], queries=20, times_empty=6)


# --- Plans --------------------------------------------------------------------------------------------------------------


def _begun(keyworker: Actor, episode_id: UUID, number: int) -> PlanVersion:
    with context.acting(keyworker):
        version = start_plan(episode=Episode.objects.get(pk=episode_id), kind="initial", by=keyworker)
        said = content.of(version)
        soon = clock.today().isoformat()
        said.rows["goal"]["g"] = {"domain": "health", "client_words": f"I want to sleep through {number}", "service_words": "Six hours"}
        said.rows["action"]["a"] = {"goal_id": "g", "what": "Keep a sleep diary", "who": "client", "by_when": soon}
        said.rows["risk"]["r"] = {"area": "substance", "what": "Carry naloxone", "who_name": "Keyworker", "by_when": soon}
        marks = stale.marks(content.of(version).flat())
        return save_plan(version=version, expected=version.row_version, opened_marks=marks, said=said, by=keyworker)


@pytest.fixture(scope="module")
def plans(house, django_db_blocker) -> list[tuple[Actor, PlanVersion]]:
    """Written plans of eighty clients."""
    with django_db_blocker.unblock():
        numbers = itertools.count()
        return [(keyworker, _begun(keyworker, key, next(numbers))) for keyworker, key, _client in house.waiting("triage")]


def test_plan_written(house, plans, row):
    """The form as it is opened, before the saves."""
    cookies = _cookies(house, [keyworker for keyworker, _version in plans])
    asks = [Ask(reverse("plan-edit", args=[each.client_id, each.pk]), cookies[by.person_id]) for by, each in plans]
    row("a plan opened for writing", asks, queries=12, times_empty=15)


def test_plan_saved(house, plans, row):
    cookies = _cookies(house, [keyworker for keyworker, _version in plans])
    asks = []
    for keyworker, version in plans:
        mine, path = cookies[keyworker.person_id], reverse("plan-edit", args=[version.client_id, version.pk])
        fields = form_of(house.get(path, mine).text, 'name="expected"')
        asks.append(Ask(path, mine, filled(fields, strengths="I turn up, and I keep the diary."), status=302))
    row("a plan saved", asks[1:], again=asks[0], queries=15, times_empty=7)


def test_draft_kept(house, plans, row):
    cookies = _cookies(house, [keyworker for keyworker, _version in plans])
    asks = []
    for number, (keyworker, version) in enumerate(plans):
        mine = cookies[keyworker.person_id]
        page = house.get(reverse("plan-edit", args=[version.client_id, version.pk]), mine).text
        fields = form_of(page, 'name="expected"')
        for turn in range(2):
            left = filled(fields, strengths=f"I turn up {number} {turn}", draft_sequence=str(turn + 1))
            asks.append(Ask(reverse("draft-save"), mine, left))
    row("a draft kept while typing", asks[1:], again=asks[0], queries=4, times_empty=1.5)


def test_plan_signed(house, plans, row):
    asks = []
    cookies = _cookies(house, [keyworker for keyworker, _version in plans])
    for keyworker, version in plans:
        with context.acting(keyworker):
            fresh = PlanVersion.objects.get(pk=version.pk)
            agree(version=fresh, by=keyworker, seen_text=content.of(fresh).fingerprint())
        path = reverse("plan-sign", args=[version.client_id, version.pk])
        fields = form_of(house.get(path, cookies[keyworker.person_id]).text, 'name="seen_text"')
        words = {"client_how": "declined", "client_reason": "Does not sign papers", "keyworker_how": "screen"}
        said = filled(fields, **words, keyworker_name=keyworker.person.name)
        asks.append(Ask(path, cookies[keyworker.person_id], said, status=302))
    row("a plan signed", asks[1:], again=asks[0], queries=25, times_empty=12)
