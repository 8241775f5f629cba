"""A draft that lay open while an area was scored says the newest score, and that it is newer; what was typed stays."""

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from carehub import clock, context
from carehub.definitions.catalogue import catalogue
from carehub.models import Event
from careplans import content
from careplans.actions.rescoring import asked_again
from careplans.models import PlanVersion
from clients.actions.assessing import complete_assessment, save_answers, start_assessment
from clients.models import Episode
from tests.careplans import plans
from tests.careplans.pages import form_of, texts
from tests.queries import at_most

pytestmark = pytest.mark.django_db

FINE, GRAVE = 2, 4


def score(client, by, **areas: int) -> None:
    with context.acting(by):
        episode = Episode.objects.get(client=client)
        begun = start_assessment(by=by, client_id=client.pk, episode=episode, form="nine-areas", took_place_on=clock.today())
        answers = {f"score-{area}": {"value": value} for area, value in areas.items()}
        saved = save_answers(by=by, client_id=client.pk, assessment=begun, answers=answers, questions=answers, opened={})
        complete_assessment(by=by, client_id=client.pk, assessment=saved, row_version=saved.row_version)


def housing(version, by) -> dict[str, str]:
    (need,) = (each for each in plans.said_of(version, by).rows["need"].values() if each["area"] == "housing" and each["score"])
    return need


@pytest.fixture
def draft(triaged, keyworker) -> PlanVersion:
    """Begun after housing was scored as no great matter, which waits."""
    score(triaged, keyworker, housing=FINE)
    version = plans.begun(triaged, keyworker)
    said = plans.filled(plans.said_of(version, keyworker))
    said.rows["risk"]["r"] = {"area": "substance", "what": "Carry naloxone", "who_name": "Nurse", "by_when": plans.soon()}
    return plans.save(version, said, keyworker)


def url(page: str, version) -> str:
    return reverse(page, args=[version.client_id, version.pk])


def newer(page) -> list[str]:
    return texts(page, "//*[contains(@class, 'need__newer')]")


def test_what_is_scored_meanwhile_stands_in_the_draft_and_nothing_typed_is_touched(draft, triaged, keyworker, signed_in):
    here = signed_in(keyworker)
    before = plans.said_of(draft, keyworker)
    assert (housing(draft, keyworker)["score"], newer(here.get(url("plan-edit", draft)))) == (str(FINE), [])
    score(triaged, keyworker, housing=GRAVE, **{"employment-and-benefits": 3})
    page = here.get(url("plan-edit", draft))
    after = plans.said_of(draft, keyworker)
    assert len(newer(page)) == 2
    assert all(date_format(clock.today(), "j F Y") in each for each in newer(page))
    assert (housing(draft, keyworker)["score"], housing(draft, keyworker)["standing"]) == (str(GRAVE), "later")
    added = [row for key, row in after.rows["need"].items() if key not in before.rows["need"]]
    assert [(row["area"], row["score"], row["source"]) for row in added] == [("employment-and-benefits", "3", "assessment")]
    assert (after.texts, after.rows["goal"], after.rows["action"]) == (before.texts, before.rows["goal"], before.rows["action"])
    for key, row in before.rows["need"].items():
        if row["area"] != "housing":
            assert after.rows["need"][key] == row
    with context.acting(keyworker):
        assert Event.objects.filter(verb="plan.rescored", clients__client_id=triaged.pk).count() == 1
    with at_most(21):
        here.get(url("plan-edit", draft))


def test_a_page_that_was_open_meanwhile_saves_what_it_holds_and_not_the_old_score(draft, triaged, keyworker, signed_in):
    here = signed_in(keyworker)
    form = form_of(here.get(url("plan-edit", draft)), button=("then", "save"))
    score(triaged, keyworker, housing=GRAVE)
    assert here.post(url("plan-edit", draft), form | {"way_back": ["I ring"]}).status_code == 302
    assert plans.said_of(draft, keyworker).texts["way_back"] == "I ring"
    assert housing(draft, keyworker)["score"] == str(GRAVE)


def test_what_somebody_works_on_now_stays_so(draft, triaged, keyworker, signed_in):
    said = plans.said_of(draft, keyworker)
    for need in said.rows["need"].values():
        need["standing"] = "now" if need["area"] == "housing" else need["standing"]
    plans.save(draft, said, keyworker)
    score(triaged, keyworker, housing=GRAVE)
    signed_in(keyworker).get(url("plan-edit", draft))
    assert (housing(draft, keyworker)["score"], housing(draft, keyworker)["standing"]) == (str(GRAVE), "now")


@pytest.mark.parametrize(
    ("standing", "was", "now", "asked"),
    [("later", 2, 4, {"standing": ""}), ("later", 3, 4, {}), ("later", 4, 2, {}), ("now", 2, 4, {}), ("", 2, 4, {})],
)
def test_what_could_wait_and_is_a_concern_now_is_asked_again(standing, was, now, asked):
    kind = next(each for each in catalogue().plan_kinds().kinds if each.concern_from == 3)
    assert asked_again({"standing": standing, "score": str(was)}, str(now), kind) == asked


def test_nobody_agrees_to_an_old_score_and_what_is_agreed_stays(draft, triaged, keyworker, signed_in):
    here = signed_in(keyworker)
    form = form_of(here.get(url("plan-agree", draft)))
    score(triaged, keyworker, housing=GRAVE)
    answer = here.post(url("plan-agree", draft), form)
    assert answer.url == url("plan-edit", draft)
    assert "scored again meanwhile" in here.get(answer.url).content.decode()
    assert here.post(url("plan-agree", draft), form_of(here.get(url("plan-agree", draft)))).url == url("plan-sign", draft)
    score(triaged, keyworker, housing=1)
    here.get(url("plan-show", draft))
    with context.acting(keyworker):
        now = PlanVersion.objects.get(pk=draft.pk)
        assert content.of(now).fingerprint() == now.agreed_text
