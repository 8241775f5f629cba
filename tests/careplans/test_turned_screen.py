"""'The client can see this screen': what is for the keyworker's eyes is gone, and does not open, until it is turned back."""

import pytest
from django.urls import reverse

from carehub import context
from carehub.models import Event, Session
from clients.actions import assessing
from clients.models import Assessment, Episode
from tests import factories
from tests.carehub.signing_in import take_back, unlock, with_password
from tests.careplans import plans
from tests.careplans.pages import form_of, texts, tree_of
from tests.clients.answering import everything, triage

SECRET = {"safety_warning": "Two workers, brother Orlando"}
MINE = ("Two workers", "Sister Petronella", "Must not know", "Notices", "Today", "Find a client", "Sign out", "Who has looked")


@pytest.fixture
def client(keyworker):
    contact = {"who_must_not_know": "Sister Petronella"}
    return plans.triaged(keyworker, contact=contact, **SECRET)


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(with_password(keyworker))


@pytest.fixture
def draft(keyworker, client) -> Assessment:
    """A new triage whose sections are answered, harm from others among them."""
    with context.acting(keyworker):
        one = assessing.start_assessment(by=keyworker, client_id=client.pk, episode=Episode.objects.get(client=client))
        answers = everything(triage(), harm_from_others="now-home")
        assessing.save_answers(by=keyworker, client_id=client.pk, assessment=one, answers=answers, questions=list(answers), opened={})
    return one


SECTION = next(each.id for each in triage().sections for one in each.questions if one.id == "harm-from-others")


def section_of(draft, section: str = SECTION) -> str:
    return reverse("assessment-edit", args=[draft.client_id, draft.pk, section])


def turn(browser, client) -> None:
    browser.post(reverse("screen-turn", args=[client.pk]), {"next": reverse("client", args=[client.pk])})


def found(page, *words: str) -> list[str]:
    said = " ".join(tree_of(page).text_content().split())
    return [word for word in words if word in said]


def turned_away(answer) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(reverse("screen-turned"))


def test_a_section_shows_the_questions_and_nothing_of_the_keyworkers(browser, client, draft):
    told = (*MINE, "hurt, threatened or controlled", "Check and complete")
    assert found(browser.get(section_of(draft)), *told) == list(told)
    turn(browser, client)
    page = browser.get(section_of(draft))
    assert found(page, *told) == []
    assert texts(page, "//main//button") == ["Save", "Save and turn it back to me", "Save and continue"]
    assert found(page, "Turn it back to me", client.reference) == ["Turn it back to me", client.reference]


def test_saving_meanwhile_keeps_the_answers_that_were_not_shown(browser, keyworker, client, draft):
    turn(browser, client)
    browser.post(section_of(draft), form_of(browser.get(section_of(draft))))
    with context.acting(keyworker):
        assert Assessment.objects.get(pk=draft.pk).answers["harm-from-others"]["value"] == "now-home"


def test_words_typed_before_and_not_saved_wait_until_it_is_turned_back(browser, client, draft):
    typed = form_of(browser.get(section_of(draft))) | {"draft_sequence": ["1"], "harm-from-others": ["now-other"]}
    browser.post(reverse("draft-save"), typed)
    turn(browser, client)
    assert "We kept" not in browser.get(section_of(draft)).content.decode()
    browser.post(section_of(draft), form_of(browser.get(section_of(draft))))
    take_back(browser)
    page = browser.get(section_of(draft))
    assert "We kept what you typed" in page.content.decode()
    assert page.context["form"]["harm-from-others"].value() == "now-other"


def test_nothing_else_opens_until_it_is_turned_back(browser, client, draft, keyworker):
    other = factories.client_of(keyworker.agency, keyworker=keyworker)
    theirs = factories.assessment(other, by=keyworker, state="draft")
    mine = [reverse(page, args=[client.pk]) for page in ("client", "client-looked", "client-sharing", "assessments", "client-contact")]
    lists = [reverse(page) for page in ("caseload", "notices", "worklist", "referrals", "home")]
    shut = [*mine, *lists, section_of(draft, "check"), section_of(theirs, triage().sections[0].id)]
    turn(browser, client)
    assert [page for page in shut if not turned_away(browser.get(page))] == []
    assert turned_away(browser.post(reverse("client-find"), {"words": other.last_name}))
    page = browser.get(reverse("screen-turned"), {"next": mine[0]}, headers={"referer": f"http://testserver{section_of(draft)}"})
    assert "The next page is for the keyworker" in page.content.decode()
    assert section_of(draft) in page.content.decode()
    assert take_back(browser, mine[0]) == mine[0]
    assert "Two workers" in browser.get(mine[0]).content.decode()


def test_the_button_on_a_section_saves_first(browser, keyworker, client, draft):
    form = form_of(browser.get(section_of(draft)), button=("then", "turn"))
    answer = browser.post(section_of(draft), form | {"harm-from-others": ["past"]})
    assert answer.url == section_of(draft)
    with context.acting(keyworker):
        assert Assessment.objects.get(pk=draft.pk).answers["harm-from-others"]["value"] == "past"
        assert Event.objects.filter(clients__client_id=client.pk, also__contains=[{"verb": "screen.turned"}]).count() == 1
    assert Session.objects.get(person=keyworker.person).turned_to == client.pk
    assert turned_away(browser.get(reverse("caseload")))


def test_a_plan_is_written_without_what_others_said(browser, keyworker, client):
    version = plans.begun(client, keyworker)
    said = plans.said_of(version, keyworker)
    hidden = [row["words"] for row in said.rows["need"].values() if row["third_party"]]
    assert hidden
    address = reverse("plan-edit", args=[client.pk, version.pk])
    assert hidden[0] in browser.get(address).content.decode()
    turn(browser, client)
    page = browser.get(address)
    assert found(page, *MINE, *hidden, "never on paper") == []
    browser.post(address, form_of(page, button=("then", "save")) | {"way_back": ["I ring"]})
    after = plans.said_of(version, keyworker)
    assert after.texts["way_back"] == "I ring"
    assert [row["words"] for row in after.rows["need"].values() if row["third_party"]] == hidden


def test_the_plan_is_read_and_signed_and_the_way_out_is_shut(browser, keyworker, client):
    version = plans.agreed(client, keyworker)
    turn(browser, client)
    page = browser.get(reverse("plan-sign", args=[client.pk, version.pk]))
    assert page.status_code == 200
    assert turned_away(browser.get(reverse("plan-show", args=[client.pk, version.pk])))


def test_whoever_gives_the_screen_back_is_not_the_keyworker_before_the_password(browser, keyworker, client, draft):
    """The client presses the button, tries a word of their own, and every page; the keyworker's password opens what was asked for."""
    turn(browser, client)
    page = reverse("client", args=[client.pk])
    browser.post(reverse("screen-turned"), {"next": page})
    asks = browser.get(f"{reverse('screen')}?next={page}")
    assert found(asks, "This screen goes back to the keyworker", client.reference, *MINE[:3]) == ["This screen goes back to the keyworker"]
    assert "neither your password" in unlock(browser, "my own guess", page).content.decode()
    for address in (page, section_of(draft), reverse("caseload"), reverse("screen-turned")):
        assert browser.get(address).url.startswith(reverse("screen") + "?")
    assert Session.objects.get(person=keyworker.person).turned_to == client.pk
    assert unlock(browser, to=page).url == page
    assert Session.objects.get(person=keyworker.person).turned_to is None
    assert "Two workers" in browser.get(page).content.decode()
    with context.acting(keyworker):
        back = Event.objects.get(verb="screen.unlocked", clients__client_id=client.pk)
    assert [each["verb"] for each in back.also] == ["screen.turned-back"]


def test_the_button_within_a_form_saves_before_the_screen_is_given_back(browser, keyworker, client):
    version = plans.begun(client, keyworker)
    turn(browser, client)
    address = reverse("plan-edit", args=[client.pk, version.pk])
    form = form_of(browser.get(address), button=("then", "back"))
    assert browser.post(address, form | {"way_back": ["I ring"]}).url == f"{reverse('screen')}?next={address}"
    assert plans.said_of(version, keyworker).texts["way_back"] == "I ring"
    assert unlock(browser, to=address).url == address
    assert "Two workers" in browser.get(reverse("client", args=[client.pk])).content.decode()


def test_locked_on_the_way_out_it_stays_turned(browser, client):
    turn(browser, client)
    browser.post(reverse("screen-lock"))
    assert Session.objects.get(locked_at__isnull=False).turned_to == client.pk
    unlock(browser)
    assert turned_away(browser.get(reverse("caseload")))


def test_given_back_after_it_had_locked_by_itself(browser, client):
    turn(browser, client)
    browser.post(reverse("screen-lock"))
    take_back(browser)
    assert Session.objects.get(turned_to__isnull=True).locked_at is None
