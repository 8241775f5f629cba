"""The homes of the partnership's roles and of the commissioner."""

import re
from datetime import timedelta

import pytest

from carehub import clock
from carehub.models import Event
from reports.actions.freezing import freeze
from reports.figures.plan_coverage import FIGURE
from reports.views.reading import Reading
from tests import factories
from tests.queries import at_most


@pytest.fixture
def lead(partnership):
    return factories.actor(role="clinical-lead", partnership=partnership)


@pytest.fixture
def commissioner(partnership):
    return factories.actor(role="commissioner", partnership=partnership)


@pytest.fixture
def figures(treated, signed, partnership):
    """Seven people in treatment for some months, six with a plan that is overdue for review."""
    today = clock.today()
    since = today - timedelta(days=130)
    episodes = [treated(since) for _ in range(7)]
    for episode in episodes[1:]:
        signed(episode, since + timedelta(days=5), since + timedelta(days=33))
    freeze(partnership)
    return episodes


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_partnership_reads_exact_counts_and_the_target(signed_in, lead, figures, agency):
    answer = signed_in(lead).get("/partnership/")
    words = text_of(answer)
    assert "6 of 7 people in treatment have a signed care plan: 86%. Target 95%: 1 short." in words
    assert agency.name in words
    assert "How this is counted" in words
    assert "<svg" in answer.content.decode()


def test_the_commissioner_reads_rounded_months(signed_in, commissioner, figures, other_agency):
    answer = signed_in(commissioner).get("/commissioner/")
    words = text_of(answer)
    assert "5 of 5 people in treatment have a signed care plan: 100%" in words
    assert "too close to tell" in words
    assert "6 of 7" not in words


def test_neither_page_names_anybody(signed_in, lead, commissioner, figures):
    for actor, address in ((lead, "/partnership/"), (commissioner, "/commissioner/")):
        html = signed_in(actor).get(address).content.decode()
        for episode in figures:
            assert episode.client.reference not in html
            assert str(episode.client_id) not in html
            assert str(episode.pk) not in html


def test_reading_figures_shows_no_client_to_the_log(signed_in, lead, figures):
    signed_in(lead).get("/partnership/")
    from carehub import context

    with context.acting(lead):
        assert not Event.objects.filter(page="partnership").exists()


@pytest.mark.parametrize("address", ["/partnership/", "/commissioner/"])
def test_nothing_has_been_counted_yet(signed_in, lead, commissioner, address):
    actor = lead if address == "/partnership/" else commissioner
    assert "counted yet" in text_of(signed_in(actor).get(address))


@pytest.mark.parametrize(
    ("role", "address"), [("keyworker", "/partnership/"), ("keyworker", "/commissioner/"), ("service-manager", "/partnership/")]
)
def test_who_treats_clients_reads_neither(signed_in, agency, role, address):
    assert signed_in(factories.actor(role=role, agency=agency)).get(address).status_code == 403


def test_the_commissioner_does_not_read_the_exact_counts(signed_in, commissioner, lead, figures):
    assert signed_in(commissioner).get("/partnership/").status_code == 403
    assert signed_in(lead).get("/commissioner/").status_code == 403


def test_the_queries(signed_in, lead, commissioner, figures):
    for actor, address, most in ((lead, "/partnership/", 8), (commissioner, "/commissioner/", 10)):
        browser = signed_in(actor)
        with at_most(most):
            browser.get(address)


# --- What is said of rounded numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "eligible", "look"),
    [(25, 25, ""), (1000, 1000, "met"), (10, 25, "not-met"), (None, 25, ""), (None, None, ""), (0, 0, ""), (950, 1000, "")],
)
def test_a_rounded_number_says_no_more_than_it_knows(met, eligible, look):
    reading = Reading(FIGURE, met, eligible, rounded=True)
    assert reading.look == look
    assert reading.short == 0
    assert reading.sentence


def test_an_exact_number_says_how_many_are_short():
    assert Reading(FIGURE, 412, 455).target_words == "Target 95%: 21 short."
    assert Reading(FIGURE, 19, 20).look == "met"
    assert Reading(FIGURE, 0, 0).sentence == "Nobody was in treatment."
