"""The pages on which a plan is written, agreed and read, as a browser without script uses them."""

import pytest
from django.urls import reverse

from carehub import context, drafts
from carehub.models import Draft, Event
from careplans import content
from careplans.models import Goal, PlanVersion
from tests import factories
from tests.careplans import plans
from tests.careplans.pages import form_of, names, texts, tree_of
from tests.queries import at_most


def url(page: str, version) -> str:
    return reverse(page, args=[version.client_id, version.pk])


@pytest.fixture
def draft(triaged, keyworker):
    return plans.begun(triaged, keyworker)


@pytest.fixture
def browser(signed_in, keyworker):
    return signed_in(keyworker)


def fill(
    form: dict, *, words: str = "I want to sleep through", what: str = "Keep a sleep diary", when: tuple = (), who: str = "client"
) -> dict:
    """Into the first goal that is empty, and its action."""
    day = plans.day(plans.soon())
    goal = next(name for name in names(form, "client_words") if form[name] == [""])
    key = goal.removeprefix("goal-").removesuffix("-client_words")
    (belongs,) = [name for name in names(form, "goal_id") if form[name] == [key]]
    action = belongs.removesuffix("-goal_id")
    form |= {goal: [words], f"goal-{key}-domain": ["health"], f"{action}-what": [what], f"{action}-who": [who]}
    boxes = when or (day.day, day.month, day.year)
    return form | {f"{action}-by_when_{part}": [str(box)] for part, box in zip(("day", "month", "year"), boxes, strict=True)}


def goals(version, by) -> list[str]:
    return [row["client_words"] for row in plans.said_of(version, by).rows["goal"].values()]


# --- Start --------------------------------------------------------------------------------------------------------------------


def test_start_asks_the_kind_and_goes_on_to_writing(triaged, keyworker, browser):
    address = reverse("plan-start", args=[triaged.pk])
    page = browser.get(address)
    assert texts(page, "//main//label") == ["Initial care plan", "Care plan", "Aftercare plan", "Care plan for residential rehabilitation"]
    answer = browser.post(address, {"kind": "initial"})
    with context.acting(keyworker):
        version = PlanVersion.objects.get(client=triaged)
    assert answer.url == url("plan-edit", version)
    assert browser.get(address).url == url("plan-edit", version)


def test_start_says_what_has_to_be_done_first(keyworker, agency, browser):
    client = factories.client_of(agency, keyworker=keyworker, state="triage")
    page = browser.post(reverse("plan-start", args=[client.pk]), {"kind": "initial"})
    assert page.status_code == 200
    assert "Complete this first: Triage" in page.content.decode()
    page = browser.post(reverse("plan-start", args=[client.pk]), {"kind": "weekend"})
    assert "choose one of the answers" in page.content.decode()


# --- Write --------------------------------------------------------------------------------------------------------------------


def test_the_page_offers_an_empty_goal_and_a_step_for_each_risk_found(triaged, keyworker, browser, draft):
    with factories.loading(triaged.partnership_id):
        words = [
            {"words": "Injects now", "level": "medium", "area": "substance"},
            {"words": "Harmed", "level": "high", "area": "harm-from-others"},
        ]
        type(draft.plan.episode).objects.filter(pk=draft.plan.episode_id).update(risk="high", risk_words=words)
    form = form_of(browser.get(url("plan-edit", draft)))
    assert len(names(form, "client_words")) == 1
    steps = {form[name][0]: name.removesuffix("-area") for name in names(form, "area")}
    assert set(steps) == {"substance", "harm-from-others"}
    assert f"{steps['harm-from-others']}-third_party" in form
    assert f"{steps['substance']}-third_party" not in form


def test_written_and_saved(draft, keyworker, browser):
    address = url("plan-edit", draft)
    answer = browser.post(address, fill(form_of(browser.get(address), button=("then", "save"))))
    assert answer.url == address
    assert goals(draft, keyworker) == ["I want to sleep through"]
    with context.acting(keyworker):
        assert Event.objects.filter(verb="plan.saved", clients__client_id=draft.client_id).count() == 1
    page = browser.get(address)
    assert "The plan is still a draft" in page.content.decode()
    assert not texts(page, "//*[@class='missing']")


def test_nothing_written_saves_nothing(draft, keyworker, browser):
    address = url("plan-edit", draft)
    browser.post(address, form_of(browser.get(address)))
    assert goals(draft, keyworker) == []


@pytest.mark.parametrize(
    ("when", "sentence"),
    [
        ((31, 2, 2027), "must be a real date"),
        ((1, 1, 2020), "must be today or in the future"),
        (("", 2, 2027), "must include a day"),
        (("soon", "", ""), "must include"),
    ],
)
def test_an_impossible_date_is_kept_as_typed_and_said_beside_its_field(draft, browser, when, sentence):
    address = url("plan-edit", draft)
    browser.post(address, fill(form_of(browser.get(address)), when=when))
    page = browser.get(address)
    form = form_of(page)
    assert [form[name][0] for name in sorted(form) if name.startswith("action-") and "by_when" in name] == [str(box) for box in when]
    (error,) = texts(page, "//p[contains(@class, 'govuk-error-message')]")
    assert sentence in error
    (link,) = texts(page, "//*[@class='missing']//a")
    assert sentence in link


def test_every_link_of_what_is_missing_leads_to_its_place(draft, keyworker, browser):
    said = plans.filled(plans.said_of(draft, keyworker), what="", who="agency", by_when="31\n2\n2027")
    said.rows["goal"]["h"] = {"domain": "", "client_words": "", "service_words": "Something"}
    said.rows["risk"]["r"] = {"area": "", "what": "Something", "who_name": "", "by_when": ""}
    said.rows["need"]["n"] = {"words": "Teeth", "domain": ""}
    said.texts["next_review_on"] = ""
    plans.save(draft, said, keyworker)
    page = browser.get(url("plan-edit", draft))
    tree = tree_of(page)
    links = tree.xpath("//*[@class='missing']//a/@href")
    assert len(links) == 11
    assert len(tree.xpath("//*[@class='missing']//li")) == len(links)
    for link in links:
        assert len(tree.xpath(f"//*[@id='{link[1:]}']")) == 1, link


def test_a_goal_an_action_and_a_step_more_without_script(draft, keyworker, browser):
    address = url("plan-edit", draft)
    answer = browser.post(address, fill(form_of(browser.get(address), button=("add", "goal"))))
    assert answer.url == f"{address}?add=goal#added"
    form = form_of(browser.get(answer.url))
    assert len(names(form, "client_words")) == 2
    answer = browser.post(address, fill(form, words="A home", what="Apply") | {"add": "risk"})
    form = form_of(browser.get(answer.url))
    assert len(names(form, "area")) == 1
    (first, second) = [name.removesuffix("-client_words") for name in names(form, "client_words")]
    answer = browser.post(address, form | {"add": [f"action-{second.removeprefix('goal-')}"]})
    form = form_of(browser.get(answer.url))
    assert len(names(form, "what", "action")) == 3
    answer = browser.post(address, form | {"up": [second]})
    assert goals(draft, keyworker) == ["A home", "I want to sleep through"]
    browser.post(address, form_of(browser.get(address)) | {f"{first}-remove": ["on"]})
    assert goals(draft, keyworker) == ["A home"]


@pytest.mark.parametrize(
    "button",
    [
        ("add", "moon"),
        ("add", "action-" + "x" * 500),
        ("add", "action-\x00"),
        ("up", "moon-1"),
        ("up", "-"),
        ("moved", "goal-\x00"),
        ("then", "x"),
    ],
)
def test_an_unknown_button_saves_all_the_same(draft, keyworker, browser, button):
    address = url("plan-edit", draft)
    assert browser.post(address, fill(form_of(browser.get(address), button=button))).status_code == 302
    assert goals(draft, keyworker) == ["I want to sleep through"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"opened": "no json", "expected": "-1"},
        {"opened": "[1, 2]", "expected": "9" * 40},
        {"goal-x-client_words": "Only words"},
        {"action-y-what": "Of no goal"},
        {"action-y-goal_id": "goal-of-nobody", "action-y-what": "Of no goal"},
        {"need-z-standing": "yesterday", "need-z-words": "x"},
        {"risk-r-third_party": "on"},
        {"next_review_on_day": "1"},
        {"goal-../../x-client_words": "x", "goal--client_words": "x", "goal-" + "k" * 500 + "-client_words": "x"},
        {"goal-\x00-client_words": "\x00"},
        {"keep--goal.a.client_words": "theirs", "keep--x": "both", "keep--": "mine", "merged--x": "x"},
    ],
)
def test_broken_input_is_no_error_of_ours(draft, keyworker, browser, sent):
    assert browser.post(url("plan-edit", draft), sent).status_code in (200, 302)
    assert browser.get(url("plan-edit", draft)).status_code == 200


def test_what_was_typed_and_not_submitted_stands_there_again(draft, keyworker, browser):
    address = url("plan-edit", draft)
    form = fill(form_of(browser.get(address)), words="Half a thou", when=(31, 2, 2027))
    assert browser.post(reverse("draft-save"), form | {"draft_sequence": "1"}).status_code == 200
    page = browser.get(address)
    assert "We kept what you typed" in page.content.decode()
    again = form_of(page)
    assert [again[name] for name in names(again, "client_words")] == [["Half a thou"]]
    assert goals(draft, keyworker) == []
    browser.post(address, again)
    assert goals(draft, keyworker) == ["Half a thou"]
    with context.acting(keyworker):
        assert not Draft.objects.exists()


def test_a_kept_text_that_is_older_than_a_colleagues_save_does_not_go_over_it(draft, keyworker, manager, browser):
    address = url("plan-edit", draft)
    form = form_of(browser.get(address)) | {"strengths": ["Mine"]}
    browser.post(reverse("draft-save"), form | {"draft_sequence": "1"})
    said = plans.said_of(draft, manager)
    said.texts["way_back"] = "Theirs"
    plans.save(draft, said, manager)
    browser.post(address, form_of(browser.get(address)))
    now = plans.said_of(draft, keyworker)
    assert (now.texts["strengths"], now.texts["way_back"]) == ("Mine", "Theirs")


def test_agreed_while_the_page_lay_open_the_text_is_kept(triaged, keyworker, browser):
    version = plans.written(triaged, keyworker)
    form = form_of(browser.get(url("plan-edit", version))) | {"way_back": ["Typed too late"]}
    with context.acting(keyworker):
        plans.agree(version=version, by=keyworker, seen_text=plans.said_of(version, keyworker).fingerprint())
    answer = browser.post(url("plan-edit", version), form)
    assert answer.url == url("plan-show", version)
    page = browser.get(answer.url).content.decode()
    assert "has been agreed" in page
    assert "What you typed is kept" in page
    browser.post(url("plan-reopen", version))
    assert form_of(browser.get(url("plan-edit", version)))["way_back"] == ["Typed too late"]


# --- Whose words win ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def conflict(triaged, keyworker, manager, browser, signed_in):
    """Two people with the same page open; the manager has saved first. Gives the version and my form."""

    def make(mine: dict, theirs: dict):
        version = plans.written(triaged, keyworker)
        mine_form = form_of(browser.get(url("plan-edit", version)))
        other = signed_in(manager)
        their_form = form_of(other.get(url("plan-edit", version)))
        row = next(name for name in names(mine_form, "client_words")).removesuffix("client_words")
        other.post(url("plan-edit", version), their_form | {name.replace("GOAL-", row): [text] for name, text in theirs.items()})
        return version, mine_form | {name.replace("GOAL-", row): [text] for name, text in mine.items()}

    return make


def chosen(page, choice: str) -> dict:
    (line,) = set(tree_of(page).xpath("//input[@type='radio']/@name"))
    return form_of(page) | {line: [choice]}


@pytest.mark.parametrize(("choice", "result"), [("mine", "Mine"), ("theirs", "Theirs"), ("both", "Theirs\n\nMine")])
def test_both_texts_stand_side_by_side_and_the_choice_is_saved(conflict, keyworker, browser, choice, result):
    version, form = conflict(
        {"GOAL-client_words": "Mine", "strengths": "Only mine"}, {"GOAL-client_words": "Theirs", "way_back": "Only theirs"}
    )
    page = browser.post(url("plan-edit", version), form)
    assert page.status_code == 200
    assert texts(page, "//div[@class='conflict__side']/p") == ["Mine", "Theirs"]
    assert goals(version, keyworker) == ["Theirs"]
    browser.post(url("plan-edit", version), chosen(page, choice))
    now = plans.said_of(version, keyworker)
    assert goals(version, keyworker) == [result]
    assert (now.texts["strengths"], now.texts["way_back"]) == ("Only mine", "Only theirs")


def test_without_a_choice_it_is_asked_again(conflict, keyworker, browser):
    version, form = conflict({"way_back": "Mine"}, {"way_back": "Theirs"})
    page = browser.post(url("plan-edit", version), form)
    again = browser.post(url("plan-edit", version), {name: value for name, value in form_of(page).items() if not name.startswith("keep--")})
    assert again.status_code == 200
    assert texts(again, "//div[@class='conflict__side']/p") == ["Mine", "Theirs"]


@pytest.mark.parametrize(("choice", "result"), [("mine", []), ("theirs", ["Theirs"])])
def test_i_took_a_goal_off_that_a_colleague_rewrote(conflict, keyworker, browser, choice, result):
    version, form = conflict({"GOAL-remove": "on"}, {"GOAL-client_words": "Theirs", "GOAL-service_words": "Theirs too"})
    page = browser.post(url("plan-edit", version), form)
    assert texts(page, "//div[@class='conflict__side']/p") == ["(taken off the plan)", "Theirs"]
    browser.post(url("plan-edit", version), chosen(page, choice))
    assert goals(version, keyworker) == result
    if result:
        (row,) = plans.said_of(version, keyworker).rows["goal"].values()
        assert row["service_words"] == "Theirs too"


@pytest.mark.parametrize(("choice", "result"), [("mine", ["Mine"]), ("theirs", [])])
def test_a_colleague_took_off_a_goal_that_i_rewrote(conflict, keyworker, browser, choice, result):
    version, form = conflict({"GOAL-client_words": "Mine", "GOAL-service_words": "Mine too"}, {"GOAL-remove": "on"})
    page = browser.post(url("plan-edit", version), form)
    assert texts(page, "//div[@class='conflict__side']/p") == ["Mine", "(taken off the plan)"]
    browser.post(url("plan-edit", version), chosen(page, choice))
    assert goals(version, keyworker) == result
    if result:
        (row,) = plans.said_of(version, keyworker).rows["goal"].values()
        assert (row["service_words"], row["domain"]) == ("Mine too", "health")
        (action,) = plans.said_of(version, keyworker).rows["action"].values()
        assert action["what"] == "Keep a sleep diary"


# --- Agree --------------------------------------------------------------------------------------------------------------------


def test_save_and_agree(draft, keyworker, browser):
    address = url("plan-edit", draft)
    answer = browser.post(address, fill(form_of(browser.get(address), button=("then", "agree"))))
    assert answer.url == url("plan-agree", draft)
    page = browser.get(answer.url)
    assert "I want to sleep through" in page.content.decode()
    answer = browser.post(answer.url, form_of(page))
    assert answer.url == url("plan-sign", draft)
    with context.acting(keyworker):
        assert PlanVersion.objects.get(pk=draft.pk).state == "agreed"


def test_agree_with_something_missing_leads_back_to_it(draft, browser):
    answer = browser.get(url("plan-agree", draft))
    assert answer.url == url("plan-edit", draft)
    page = browser.get(answer.url)
    assert texts(page, "//*[@class='missing']//a")
    assert browser.post(url("plan-agree", draft), {"seen_text": "x"}).url == url("plan-edit", draft)


def test_agree_shows_the_new_text_where_it_was_changed_meanwhile(triaged, keyworker, browser):
    version = plans.written(triaged, keyworker)
    form = form_of(browser.get(url("plan-agree", version)))
    said = plans.said_of(version, keyworker)
    said.texts["way_back"] = "Walk in at ten"
    plans.save(version, said, keyworker)
    page = browser.post(url("plan-agree", version), form)
    assert page.status_code == 200
    assert "changed the plan after this page was opened" in page.content.decode()
    assert "Walk in at ten" in page.content.decode()
    assert browser.post(url("plan-agree", version), form_of(page)).url == url("plan-sign", version)


# --- Who may, and wrong clients -----------------------------------------------------------------------------------------------

PAGES = ["plan-show", "plan-edit", "plan-agree", "plan-reopen", "plan-revise", "plan-sign", "plan-paper"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_out_of_reach_is_not_found_and_without_sign_in_there_is_nothing(page, method, triaged, keyworker, stranger, signed_in, client):
    version = plans.agreed(triaged, keyworker)
    if method == "get" and page in ("plan-reopen", "plan-revise"):
        assert signed_in(keyworker).get(url(page, version)).status_code == 405
        return
    assert getattr(signed_in(stranger), method)(url(page, version)).status_code == 404
    answer = getattr(client, method)(url(page, version))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("page", PAGES)
def test_reception_is_refused_with_the_reason(page, triaged, keyworker, agency, signed_in):
    version = plans.agreed(triaged, keyworker)
    answer = signed_in(factories.actor(role="reception", agency=agency)).post(url(page, version))
    assert answer.status_code == 403
    assert "needs a role that may" in answer.content.decode()


@pytest.mark.promise(18)
@pytest.mark.parametrize("page", PAGES)
def test_a_plan_under_another_clients_address_does_not_exist(page, triaged, keyworker, browser):
    version, other = plans.agreed(triaged, keyworker), plans.triaged(keyworker)
    address = reverse(page, args=[other.pk, version.pk])
    assert browser.post(address).status_code == 404


def test_a_colleague_elsewhere_with_consent_reads_only(triaged, keyworker, stranger, signed_in):
    version = plans.agreed(triaged, keyworker)
    factories.access(triaged, agency=stranger.agency, basis="consent")
    theirs = signed_in(stranger)
    page = theirs.get(url("plan-show", version))
    assert page.status_code == 200
    assert not texts(page, "//*[@class='page-head__action']//*[contains(@class, 'govuk-button')]")
    theirs.post(url("plan-reopen", version))
    with context.acting(keyworker):
        assert PlanVersion.objects.get(pk=version.pk).state == "agreed"


# --- Read ---------------------------------------------------------------------------------------------------------------------


def test_an_earlier_version_is_shown_whole_and_says_what_it_is(triaged, keyworker, browser):
    first = plans.signed(triaged, keyworker)
    answer = browser.post(url("plan-revise", first))
    with context.acting(keyworker):
        draft = PlanVersion.objects.get(client=triaged, number=2)
    assert answer.url == url("plan-edit", draft)
    with context.acting(keyworker):
        agreed = plans.agree(version=draft, by=keyworker, seen_text=content.of(draft).fingerprint())
    plans.signed(triaged, keyworker, version=agreed)
    page = browser.get(url("plan-show", first)).content.decode()
    assert "This is an earlier version" in page
    assert "Superseded" in page
    assert "Write a new version" not in page
    assert "Write a new version" in browser.get(url("plan-show", agreed)).content.decode()


def test_what_others_said_stands_apart_and_not_on_the_pages_that_the_client_sees(triaged, keyworker, browser):
    version = plans.agreed(triaged, keyworker)
    secret = "Harmed or threatened by somebody now"
    assert secret in browser.get(url("plan-show", version)).content.decode()
    assert secret not in browser.get(url("plan-sign", version)).content.decode()
    version = plans.written(plans.triaged(keyworker), keyworker)
    assert secret not in browser.get(url("plan-agree", version)).content.decode()


def test_each_page_is_one_event_that_names_the_client(triaged, keyworker, browser):
    version = plans.agreed(triaged, keyworker)
    for page in ("plan-show", "plan-sign", "plan-paper"):
        with context.acting(keyworker):
            before = Event.objects.count()
        browser.get(url(page, version))
        with context.acting(keyworker):
            assert Event.objects.count() == before + 1
            assert Event.objects.filter(page=page, clients__client_id=triaged.pk).count() == 1


def test_texts_are_shown_as_texts(triaged, keyworker, browser):
    bad = "<script>alert(1)</script>"
    version = plans.begun(triaged, keyworker)
    said = plans.filled(plans.said_of(version, keyworker), words=bad, what=bad)
    said.texts |= dict.fromkeys(content.TEXTS[:-1], bad)
    plans.save(version, said, keyworker)
    for page in ("plan-edit", "plan-agree", "plan-show"):
        assert bad not in browser.get(url(page, version)).content.decode()


# --- Budgets ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["plan-edit", "plan-agree", "plan-show"])
def test_a_page_of_a_draft_asks_little(triaged, keyworker, browser, page):
    version = plans.written(triaged, keyworker)
    browser.get(url(page, version))
    with at_most(12):
        assert browser.get(url(page, version)).status_code == 200


@pytest.mark.parametrize("page", ["plan-sign", "plan-show"])
def test_a_page_of_an_agreed_plan_asks_little(triaged, keyworker, browser, page):
    version = plans.agreed(triaged, keyworker)
    with at_most(12):
        assert browser.get(url(page, version)).status_code == 200


def test_a_signed_plan_asks_little(triaged, keyworker, browser):
    version = plans.signed(triaged, keyworker)
    with at_most(12):
        assert browser.get(url("plan-show", version)).status_code == 200


def test_a_save_asks_little(triaged, keyworker, browser):
    version = plans.written(triaged, keyworker)
    form = form_of(browser.get(f"{url('plan-edit', version)}?add=goal"))
    form = fill(form, words="A home", what="Apply")
    (need, *_others) = names(form, "standing")
    form |= {need: ["now"], "way_back": ["Walk in"], "risk-r-area": ["substance"], "risk-r-what": ["Naloxone"]}
    with at_most(15):
        assert browser.post(url("plan-edit", version), form).status_code == 302
    with context.acting(keyworker):
        assert Goal.objects.filter(version=version).count() == 2


def test_a_ticket_that_somebody_made_up_is_no_draft(draft, browser):
    address = url("plan-edit", draft)
    form = form_of(browser.get(address)) | {drafts.TICKET: ["made-up"]}
    assert browser.post(reverse("draft-save"), form).status_code == 400


def test_two_lines_at_once_are_asked_on_one_page(conflict, keyworker, browser):
    version, form = conflict({"GOAL-client_words": "Mine", "way_back": "My way"}, {"GOAL-client_words": "Theirs", "way_back": "Their way"})
    page = browser.post(url("plan-edit", version), form)
    assert texts(page, "//section[@class='conflict__row']/h2") == ["How they come back", "What the client wants, in their own words"]
    lines = sorted(set(tree_of(page).xpath("//input[@type='radio']/@name")))
    browser.post(url("plan-edit", version), form_of(page) | {lines[0]: ["mine"], lines[1]: ["theirs"]})
    assert goals(version, keyworker) == ["Mine"]
    assert plans.said_of(version, keyworker).texts["way_back"] == "Their way"
