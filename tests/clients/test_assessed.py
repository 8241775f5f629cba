"""What the page of the assessments says of the nine areas: of what was scored, and of nothing else."""

import pytest
from django.urls import reverse

from carehub import clock, context
from clients.actions.assessing import complete_assessment, save_answers, start_assessment
from clients.assessed import over_time as assessed
from clients.models import Episode
from tests import factories

pytestmark = pytest.mark.django_db


def areas(**scores: int) -> list[assessed.AreaNow]:
    return [assessed.AreaNow(name, name.title(), score or None, None, None, None) for name, score in scores.items()]


@pytest.mark.parametrize(
    ("scores", "says"),
    [
        ({"housing": 2, "family": 0}, "No area is scored 3 or more."),
        ({"housing": 3, "family": 2}, "Needs most: Housing."),
        ({"housing": 4, "family": 4, "drugs": 3}, "Needs most: Housing, Family."),
    ],
)
def test_what_needs_most_is_a_concern(scores, says):
    assert assessed.profile(areas(**scores)).summary == says


def test_what_was_not_scored_has_no_day(keyworker, signed_in):
    client = factories.client_of(keyworker.agency, keyworker=keyworker, state="triage")
    answers = {"score-mental-health": {"value": 2}}
    with context.acting(keyworker):
        episode = Episode.objects.get(client=client)
        begun = start_assessment(by=keyworker, client_id=client.pk, episode=episode, form="nine-areas", took_place_on=clock.today())
        saved = save_answers(by=keyworker, client_id=client.pk, assessment=begun, answers=answers, questions=answers, opened={})
        complete_assessment(by=keyworker, client_id=client.pk, assessment=saved, row_version=saved.row_version)
    page = signed_in(keyworker).get(reverse("assessments", args=[client.pk])).content.decode()
    assert "1 of the 9 areas has been scored, last on" in page
    assert "All of these" not in page
    assert "Needs most" not in page
