"""An answer that cannot wait, in an assessment that nobody has finished: it stands everywhere until the answers or the end take it away."""

import pytest
from django.urls import reverse

from carehub import clock, context
from carehub.models import Event, Task
from carehub.rules import Refused
from clients.actions.assessing import hand_on, start_correction
from clients.actions.tasks import close_task
from clients.assessed.urgent import URGENT
from clients.models import Assessment, Episode, Proposal
from tests import factories
from tests.carehub.signing_in import unlock, with_password
from tests.careplans.pages import tree_of
from tests.clients.answering import as_post, everything, triage
from tests.clients.test_assessing import begin, complete, save, triaged

pytestmark = pytest.mark.django_db

DOCTOR = "Have the client seen by a doctor or the crisis team today."
SECTION = triage().section_of("suicide").id
TURN_BACK = "For the keyworker: turn the screen back before you go on."


def tasks(keyworker) -> list[Task]:
    with context.acting(keyworker):
        return list(Task.objects.filter(kind=URGENT))


def still_open(keyworker) -> list[str]:
    return [each.words for each in tasks(keyworker) if each.done_at is None]


def says(keyworker, draft, **answers) -> None:
    """As whoever has the page open that was saved last."""
    with context.acting(keyworker):
        now = Assessment.objects.get(pk=draft.pk)
    save(keyworker, now, {name.replace("_", "-"): {"value": value} for name, value in answers.items()})


def test_it_stands_on_the_lists_and_the_clients_page_and_nobody_clicks_it_away(keyworker, manager, referred, signed_in):
    draft = begin(keyworker, referred)
    says(keyworker, draft, suicide="plan")
    says(keyworker, draft, suicide="plan", urgent=["nowhere-to-sleep"])
    (task,) = tasks(keyworker)
    assert task.words == f"{DOCTOR} Do not leave them alone. Ring the housing team today."
    assert "Yes, now, and I have thought about how" in task.why
    assert (task.due_on, task.person_id, task.agency_id) == (clock.today(), keyworker.person_id, draft.agency_id)
    go_on = reverse("assessment-edit", args=[draft.client_id, draft.pk])
    for who, page in (
        (keyworker, reverse("caseload")),
        (manager, reverse("service")),
        (keyworker, reverse("client", args=[draft.client_id])),
    ):
        seen = signed_in(who).get(page).content.decode()
        assert DOCTOR in seen
        assert reverse("task-done", args=[draft.client_id, task.pk]) not in seen
        assert (f'"{go_on}"' in seen) is who.may("assessment.write")
    with context.acting(keyworker), pytest.raises(Refused, match="until the assessment is completed"):
        close_task(task=task, by=keyworker)


def test_the_banner_says_it_until_the_assessment_is_completed(keyworker, manager, referred, signed_in):
    """Never 'not assessed' while somebody has just said that they want to die; nor once it is taken back."""
    draft, page = begin(keyworker, referred), reverse("client-sharing", args=[referred.client_id])

    def banner(who=keyworker, at=page) -> str:
        return tree_of(signed_in(who).get(at)).xpath("string(//*[@class='client-banner__risks'])")

    assert "Risk not assessed" in banner()
    says(keyworker, draft, suicide="plan")
    words = "Reported, assessment not completed: Suicide risk: thoughts now, with a plan"
    assert words in banner()
    assert "Go on with the assessment" in banner()
    assert "Risk not assessed" not in banner()
    assert words in banner(manager)
    beside_the_client = banner(at=reverse("assessment-edit", args=[referred.client_id, draft.pk, SECTION]))
    assert "Risk reported, assessment not completed" in beside_the_client
    assert words not in beside_the_client
    says(keyworker, draft, suicide="never")
    assert "Risk not assessed" in banner()
    assert words not in banner()
    says(keyworker, draft, suicide="plan")
    with context.acting(keyworker):
        now = Assessment.objects.get(pk=draft.pk)
    complete(keyworker, save(keyworker, now, everything(suicide="plan")))
    assert words not in banner()
    assert "Suicide risk: thoughts now, with a plan" in banner()


def test_beside_what_was_found_earlier_the_banner_says_what_is_new(keyworker, referred, signed_in):
    triaged(keyworker, referred, suicide="never", self_harm="never")
    with context.acting(keyworker):
        one = start_correction(by=keyworker, client_id=referred.client_id, assessment=Assessment.objects.get(), why="A wrong click.")
    says(keyworker, one, harm_to_others="now")
    with context.acting(keyworker):
        (found,) = Episode.objects.get().risk_begun
    assert found["assessment"] == str(one.pk)
    assert found["words"]


def test_answers_that_ask_for_it_no_longer_close_it_and_once_more_is_one_again(keyworker, referred):
    draft = begin(keyworker, referred)
    says(keyworker, draft, suicide="plan")
    says(keyworker, draft, suicide="never")
    (task,) = tasks(keyworker)
    assert task.done_by_id == keyworker.person_id
    says(keyworker, draft, suicide="plan")
    (again,) = tasks(keyworker)
    assert (again.pk, again.done_at) == (task.pk, None)
    with context.acting(keyworker):
        told = list(Event.objects.filter(verb__startswith="assessment.urgent").order_by("at").values_list("verb", flat=True))
    assert told == ["assessment.urgent", "assessment.urgent-over", "assessment.urgent"]


def test_once_it_is_completed_what_it_proposes_stands_in_its_place(keyworker, referred):
    draft = begin(keyworker, referred)
    complete(keyworker, save(keyworker, draft, everything(suicide="plan")))
    with context.acting(keyworker):
        assert [each.kind for each in Task.objects.open()] == ["trigger.suicide-today"]


def test_it_goes_on_with_whoever_goes_on_with_the_draft(keyworker, referred):
    draft = begin(keyworker, referred)
    says(keyworker, draft, suicide="plan")
    colleague = factories.actor(role="keyworker", agency=keyworker.agency)
    with context.acting(keyworker):
        hand_on(by=keyworker, client_id=draft.client_id, assessment=draft, to=colleague.person)
    assert [each.person_id for each in tasks(keyworker)] == [colleague.person_id]


def test_a_correction_asks_for_what_is_new_in_it_alone(keyworker, referred):
    triaged(keyworker, referred, suicide="plan")
    with context.acting(keyworker):
        one = start_correction(by=keyworker, client_id=referred.client_id, assessment=Assessment.objects.get(), why="A wrong click.")
    says(keyworker, one, housing="3")
    assert still_open(keyworker) == []
    says(keyworker, one, harm_to_others="now")
    assert still_open(keyworker) == ["Decide with the manager today who must be warned or protected, staff included."]


def test_on_the_turned_screen_one_line_says_to_turn_it_back_and_no_reason(keyworker, referred, signed_in):
    draft = begin(keyworker, referred)
    browser = signed_in(with_password(keyworker))
    section = reverse("assessment-edit", args=[draft.client_id, draft.pk, SECTION])
    browser.post(reverse("screen-turn", args=[draft.client_id]), {"next": section})
    assert TURN_BACK not in browser.get(section).content.decode()
    seen = browser.post(section, as_post(triage(), SECTION, everything(suicide="plan")), follow=True).content.decode()
    assert TURN_BACK in seen
    assert DOCTOR not in seen
    assert TURN_BACK in browser.get(section).content.decode()
    assert [each.done_at for each in tasks(keyworker)] == [None]
    for why in ("screen-lock", "screen-turned"):
        browser.post(reverse(why), {"next": section})
        assert DOCTOR not in browser.get(reverse("screen")).content.decode()
    unlock(browser)
    back = browser.get(section).content.decode()
    assert DOCTOR in back
    assert TURN_BACK not in back


@pytest.mark.parametrize(
    "answers", [{"main_drug": "1011", "urgent": ["just-out"]}, {"main_drug": "1011", "overdose": "year"}, {"overdose": "recent"}]
)
def test_an_overdose_plan_and_naloxone_are_for_the_same_day(keyworker, referred, answers):
    triaged(keyworker, referred, **answers)
    with context.acting(keyworker):
        assert Proposal.objects.get(trigger="overdose").wanted_by == clock.today()
