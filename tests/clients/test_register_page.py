"""The page on which a client is registered: each wrong line says so beside itself, and nothing typed is lost."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Draft, EventClient
from clients.models import Client, Episode, SafeContact
from tests import factories
from tests.clients.registering import PERSON
from tests.queries import at_most

ADDRESS = "/clients/register/"
OTHER_AGENCIES = "We do not look in other agencies. Ask for consent to check other agencies."


def typed(**other) -> dict:
    today = clock.today()
    values = {
        **PERSON,
        "referred_on_day": str(today.day),
        "referred_on_month": str(today.month),
        "referred_on_year": str(today.year),
        "referral_source": "4",
    }
    return {name: value for name, value in (values | other).items() if value is not None}


def people(actor) -> list[Client]:
    with context.acting(actor):
        return list(Client.objects.visible_to(actor).order_by("registered_at"))


def test_registers_and_opens_the_client(signed_in, keyworker):
    answer = signed_in(keyworker).post(ADDRESS, typed())
    (client,) = people(keyworker)
    assert answer.status_code == 302
    assert answer["Location"] == reverse("client", args=[client.pk])
    assert (client.full_name, client.date_of_birth, client.address) == ("Sorrel Larkrise", date(1981, 3, 27), "1 Sandpiper Row\nTesting")


def test_whoever_cannot_be_reached_is_registered_and_that_is_said(signed_in, keyworker):
    no = dict.fromkeys(SafeContact.CHANNELS, "no") | {"by_visit": "yes", "address": ""}
    page = signed_in(keyworker).post(ADDRESS, typed(**no), follow=True).content.decode()
    assert page.count("No way to reach them: ask again when you see them") == 2
    assert len(people(keyworker)) == 1


def test_empty_form_names_every_question_that_must_be_answered(signed_in, keyworker):
    page = signed_in(keyworker).post(ADDRESS, {})
    assert page.status_code == 200
    wanted = {"first_name", "last_name", "date_of_birth", "sex", "referred_on", "referral_source"}
    assert set(page.context["form"].errors) == wanted | {"by_telephone", "by_voicemail", "by_text", "by_post", "by_visit"}
    assert page.content.decode().index("There is a problem") < page.content.decode().index('name="first_name"')


@pytest.mark.parametrize("channel", ["by_telephone", "by_voicemail", "by_text", "by_post", "by_visit"])
def test_each_way_to_reach_them_is_answered(signed_in, keyworker, channel):
    page = signed_in(keyworker).post(ADDRESS, typed(**{channel: None}))
    assert list(page.context["form"].errors) == [channel]


def born_tomorrow() -> dict:
    day = clock.today() + timedelta(days=1)
    return {"date_of_birth_day": str(day.day), "date_of_birth_month": str(day.month), "date_of_birth_year": str(day.year)}


@pytest.mark.parametrize(
    ("other", "field", "says"),
    [
        ({"date_of_birth_day": "31", "date_of_birth_month": "2"}, "date_of_birth", "must be a real date"),
        ({"date_of_birth_year": "81"}, "date_of_birth", "year must have 4 numbers"),
        ({"date_of_birth_month": ""}, "date_of_birth", "must include a month"),
        ({"date_of_birth_day": "first"}, "date_of_birth", "day must be a number"),
        (born_tomorrow, "date_of_birth", "must be today or in the past"),
        ({"date_of_birth_year": "1902"}, "date_of_birth", "must be 1 January 1903 or later"),
        ({"date_of_birth_year": "9999"}, "date_of_birth", "must be today or in the past"),
        ({"referred_on_year": "1980"}, "referred_on", "before the date of birth"),
        ({"referred_on_year": "2999"}, "referred_on", "must be today or in the past"),
        ({"referral_source": "7"}, "referral_source", "choose one of the answers given"),
        ({"sex": "X"}, "sex", "choose one of the answers given"),
        ({"by_post": "perhaps"}, "by_post", "choose one of the answers given"),
        ({"first_name": "   "}, "first_name", "needs an answer"),
        ({"last_name": "x" * 81}, "last_name", "80 characters or fewer"),
        ({"safety_warning": "x" * 201}, "safety_warning", "200 characters or fewer"),
        ({"address": "x" * 301}, "address", "300 characters or fewer"),
        ({"first_name": "a\x00b"}, "first_name", "Null characters are not allowed"),
    ],
)
def test_wrong_line_says_so_and_nothing_typed_is_lost(signed_in, keyworker, other, field, says):
    sent = typed(**(other() if callable(other) else other))
    page = signed_in(keyworker).post(ADDRESS, sent)
    assert page.status_code == 200
    form = page.context["form"]
    assert list(form.errors) == [field]
    assert says in form.errors[field][0]
    assert says in page.content.decode().replace("&#x27;", "'")
    for name, value in sent.items():
        if name.startswith(("date_of_birth", "referred_on")) or "\x00" in value:
            continue
        assert form[name].value() == value
    for part in ("day", "month", "year"):
        assert f'value="{sent[f"date_of_birth_{part}"]}"' in page.content.decode() or not sent[f"date_of_birth_{part}"]
    assert people(keyworker) == []


def test_wrong_form_is_kept_for_a_browser_that_was_closed(signed_in, keyworker):
    browser = signed_in(keyworker)
    ticket = browser.get(ADDRESS).context["draft_ticket"]
    browser.post(ADDRESS, typed(sex=None, draft_ticket=ticket, draft_form=ADDRESS, draft_sequence="3"))
    page = browser.get(ADDRESS)
    assert "We kept what you typed" in page.content.decode()
    assert page.context["form"]["first_name"].value() == "Sorrel"
    assert "There is a problem" not in page.content.decode()


def test_three_wrong_tries_leave_one_text(signed_in, keyworker):
    browser = signed_in(keyworker)
    page = browser.get(ADDRESS)
    for number in range(3):
        page = browser.post(ADDRESS, typed(sex=None, telephone=str(number), draft_ticket=page.context["draft_ticket"]))
    page = browser.get(ADDRESS)
    assert page.context["form"]["telephone"].value() == "2"
    assert page.context["keeping"].others == []


def test_done_is_done(signed_in, keyworker):
    browser = signed_in(keyworker)
    ticket = browser.get(ADDRESS).context["draft_ticket"]
    wrong = browser.post(ADDRESS, typed(sex=None, draft_ticket=ticket))
    browser.post(ADDRESS, typed(draft_ticket=wrong.context["draft_ticket"]))
    with context.acting(keyworker):
        assert not Draft.objects.exists()
    assert "We kept what you typed" not in browser.get(ADDRESS).content.decode()


# --- Is this the same person? --------------------------------------------------------------------------------------------------


@pytest.fixture
def known(keyworker):
    return factories.client_of(
        keyworker.agency, keyworker=keyworker, first_name="Sorel", last_name="Larkrise", date_of_birth=date(1981, 3, 27)
    )


def carried(page) -> dict:
    data: dict = {}
    for name, value in page.context["carried"]:
        data.setdefault(name, []).append(value)
    return data


def test_likely_duplicate_is_shown_before_anything_is_saved(signed_in, keyworker, known):
    page = signed_in(keyworker).post(ADDRESS, typed())
    assert page.status_code == 200
    text = page.content.decode()
    assert "Is this the same person?" in text
    assert known.reference in text
    assert OTHER_AGENCIES in text
    assert people(keyworker) == [known]


def test_somebody_else_registers_with_all_that_was_typed(signed_in, keyworker, known):
    browser = signed_in(keyworker)
    page = browser.post(ADDRESS, typed())
    answer = browser.post(ADDRESS, carried(page))
    assert answer.status_code == 302
    _known, new = people(keyworker)
    assert (new.full_name, new.telephone, new.address) == ("Sorrel Larkrise", "07700 900123", "1 Sandpiper Row\nTesting")


def test_the_same_person_opens_their_record(signed_in, keyworker, known):
    browser = signed_in(keyworker)
    page = browser.post(ADDRESS, typed())
    answer = browser.post(ADDRESS, carried(page) | {"same": str(known.pk)})
    assert answer["Location"] == reverse("client", args=[known.pk])
    assert people(keyworker) == [known]


def test_what_was_typed_can_be_changed(signed_in, keyworker, known):
    browser = signed_in(keyworker)
    page = browser.post(ADDRESS, typed())
    again = browser.post(ADDRESS, carried(page) | {"change": "1"})
    assert again.context["form"]["last_name"].value() == "Larkrise"
    assert "There is a problem" not in again.content.decode()


def test_keys_that_are_none_are_nothing(signed_in, keyworker, known):
    browser = signed_in(keyworker)
    assert "Is this the same person?" in browser.post(ADDRESS, typed(looked_at="nonsense")).content.decode()
    assert browser.post(ADDRESS, typed(same="nonsense")).status_code == 200


def test_duplicate_page_shows_are_on_record(signed_in, keyworker, known):
    signed_in(keyworker).post(ADDRESS, typed())
    with context.acting(keyworker):
        assert EventClient.objects.filter(client_id=known.pk).count() == 1


def test_sentence_about_other_agencies_is_the_same_with_and_without_a_match(signed_in, keyworker, stranger):
    factories.client_of(stranger.agency, first_name="Sorrel", last_name="Larkrise", date_of_birth=date(1981, 3, 27))
    browser = signed_in(keyworker)
    assert OTHER_AGENCIES in browser.get(ADDRESS).content.decode()
    assert browser.post(ADDRESS, typed()).status_code == 302


def test_no_hint_in_what_the_database_is_asked(signed_in, keyworker, stranger):
    """Known elsewhere or not: the same questions, so that time does not tell either."""
    asked = []
    for last_name in ("Larkrise", "Fernhollow"):
        factories.client_of(stranger.agency, first_name="Sorrel", last_name="Larkrise", date_of_birth=date(1981, 3, 27))
        browser = signed_in(keyworker)
        with at_most(30) as queries:
            browser.post(ADDRESS, typed(last_name=last_name, date_of_birth_year="1990" if last_name == "Fernhollow" else "1981"))
        asked.append([sql.split()[0] for sql in queries])
    assert asked[0] == asked[1]


# --- Who, and how much ---------------------------------------------------------------------------------------------------------


def test_manager_chooses_among_those_who_work_here(signed_in, manager, keyworker, stranger):
    browser = signed_in(manager)
    choices = dict(browser.get(ADDRESS).context["form"].fields["keyworker"].widget.choices)
    assert set(choices) == {str(manager.person_id), str(keyworker.person_id)}
    assert list(browser.post(ADDRESS, typed()).context["form"].errors) == ["keyworker"]
    assert browser.post(ADDRESS, typed(keyworker=str(stranger.person_id))).status_code == 200
    assert browser.post(ADDRESS, typed(keyworker=str(keyworker.person_id))).status_code == 302
    with context.acting(manager):
        assert Episode.objects.get().keyworker == keyworker.person


def test_keyworker_is_not_asked(signed_in, keyworker):
    assert "keyworker" not in signed_in(keyworker).get(ADDRESS).context["form"].fields


@pytest.mark.parametrize("role", ["reception", "prescriber", "peer-auditor"])
def test_who_may_not(signed_in, agency, role):
    browser = signed_in(factories.actor(role=role, agency=agency))
    assert browser.get(ADDRESS).status_code == 403
    assert browser.post(ADDRESS, typed()).status_code == 403


def test_budgets(signed_in, keyworker, manager):
    browser = signed_in(keyworker)
    ticket = browser.get(ADDRESS).context["draft_ticket"]
    with at_most(12):
        browser.get(ADDRESS)
    with at_most(15):
        assert browser.post(ADDRESS, typed(draft_ticket=ticket)).status_code == 302
    browser, choice = signed_in(manager), {"keyworker": str(keyworker.person_id)}
    ticket = browser.get(ADDRESS).context["draft_ticket"]
    with at_most(15):
        other = typed(first_name="Merle", last_name="Oxbow", date_of_birth_year="1970", draft_ticket=ticket, **choice)
        assert browser.post(ADDRESS, other).status_code == 302
