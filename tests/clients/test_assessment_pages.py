"""The pages of an assessment: begin, answer, stop, go on, check, complete, read."""

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Draft
from clients.actions import assessing
from clients.models import Assessment, Episode
from tests import factories
from tests.clients.answering import as_post, everything, triage
from tests.queries import at_most


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


def now(by, assessment) -> Assessment:
    with context.acting(by):
        return Assessment.objects.get(pk=assessment.pk)


@pytest.fixture
def draft(keyworker, referred) -> Assessment:
    with context.acting(keyworker):
        episode = Episode.objects.get(client=referred)
        return assessing.start_assessment(by=keyworker, client_id=referred.pk, episode=episode)


def address(assessment, section: str = "", *, client=None) -> str:
    keys = [client.pk if client else assessment.client_id, assessment.pk]
    return reverse("assessment-edit", args=[*keys, section] if section else keys)


def opened(page) -> dict:
    """What the page's hidden fields carry."""
    return {"opened": page.context["marks"], "draft_ticket": page.context["draft_ticket"]}


def fill(browser, assessment, answers, *sections: str) -> None:
    form = triage()
    for section in sections or [each.id for each in form.sections]:
        page = browser.get(address(assessment, section))
        answer = browser.post(address(assessment, section), as_post(form, section, answers) | opened(page))
        assert answer.status_code == 302, answer.context["form"].errors


def answered(by, assessment, answers) -> None:
    """The whole triage at once, without its pages."""
    with context.acting(by):
        assessing.save_answers(
            by=by, client_id=assessment.client_id, assessment=assessment, answers=answers, questions=list(answers), opened={}
        )


# --- Begin -----------------------------------------------------------------------------------------------------------------


def test_begins_today_with_one_click(browser, keyworker, referred):
    page = browser.get(reverse("assessment-start", args=[referred.pk]))
    assert page.context["form"]["took_place_on"].value() == clock.today()
    today = clock.today()
    sent = {"took_place_on_day": today.day, "took_place_on_month": today.month, "took_place_on_year": today.year}
    answer = browser.post(reverse("assessment-start", args=[referred.pk]), sent)
    with context.acting(keyworker):
        assert answer["Location"] == address(Assessment.objects.get(client=referred))


def test_a_button_elsewhere_begins_today(browser, keyworker, referred):
    answer = browser.post(reverse("assessment-start", args=[referred.pk]))
    with context.acting(keyworker):
        begun = Assessment.objects.get(client=referred)
    assert (answer["Location"], begun.took_place_on) == (address(begun), clock.today())


def test_goes_on_with_the_one_that_is_begun(browser, draft):
    assert browser.get(reverse("assessment-start", args=[draft.client_id]))["Location"] == address(draft)


def test_day_that_cannot_be_says_so(browser, referred):
    day = clock.today() - timedelta(days=400)
    sent = {"took_place_on_day": day.day, "took_place_on_month": day.month, "took_place_on_year": day.year}
    page = browser.post(reverse("assessment-start", args=[referred.pk]), sent)
    assert page.status_code == 200
    assert "lies before the referral" in page.context["form"].errors["took_place_on"][0]


def test_another_agency_reads_why_it_cannot_begin(signed_in, stranger, referred):
    factories.access(referred, agency=stranger.agency, basis="consent")
    page = signed_in(stranger).get(reverse("assessment-start", args=[referred.pk]))
    assert page.status_code == 200
    assert "Only the agency that treats the client" in page.content.decode()


# --- Answer ----------------------------------------------------------------------------------------------------------------


def test_each_section_stands_on_its_page_with_how_much_is_answered(browser, keyworker, draft):
    fill(browser, draft, everything(), "reason")
    page = browser.get(address(draft, "drugs"))
    items = {item["name"]: item for item in page.context["items"]}
    assert (items["reason"]["answered"], items["reason"]["of"]) == (5, 5)
    assert items["drugs"]["current"]
    assert list(items)[-1] == "check"
    assert "5 of 5 answered" in page.content.decode()


@pytest.mark.parametrize(
    ("pressed", "leads_to"), [("", "drugs"), ("safety", "safety"), ("check", "check"), ("client", ""), ("nonsense", "drugs")]
)
def test_every_way_on_saves_first(browser, keyworker, draft, pressed, leads_to):
    answer = browser.post(address(draft, "reason"), as_post(triage(), "reason", everything()) | {"opened": "{}", "then": pressed})
    assert answer["Location"] == (address(draft, leads_to) if leads_to else reverse("client", args=[draft.client_id]))
    assert len(now(keyworker, draft).answers) == 5


def test_half_a_section_can_be_saved(browser, keyworker, draft):
    data = {"reason": "Sleep", "asked__": "reason urgent previous others-helping motivation", "opened": "{}"}
    assert browser.post(address(draft, "reason"), data).status_code == 302
    assert now(keyworker, draft).answers == {"reason": {"value": "Sleep"}}


@pytest.mark.parametrize(
    ("section", "field", "typed", "says"),
    [
        ("drugs", "main-days", "29", "from 0 to 28"),
        ("drugs", "main-days", "often", "in digits"),
        ("drugs", "main-drug", "unheard-of", "choose one of the answers listed"),
        ("reason", "urgent", ["none", "court"], "goes with no other answer"),
        ("reason", "previous", "what?", "choose one of the answers listed"),
        ("drugs", "second-drug", "1000", "stands under"),
    ],
)
def test_an_unknown_answer_says_so_and_nothing_typed_is_lost(browser, keyworker, draft, section, field, typed, says):
    data = as_post(triage(), section, everything(main_drug="1000")) | {field: typed, "opened": "{}"}
    data["asked__"] += "" if field in data["asked__"].split() else f" {field}"
    page = browser.post(address(draft, section), data)
    assert page.status_code == 200
    assert says in " ".join(page.context["form"].errors[field]).lower()
    assert page.context["form"][field].value() == typed
    assert now(keyworker, draft).answers == {}


def test_wrong_answer_is_kept_for_a_browser_that_was_closed(browser, draft):
    page = browser.get(address(draft, "drugs"))
    data = as_post(triage(), "drugs", everything(main_drug="1000")) | {"main-days": "often"} | opened(page)
    browser.post(address(draft, "drugs"), data)
    again = browser.get(address(draft, "drugs"))
    assert "We kept what you typed" in again.content.decode()
    assert again.context["form"]["main-days"].value() == "often"
    assert not again.context["form"].errors


def test_completed_section_leaves_no_draft(browser, keyworker, draft):
    page = browser.get(address(draft, "drugs"))
    data = as_post(triage(), "drugs", everything()) | opened(page)
    wrong = browser.post(address(draft, "drugs"), data | {"main-age": "four"})
    browser.post(address(draft, "drugs"), data | opened(wrong))
    with context.acting(keyworker):
        assert not Draft.objects.exists()


def test_unticked_box_is_unticked(browser, keyworker, draft):
    fill(browser, draft, everything(urgent=["court"]), "reason")
    page = browser.get(address(draft, "reason"))
    data = as_post(triage(), "reason", everything(urgent=["court"])) | opened(page)
    del data["urgent"]
    browser.post(address(draft, "reason"), data)
    assert "urgent" not in now(keyworker, draft).answers


# --- Two people, one section -------------------------------------------------------------------------------------------------


def clash(browser, draft, mine: dict, theirs: dict, *, at_first: dict | None = None):
    """I open the section, a colleague saves ``theirs``, I send ``mine``: the page that I get."""
    fill(browser, draft, everything(**at_first or {}), "reason")
    page = browser.get(address(draft, "reason"))
    fill(browser, draft, everything(**theirs), "reason")
    return browser.post(address(draft, "reason"), as_post(triage(), "reason", everything(**mine)) | opened(page))


def carried(page) -> dict:
    data: dict = {}
    for name, value in page.context["carried"]:
        data.setdefault(name, []).append(value)
    return data


def test_what_does_not_overlap_is_merged(browser, keyworker, draft):
    answer = clash(browser, draft, {"reason": "Mine"}, {"previous": "finished"})
    assert answer.status_code == 302
    answers = now(keyworker, draft).answers
    assert (answers["reason"]["value"], answers["previous"]["value"]) == ("Mine", "finished")


def test_both_texts_are_shown_and_nothing_is_saved_yet(browser, keyworker, draft):
    page = clash(browser, draft, {"reason": "Mine", "previous": "finished"}, {"reason": "Theirs", "previous": "left-early"})
    assert page.status_code == 200
    text = page.content.decode()
    for words in ("Mine", "Theirs", "Yes, and I finished it", "Yes, and I stopped going"):
        assert words in text
    assert now(keyworker, draft).answers["reason"] == {"value": "Theirs"}


@pytest.mark.parametrize(
    ("choice", "stands"),
    [
        ({"keep--reason": "mine"}, "Mine"),
        ({"keep--reason": "theirs"}, "Theirs"),
        ({"keep--reason": "both", "merged--reason": "Theirs\n\nMine"}, "Theirs\n\nMine"),
    ],
)
def test_the_choice_stands(browser, keyworker, draft, choice, stands):
    page = clash(browser, draft, {"reason": "Mine", "previous": "finished"}, {"reason": "Theirs"})
    assert browser.post(address(draft, "reason"), carried(page) | choice).status_code == 302
    answers = now(keyworker, draft).answers
    assert (answers["reason"]["value"], answers["previous"]["value"]) == (stands, "finished")


def test_no_choice_is_asked_again(browser, keyworker, draft):
    page = clash(browser, draft, {"previous": "finished"}, {"previous": "left-early"})
    again = browser.post(address(draft, "reason"), carried(page))
    assert again.status_code == 200
    assert again.context["form"].errors
    assert now(keyworker, draft).answers["previous"] == {"value": "left-early"}


def test_a_third_save_meanwhile_is_asked_again(browser, signed_in, agency, draft):
    page = clash(browser, draft, {"reason": "Mine"}, {"reason": "Theirs"})
    fill(signed_in(factories.actor(role="keyworker", agency=agency)), draft, everything(reason="A third"), "reason")
    again = browser.post(address(draft, "reason"), carried(page) | {"keep--reason": "mine"})
    assert again.status_code == 200
    assert "A third" in again.content.decode()


def test_text_kept_from_before_a_colleagues_save_does_not_go_over_it(browser, keyworker, draft):
    """A draft remembers what it started from: when its writer comes back, the colleague's words are in the way and both are shown."""
    fill(browser, draft, everything(), "reason")
    page = browser.get(address(draft, "reason"))
    wrong = as_post(triage(), "reason", everything(reason="Mine")) | opened(page) | {"previous": "what?"}
    browser.post(address(draft, "reason"), wrong)
    with context.acting(keyworker):
        assessment = Assessment.objects.get(pk=draft.pk)
        assessing.save_answers(
            by=keyworker,
            client_id=draft.client_id,
            assessment=assessment,
            answers={"reason": {"value": "Theirs"}},
            questions=["reason"],
            opened={"reason": json.loads(page.context["marks"])["reason"]},
        )
    back = browser.get(address(draft, "reason"))
    assert back.context["form"]["reason"].value() == "Mine"
    sent = as_post(triage(), "reason", everything(reason="Mine")) | opened(back)
    assert "Theirs" in browser.post(address(draft, "reason"), sent).content.decode()


# --- Check and complete -----------------------------------------------------------------------------------------------------


def test_missing_answers_are_links_to_their_questions(browser, draft):
    page = browser.get(address(draft, "check"))
    missing = {item["text"]: item["url"] for item in page.context["missing"]}
    assert missing[triage().question("reason").text] == f"{address(draft, 'reason')}#id_reason"
    suicide = triage().question("suicide").text
    assert missing[suicide] == f"{address(draft, 'safety')}#id_suicide_0"
    section = browser.get(missing[suicide].partition("#")[0]).content.decode()
    assert 'id="id_suicide_0"' in section
    assert "Complete and lock" not in page.content.decode()


def test_every_missing_link_leads_to_something_on_its_page(browser, draft):
    pages: dict[str, str] = {}
    for item in browser.get(address(draft, "check")).context["missing"]:
        place, _hash, anchor = item["url"].partition("#")
        if place not in pages:
            pages[place] = browser.get(place).content.decode()
        assert f'id="{anchor}"' in pages[place], item


def test_words_typed_and_not_saved_are_pointed_out(browser, draft):
    page = browser.get(address(draft, "safety"))
    browser.post("/drafts/", {"draft_ticket": page.context["draft_ticket"], "suicide": "now", "draft_sequence": "1"})
    unsaved = browser.get(address(draft, "check")).context["unsaved"]
    assert [item["url"] for item in unsaved] == [address(draft, "safety")]


def test_completes_and_leads_to_what_is_to_decide(browser, keyworker, draft):
    fill(browser, draft, everything(suicide="now"))
    page = browser.get(address(draft, "check"))
    assert "Complete and lock" in page.content.decode()
    assert "Agree today how the client stays safe" in page.content.decode()
    answer = browser.post(address(draft, "check"), {"row_version": page.context["assessment"].row_version})
    assert answer["Location"] == reverse("proposals", args=[draft.client_id])
    done = now(keyworker, draft)
    assert (done.state, done.risk) == ("complete", "high")
    assert browser.get(address(draft, "reason"))["Location"] == reverse("assessment-show", args=[draft.client_id, draft.pk])
    assert browser.post(address(draft, "reason"), {"reason": "Too late", "asked__": "reason"})["Location"].endswith(f"{draft.pk}/")


@pytest.mark.parametrize("version", ["", "0", "-1", "nonsense", "99"])
def test_not_completed_without_having_looked(browser, keyworker, draft, version):
    answered(keyworker, draft, everything())
    page = browser.post(address(draft, "check"), {"row_version": version})
    assert page.status_code == 200
    assert "Not completed" in page.content.decode()
    assert now(keyworker, draft).state == "draft"


def test_not_completed_with_something_missing(browser, keyworker, draft):
    page = browser.post(address(draft, "check"), {"row_version": draft.row_version})
    assert "answers are still missing" in page.content.decode()
    assert now(keyworker, draft).state == "draft"


def test_the_banner_says_the_risk_and_when_it_was_asked(browser, keyworker, draft):
    answered(keyworker, draft, everything(suicide="now"))
    version = now(keyworker, draft).row_version
    browser.post(address(draft, "check"), {"row_version": version})
    page = browser.get(reverse("assessment-show", args=[draft.client_id, draft.pk])).content.decode()
    assert "Suicide risk: thoughts now" in page
    assert "last asked" in page


# --- Read, and who may ---------------------------------------------------------------------------------------------------------


def test_shown_as_it_was_asked(browser, keyworker, draft):
    answered(keyworker, draft, everything(reason="I want my daughter back"))
    text = browser.get(reverse("assessment-show", args=[draft.client_id, draft.pk])).content.decode()
    assert "What brings you here today, and what would you like to be different?" in text
    assert "I want my daughter back" in text
    assert "Go on with it" in text


def test_from_a_completed_assessment_there_is_a_way_back(browser, keyworker, draft):
    answered(keyworker, draft, everything())
    with context.acting(keyworker):
        assessing.complete_assessment(
            by=keyworker, client_id=draft.client_id, assessment=draft, row_version=now(keyworker, draft).row_version
        )
    page = browser.get(reverse("assessment-show", args=[draft.client_id, draft.pk]))
    assert page.context["tab"] in [each["name"] for each in page.context["tabs"]]
    assert page.content.decode().count(f'href="{reverse("assessments", args=[draft.client_id])}"') == 2  # the tab, and Back


def test_under_another_clients_address_there_is_nothing(browser, keyworker, draft):
    other = factories.client_of(keyworker.agency, keyworker=keyworker)
    for method in (browser.get, browser.post):
        assert method(address(draft, "reason", client=other)).status_code == 404
    assert browser.get(reverse("assessment-show", args=[other.pk, draft.pk])).status_code == 404


@pytest.mark.parametrize(("role", "status"), [("service-manager", 200), ("prescriber", 200), ("reception", 403)])
def test_who_may(signed_in, agency, draft, role, status):
    browser = signed_in(factories.actor(role=role, agency=agency))
    assert browser.get(address(draft, "reason")).status_code == status
    assert browser.get(reverse("assessment-show", args=[draft.client_id, draft.pk])).status_code == status
    assert browser.post(address(draft, "reason"), {}).status_code in (status, 302 if status == 200 else status)


def test_an_auditor_reads_the_files_given_to_them_and_writes_in_none(signed_in, agency, draft):
    auditor = factories.actor(role="peer-auditor", agency=agency)
    browser = signed_in(auditor)
    page = reverse("assessment-show", args=[draft.client_id, draft.pk])
    assert browser.get(page).status_code == 404, "of their own agency, and not given to them"
    client = factories.Client(pk=draft.client_id, partnership_id=draft.partnership_id)
    factories.access(client, membership=auditor.membership, basis="audit-sample")
    assert browser.get(page).status_code == 200
    assert browser.get(address(draft, "reason")).status_code == 403
    assert browser.post(address(draft, "reason"), {}).status_code == 403


def test_not_shared_is_not_found(signed_in, stranger, draft):
    browser = signed_in(stranger)
    for name in ("assessment-edit", "assessment-show"):
        assert browser.get(reverse(name, args=[draft.client_id, draft.pk])).status_code == 404
    assert browser.get(reverse("assessment-start", args=[draft.client_id])).status_code == 404


def test_shared_is_read_and_not_written(signed_in, stranger, draft):
    factories.access(factories.Client(pk=draft.client_id, partnership_id=draft.partnership_id), agency=stranger.agency, basis="consent")
    browser = signed_in(stranger)
    show = reverse("assessment-show", args=[draft.client_id, draft.pk])
    assert browser.get(show).status_code == 200
    assert browser.get(address(draft, "reason"))["Location"] == show


@pytest.mark.parametrize("section", ["nonsense", "Reason", "x" * 200])
def test_unknown_section_is_not_found(browser, draft, section):
    assert browser.get(address(draft, section)).status_code == 404


@pytest.mark.parametrize("opened", ["", "no json", "[]", '{"reason": 3}', '"x"', "null"])
def test_marks_that_are_none_compare_everything(browser, keyworker, draft, opened):
    fill(browser, draft, everything(), "reason")
    page = browser.post(address(draft, "reason"), as_post(triage(), "reason", everything(reason="Mine")) | {"opened": opened})
    assert page.status_code == 200
    assert now(keyworker, draft).answers["reason"] != {"value": "Mine"}


def test_twenty_minutes(browser, draft):
    """Clicks and keys for a quiet triage: one an answer, one a section, two to begin and to complete."""
    form = triage()
    answered = len(everything())
    assert answered <= form.most_questions
    assert answered + len(form.sections) + 2 <= 50


def test_budgets(browser, keyworker, draft):
    page = browser.get(address(draft, "drugs"))
    with at_most(12):
        browser.get(address(draft, "drugs"))
    with at_most(15):
        browser.post(address(draft, "drugs"), as_post(triage(), "drugs", everything()) | opened(page))
    answered(keyworker, draft, everything(suicide="plan"))
    with at_most(12):
        browser.get(address(draft, "check"))
    version = now(keyworker, draft).row_version
    with at_most(20):  # locks, risks, tasks and notices besides the save itself
        browser.post(address(draft, "check"), {"row_version": version})
    with at_most(12):
        browser.get(reverse("assessment-show", args=[draft.client_id, draft.pk]))


def test_no_page_carries_script_or_style_of_its_own(browser, draft):
    for page in (address(draft, "reason"), address(draft, "check"), reverse("assessment-show", args=[draft.client_id, draft.pk])):
        text = browser.get(page).content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", text)
