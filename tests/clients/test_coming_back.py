"""Back after a break: what is asked again, where, until it was; what stands, with its day; and what no file can leave out."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from carehub import clock, context
from carehub.definitions.load import read_folders
from clients.assessed.coming_back import coming_back
from clients.banner import stays_of
from clients.models import Client, Episode, SafeContact
from tests import factories
from tests.careplans.pages import texts, tree_of
from tests.queries import at_most

#: A triage in which everything was answered that has a fact of its own.
ANSWERS = {
    **{
        name: {"value": "never"}
        for name in ("suicide", "self-harm", "harm-to-others", "harm-from-others", "overdose", "injecting", "self-neglect")
    },
    **{name: {"value": "no"} for name in ("urgent", "children-safe", "pregnant")},
    "main-drug": {"value": "1011"},
    "housing": {"value": "3"},
    "health-now": {"value": ["none"]},
    "mental-health": {"value": "never"},
    "easier": {"value": ["none"]},
}


def gone(keyworker, *, left: date) -> Client:
    """Triaged 500 days ago, discharged since."""
    long_ago = clock.today() - timedelta(days=500)
    ended = {"discharged_on": left, "discharge_reason": "85", "ending": "unplanned", "referred_on": long_ago}
    client = factories.client_of(keyworker.agency, keyworker=keyworker, state="triage", episode={"referred_on": long_ago})
    factories.assessment(client, by=keyworker, state="complete", risks=0, answers=ANSWERS, took_place_on=long_ago)
    with factories.loading(client.partnership_id):
        SafeContact.objects.filter(client=client).update(asked_on=long_ago)
        Episode.objects.filter(client=client).update(state="discharged", next_due_what="", next_due_on=None, **ended)
    return client


def back(keyworker, *, days_away: int) -> tuple[Client, Episode]:
    """Gone ``days_away`` days before coming back, which was five days ago."""
    came = clock.today() - timedelta(days=5)
    client = gone(keyworker, left=came - timedelta(days=days_away))
    with factories.loading(client.partnership_id):
        stay = factories.episode_of(client, keyworker.agency, keyworker=keyworker, state="referral", referred_on=came)
    return client, stay


def asked(keyworker, client, stay) -> tuple[set[str], set[str]]:
    """What is to be asked again, and what stands."""
    with context.acting(keyworker):
        known = Client.objects.select_related("safe_contact").get(pk=client.pk)
        found = coming_back(keyworker, known, Episode.objects.get(pk=stay.pk), stays_of(known, keyworker))
    assert found is not None
    return {each.fact.id for place in found.places for each in place.facts}, {each.fact.id for each in found.stands}


def test_an_episode_begins_again_and_nothing_is_typed_twice(keyworker, signed_in):
    today = clock.today()
    client, browser = gone(keyworker, left=today - timedelta(days=100)), signed_in(keyworker)
    begin = reverse("episode-begin", args=[client.pk])
    assert texts(browser.get(reverse("client", args=[client.pk])), f"//a[@href='{begin}']") == ["Begin a new episode"]
    source = next(value for value in tree_of(browser.get(begin)).xpath("//select[@name='referral_source']/option/@value") if value)

    def sent(day: date):
        data = {f"referred_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
        return browser.post(begin, data | {"referral_source": source}, follow=True).content.decode()

    assert "the day on which they left" in sent(today - timedelta(days=101))
    assert "must be today or in the past" in sent(today + timedelta(days=1))
    assert "Back after 3 months: ask again" in sent(today)
    assert "their episode is open" in sent(today)
    with at_most(14):  # 11, and three for what is to be asked again
        browser.get(reverse("client", args=[client.pk]))
    with context.acting(keyworker):
        old, new = Episode.objects.filter(client=client).order_by("referred_on")
    assert (new.state, new.keyworker, new.referred_on, old.state) == ("referral", keyworker.person, today, "discharged")


ALWAYS = {"contact", "sharing", "today", "risk", "overdose", "injecting", "drugs", "alcohol", "accommodation", "children", "pregnancy"}


@pytest.mark.parametrize(
    ("days_away", "more", "stand"),
    [
        (10, set(), {"identity", "health", "preferences"}),
        (40, {"health"}, {"identity", "preferences"}),
        (120, {"health", "others-helping"}, {"identity", "preferences"}),
        (400, {"health", "others-helping", "preferences"}, {"identity"}),
    ],
)
def test_the_longer_away_the_more_is_asked_again_and_risk_always(keyworker, days_away, more, stand):
    to_ask, stands = asked(keyworker, *back(keyworker, days_away=days_away))
    assert (to_ask, stands) == (ALWAYS | more, stand)


def test_what_was_asked_since_is_not_asked_again_and_what_was_not_re_asked_is(keyworker):
    client, stay = back(keyworker, days_away=40)
    last = {"value": "never", "on": "2025-01-01", "by": "Somebody"}
    answers = ANSWERS | {"harm-from-others": {"none": "not-asked", "why": "not-re-asked", "last": last}}
    factories.assessment(client, by=keyworker, state="complete", risks=0, answers=answers, episode=stay)
    assert asked(keyworker, client, stay)[0] == {"contact", "sharing", "risk"}


def test_whoever_was_never_away_is_asked_nothing_again(keyworker, a_client, partnership):
    with context.acting(keyworker):
        stay = Episode.objects.get(client=a_client)
        assert coming_back(keyworker, a_client, stay, stays_of(a_client, keyworker)) is None
    other = factories.agency(partnership)
    with factories.loading(partnership.pk):
        factories.episode_of(a_client, other, referred_on=clock.today() - timedelta(days=400))
    factories.access(a_client, agency=keyworker.agency, basis="consent")
    with context.acting(keyworker):
        assert coming_back(keyworker, a_client, stay, stays_of(a_client, keyworker)) is None


def test_the_pages_lead_to_where_it_is_asked(keyworker, signed_in):
    client, _stay = back(keyworker, days_away=210)
    browser = signed_in(keyworker)
    for page in ("client", "plan-start"):
        shown = browser.get(reverse(page, args=[client.pk]))
        assert texts(shown, "//*[@id='coming-back']") == ["Back after 6 months: ask again"]
        links = set(shown.content.decode().split('"'))
        assert {reverse("contact-change", args=[client.pk]), reverse("client-sharing", args=[client.pk])} <= links
        assert reverse("assessment-start", args=[client.pk, "triage"]) in links


SHIPPED = Path(settings.BASE_DIR) / "clients/definitions/coming-back-1.toml"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('questions = ["overdose"]\nafter_months = 0', 'questions = ["overdose"]\nafter_months = 1', "'overdose' is never 'still true'"),
        ('questions = ["overdose"]\nafter_months = 0', 'questions = ["overdose"]\nkeeps = true', "'overdose' is never 'still true'"),
        ('questions = ["overdose"]', 'questions = ["main-age"]', "'overdose' of the form 'triage' is never 'still true'"),
        ('questions = ["overdose"]', 'questions = ["overdoze"]', "overdoze"),
        ("keeps = true\n", "", "either keeps, or is asked again"),
        ('of = "sharing"', 'of = "hearsay"', "hearsay"),
        ('id = "alcohol"', 'id = "drugs"', "drugs"),
    ],
)
def test_a_file_that_would_let_a_risk_stand_is_refused(tmp_path, old, new, words):
    folder = tmp_path / "definitions"
    shutil.copytree(SHIPPED.parent, folder)
    shutil.copytree(Path(settings.BASE_DIR) / "careplans/definitions", folder / "plans")
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    (folder / SHIPPED.name).write_text(text.replace(old, new, 1), encoding="utf-8")
    _found, (error,) = read_folders([folder])
    assert words in str(error)
    assert SHIPPED.name in str(error)


def test_of_two_stays_that_are_over_the_later_is_the_clients_stay(keyworker):
    client = gone(keyworker, left=clock.today() - timedelta(days=300))
    later = {"referred_on": clock.today() - timedelta(days=90), "discharged_on": clock.today() - timedelta(days=10)}
    second = factories.episode_of(client, keyworker.agency, state="discharged", discharge_reason="85", ending="unplanned", **later)
    with context.acting(keyworker):
        assert stays_of(client, keyworker)[0] == second
