"""What was accepted of an assessment's proposals is put into the plans by one click, and stays one matter with its task."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from carehub import clock, context
from carehub.models import Task
from careplans import content, sheets
from careplans.actions.agreeing import agree
from careplans.actions.reviewing import review
from careplans.actions.starting import start_plan
from careplans.models import PlanVersion, StepDone
from careplans.offers import offers
from careplans.policies import Held
from clients.actions.planning_risk import begin_risk_plan, save_risk_plan
from clients.actions.tasks import close_task
from clients.assessed.urgent import URGENT
from clients.models import Episode, RiskPlan
from clients.risk_planning import Agreed, Written
from tests import factories
from tests.careplans import plans
from tests.careplans.pages import form_of
from tests.clients.answering import everything
from tests.clients.deciding import accepts, proposed
from tests.clients.test_assessing import begin, complete, save

pytestmark = pytest.mark.django_db

NEW_GOAL = "domain-drugs-and-alcohol"


@pytest.fixture
def accepted(keyworker, manager):
    """A client whose triage asked for a test (for a manager, in ten days) and for something about harm from others."""
    client = factories.client_of(keyworker.agency, keyworker=keyworker, state="referral", next_due=("triage", clock.today()))
    complete(keyworker, save(keyworker, begin(keyworker, client), everything(injecting="P", harm_from_others="now-home")))
    found = proposed(keyworker)
    accepts(keyworker, found["hepatitis-c-test"], due_on=day(10), person=manager.person)
    accepts(keyworker, found["harm-from-others"])
    return client


def day(days: int):
    return clock.today() + timedelta(days=days)


def of(client, by, words: str) -> Task:
    with context.acting(by):
        return Task.objects.exclude(kind=URGENT).get(client_id=client.pk, words__startswith=words)


def post(browser, version, **more):
    return browser.post(reverse("plan-edit", args=[version.client_id, version.pk]), {"expected": str(version.row_version), **more})


def rows(version, by, kind: str) -> list[dict[str, str]]:
    return list(plans.said_of(version, by).rows[kind].values())


def signed_with(version, by):
    """With the goal's words written, agreed and signed."""
    said = plans.said_of(version, by)
    for goal in said.rows["goal"].values():
        goal["client_words"] = "I want to know where I stand"
    said.rows["risk"]["r"] = {"area": "harm-from-others", "what": "Meet at the library", "who_name": "Both", "by_when": plans.soon()}
    for need in said.rows["need"].values():
        need["standing"] = "later"
    version = plans.save(version, said, by)
    with context.acting(by):
        version = agree(version=version, by=by, seen_text=content.of(version).fingerprint())
        version = PlanVersion.objects.select_related("client", "plan__episode__keyworker").get(pk=version.pk)
    return plans.signed(version.client, by, version=version)


def test_one_click_puts_it_under_a_goal_with_who_and_by_when(accepted, keyworker, manager, signed_in):
    task, version, here = of(accepted, keyworker, "Offer a hepatitis C test"), plans.begun(accepted, keyworker), signed_in(keyworker)
    address = reverse("plan-edit", args=[version.client_id, version.pk])
    page = here.get(address).content.decode()
    assert "Accepted, and not in the plan yet" in page
    assert f'name="take" value="{task.pk}"' in page
    for _twice in range(2):
        assert post(here, version, take=str(task.pk), **{f"where-{task.pk}": NEW_GOAL}).status_code == 302
    (action,) = rows(version, keyworker, "action")
    assert action | {"what": "Offer a hepatitis C test.", "who": "other", "who_name": manager.person.name} == action
    assert (action["by_when"], action["task_id"]) == (day(10).isoformat(), str(task.pk))
    assert len(rows(version, keyworker, "goal")) == 1
    page = here.get(address).content.decode()
    assert f'name="take" value="{task.pk}"' not in page
    assert "Accepted after the assessment" in page


def test_what_the_client_may_not_see_goes_to_the_risk_steps_and_never_on_paper(accepted, keyworker, signed_in):
    task, version = of(accepted, keyworker, "Follow the local protocol for domestic"), plans.begun(accepted, keyworker)
    with context.acting(keyworker):
        goal = next(iter(content.of(version).rows["goal"]), "none")
    post(signed_in(keyworker), version, take=str(task.pk), **{f"where-{task.pk}": f"goal-{goal}"})
    assert rows(version, keyworker, "action") == []
    (step,) = (each for each in rows(version, keyworker, "risk") if each["task_id"])
    assert (step["area"], step["third_party"], step["who_name"]) == ("harm-from-others", "yes", keyworker.person.name)


def test_harm_reduction_takes_one_as_a_line_and_offers_it_again_once_the_line_is_gone(accepted, keyworker, signed_in):
    task, version, here = of(accepted, keyworker, "Offer a hepatitis C test"), plans.begun(accepted, keyworker), signed_in(keyworker)
    address = reverse("plan-edit", args=[version.client_id, version.pk])
    said = plans.said_of(version, keyworker)
    said.texts["harm_reduction"] = "Never use alone"
    plans.save(version, said, keyworker)
    form = form_of(here.get(address)) | {"take": [str(task.pk)], f"where-{task.pk}": ["harm_reduction"]}
    for _twice in range(2):
        answer = here.post(address, form)
        assert answer.url == f"{address}#id_harm_reduction"
    assert plans.said_of(version, keyworker).texts["harm_reduction"] == f"Never use alone\n{task.words}"
    page = here.get(address).content.decode()
    assert 'id="id_harm_reduction"' in page
    assert f'name="take" value="{task.pk}"' not in page
    assert of(accepted, keyworker, "Offer a hepatitis C test").done_at is None
    said = plans.said_of(version, keyworker)
    said.texts["harm_reduction"] = "Never use alone"
    plans.save(version, said, keyworker)
    assert f'name="take" value="{task.pk}"' in here.get(address).content.decode()


def test_while_the_client_looks_on_only_what_is_for_their_eyes_is_offered(accepted, keyworker, manager, signed_in):
    """Not what others said, not whose it is or why, and a page that was not shown puts nothing of it in either."""
    tested, secret = of(accepted, keyworker, "Offer a hepatitis C test"), of(accepted, keyworker, "Follow the local protocol for domestic")
    version, here = plans.begun(accepted, keyworker), signed_in(keyworker)
    address = reverse("plan-edit", args=[version.client_id, version.pk])
    for each in (tested, secret):
        assert f'name="take" value="{each.pk}"' in here.get(address).content.decode()
    here.post(reverse("screen-turn", args=[accepted.pk]))
    page = here.get(address).content.decode()
    assert f'name="take" value="{tested.pk}"' in page
    for words in (str(secret.pk), secret.words, manager.person.name, tested.why):
        assert words
        assert words not in page, words
    post(here, version, take=str(secret.pk), **{f"where-{secret.pk}": "risk"})
    assert [each["what"] for each in rows(version, keyworker, "risk") if each["task_id"]] == []
    post(here, version, take=str(tested.pk), **{f"where-{tested.pk}": NEW_GOAL})
    assert [each["task_id"] for each in rows(version, keyworker, "action")] == [str(tested.pk)]


def test_what_a_worker_judged_or_a_manager_countersigns_is_not_for_the_clients_eyes(accepted, keyworker):
    version = plans.begun(accepted, keyworker)
    with context.acting(keyworker):
        found = offers(keyworker, version, content.of(version))
        (one,) = (each for each in found if each.accepted.words.startswith("Offer a hepatitis C test"))
    assert one.for_client
    assert not replace(one, accepted=replace(one.accepted, seen_by_client=False)).for_client
    assert not replace(one, accepted=replace(one.accepted, third_party=True)).for_client
    assert not replace(one, accepted=replace(one.accepted, area="harm-from-others")).for_client
    one.accepted.task.countersigned = True
    assert not one.for_client


def test_a_page_cannot_tie_a_row_to_a_task(accepted, keyworker, signed_in):
    task, version = of(accepted, keyworker, "Offer a hepatitis C test"), plans.begun(accepted, keyworker)
    goal = {"goal-g-client_words": "Sleep", "goal-g-domain": "health", "action-a-goal_id": "g", "action-a-what": "Rest"}
    post(signed_in(keyworker), version, **goal, **{"action-a-task_id": str(task.pk)})
    assert [each["task_id"] for each in rows(version, keyworker, "action")] == [""]


def test_the_day_agreed_is_the_tasks_day_and_a_review_closes_both(accepted, keyworker, signed_in):
    task, version = of(accepted, keyworker, "Offer a hepatitis C test"), plans.begun(accepted, keyworker)
    post(signed_in(keyworker), version, take=str(task.pk), **{f"where-{task.pk}": NEW_GOAL})
    said = plans.said_of(version, keyworker)
    (key,) = said.rows["action"]
    said.rows["action"][key]["by_when"] = plans.soon(5)
    version = signed_with(plans.save(version, said, keyworker), keyworker)
    assert of(accepted, keyworker, "Offer a hepatitis C test").due_on == day(5)
    assert "Offer a hepatitis C test" in (page := signed_in(keyworker).get(f"/clients/{accepted.pk}/").content.decode())
    assert "In the plan" in page
    with context.acting(keyworker):
        said = content.of(version)
        outcomes = dict.fromkeys(said.rows["goal"], ("partly", "It takes time"))
        held = Held(held_on=clock.today(), next_review_on=day(14), outcomes=outcomes, done=list(said.rows["action"]))
        review(plan=version.plan, version=version, held=held, by=keyworker)
    assert of(accepted, keyworker, "Offer a hepatitis C test").done_by == keyworker.person


def test_a_task_that_was_done_is_said_beside_its_action_and_ticked_at_the_review(accepted, keyworker, signed_in):
    task, version, here = of(accepted, keyworker, "Offer a hepatitis C test"), plans.begun(accepted, keyworker), signed_in(keyworker)
    post(here, version, take=str(task.pk), **{f"where-{task.pk}": NEW_GOAL})
    version = signed_with(version, keyworker)
    with context.acting(keyworker):
        close_task(task=task, by=keyworker)
    show = here.get(reverse("plan-show", args=[version.client_id, version.pk])).content.decode()
    assert "Offer a hepatitis C test</span>: " in show.replace("\n", "")
    (action,) = plans.said_of(version, keyworker).rows["action"]
    page = here.get(reverse("plan-review", args=[version.client_id, version.pk])).content.decode()
    assert any(f'value="{action}"' in box and "checked" in box for box in page.split("<input"))


def test_the_risk_management_plan_takes_it_and_the_care_plan_takes_it_from_there(accepted, keyworker, manager, signed_in):
    with context.acting(keyworker):
        episode = Episode.objects.get(client=accepted)
        plan = begin_risk_plan(by=keyworker, client_id=accepted.pk, episode=episode)
    task, here = of(accepted, keyworker, "Offer a hepatitis C test"), signed_in(keyworker)
    address = reverse("risk-plan-edit", args=[accepted.pk, plan.pk])
    assert f'name="take" value="{task.pk}"' in here.get(address).content.decode()
    for _twice in range(2):
        with context.acting(keyworker):
            opened = RiskPlan.objects.get(pk=plan.pk).row_version
        here.post(address, {"opened_at": str(opened), "take": str(task.pk), f"where-{task.pk}": "harm-from-others"})
        with context.acting(keyworker):
            (step,) = RiskPlan.objects.get(pk=plan.pk).steps.all()
        assert (step.task_id, step.area, step.by_whom, step.by_when) == (task.pk, "harm-from-others", manager.person.name, day(10))
        here.post(address, {"opened_at": str(opened + 1), "what-harm-from-others-1": "", "by_whom-harm-from-others-1": ""})
    with context.acting(keyworker):
        plan = RiskPlan.objects.get(pk=plan.pk)
        steps = [Written("harm-from-others", "Ring first", "Them", day(3), "nobody yet", task=str(task.pk))]
        steps.append(Written("harm-from-others", "Not theirs", "Them", day(3), "nobody yet", task=str(plan.pk)))
        said = Agreed(review_on=day(14), agreement="disagrees", agreement_words="She wants nobody told")
        for area in {each["area"] for each in episode.risk_words if each["level"]} - {"harm-from-others"}:
            steps.append(Written(area, "Watch", "Them", day(3), "nobody yet"))
        save_risk_plan(
            by=keyworker, client_id=accepted.pk, plan=plan, opened_at=plan.row_version, steps=steps, said=said, agree=True
        )  # fmt: skip
        assert sorted(str(each.task_id) for each in plan.steps.filter(area="harm-from-others")) == sorted([str(task.pk), "None"])
        version = start_plan(episode=episode, kind="initial", by=keyworker)
    assert [each["task_id"] for each in rows(version, keyworker, "risk") if each["what"] == "Ring first"] == [str(task.pk)]
    page = here.get(reverse("plan-edit", args=[accepted.pk, version.pk])).content.decode()
    assert f'name="take" value="{task.pk}"' not in page


@pytest.mark.parametrize(
    ("stood", "countersigned", "typed", "stands"),
    [(-3, False, 14, -3), (-3, True, 14, -3), (4, False, 14, 14), (4, True, 14, 4), (4, True, 2, 2), (4, False, 2, 2)],
)
def test_no_day_of_a_plan_makes_an_overdue_task_look_done(accepted, keyworker, signed_in, stood, countersigned, typed, stands):
    task, version, here = of(accepted, keyworker, "Offer a hepatitis C test"), plans.begun(accepted, keyworker), signed_in(keyworker)
    post(here, version, take=str(task.pk), **{f"where-{task.pk}": "risk"})
    with factories.loading(accepted.partnership_id):
        Task.objects.filter(pk=task.pk).update(due_on=day(stood), countersigned=countersigned)
    said = plans.filled(plans.said_of(version, keyworker))
    for each in said.rows["risk"].values():
        each["by_when"] = plans.soon(typed)
    version = plans.save(version, said, keyworker)
    page = here.get(reverse("plan-edit", args=[version.client_id, version.pk])).content.decode()
    assert (f"The task stays overdue since {date_format(day(stood), 'j F Y')} until it is done" in page) is (stood < 0)
    version = signed_with(version, keyworker)
    assert of(accepted, keyworker, "Offer a hepatitis C test").due_on == day(stands)


def test_a_review_ticks_the_steps_of_keeping_safe(accepted, keyworker, signed_in):
    task, version, here = of(accepted, keyworker, "Offer a hepatitis C test"), plans.begun(accepted, keyworker), signed_in(keyworker)
    other = of(accepted, keyworker, "Follow the local protocol for domestic")
    for each in (task, other):
        post(here, version, take=str(each.pk), **{f"where-{each.pk}": "risk"})
        with context.acting(keyworker):
            version = PlanVersion.objects.get(pk=version.pk)
    said = plans.filled(plans.said_of(version, keyworker))
    said.rows["risk"]["s"] = {"area": "suicide", "what": "Ring on Monday", "who_name": "Both", "by_when": plans.soon()}
    version = signed_with(plans.save(version, said, keyworker), keyworker)
    with context.acting(keyworker):
        said = content.of(version)
        sheet = sheets.sheet_of(PlanVersion.objects.get(pk=version.pk))
    key = {row["what"]: key for key, row in said.rows["risk"].items()}
    tested, hidden = (next(each for words, each in key.items() if words.startswith(begin)) for begin in ("Offer", "Follow"))
    assert sheet.risk_plan[0].what == "Ring on Monday"
    address = reverse("plan-review", args=[version.client_id, version.pk])
    page = here.get(address).content.decode()
    assert (
        page.index("Suicide or self-harm: Ring on Monday")
        < page.index("Offer a hepatitis C test")
        < page.index("Not for the client’s eyes")
    )
    assert page.index("Not for the client’s eyes") < page.index("Follow the local protocol")
    sent = {"steps": [tested], "steps_kept_off": [hidden]}
    for goal in said.rows["goal"]:
        sent |= {f"goal-{goal}-outcome": "partly", f"goal-{goal}-why": "It takes time"}
    for name, on in (("held_on", clock.today()), ("next_review_on", day(14))):
        sent |= {f"{name}_{part}": str(getattr(on, part)) for part in ("day", "month", "year")}
    page = here.post(address, sent, follow=True).content.decode()
    assert "Done: Offer a hepatitis C test" in page
    assert "Done: Follow the local protocol" not in page
    with context.acting(keyworker):
        assert {str(each) for each in StepDone.objects.values_list("step_id", flat=True)} == {tested, hidden}
        draft = PlanVersion.objects.get(copied_from=version)
    assert {row["what"] for row in rows(draft, keyworker, "risk")} == {"Ring on Monday", "Meet at the library"}
    assert of(accepted, keyworker, "Offer a hepatitis C test").done_by == keyworker.person
    assert (of(accepted, keyworker, "Follow the local protocol").done_at is None) is other.countersigned
