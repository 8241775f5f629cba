"""Lifecycles as tables, and the ones the product has."""

import pytest
from django.db import models

from carehub.lifecycle import Lifecycle, Step, WrongState
from carehub.management.commands.lifecycles import lifecycles
from carehub.permissions import PERMISSIONS, ROLES
from careplans.models import PLAN_LIFECYCLE, PlanVersion
from clients.models import Assessment, Episode
from clients.models.assessments import ASSESSMENT_LIFECYCLE
from clients.models.episodes import EPISODE_LIFECYCLE

DOOR = Lifecycle(
    "door",
    {"open": "open", "shut": "shut", "locked": "locked"},
    [
        Step("door.shut", frozenset({"open"}), "shut", "plan.write", "Shut it"),
        Step("door.lock", frozenset({"open", "shut"}), "locked", "plan.sign", "Lock it"),
    ],
)


def test_a_step_from_where_it_may_be_taken():
    assert DOOR.check("door.lock", "shut").target == "locked"


def test_a_step_from_elsewhere_is_refused_in_a_sentence():
    with pytest.raises(WrongState, match=r"^This door is locked: it cannot be shut\.$"):
        DOOR.check("door.shut", "locked")


def test_a_step_that_names_no_state_is_a_mistake():
    with pytest.raises(ValueError, match="unknown states"):
        Lifecycle("door", {"open": "open"}, [Step("door.burn", frozenset({"open"}), "ashes", "plan.write", "Burn it")])


def test_its_diagram():
    assert DOOR.diagram().splitlines() == [
        "stateDiagram-v2",
        "    open --> shut: Shut it",
        "    open --> locked: Lock it",
        "    shut --> locked: Lock it",
    ]


@pytest.mark.parametrize("lifecycle", lifecycles(), ids=lambda each: each.thing)
def test_each_lifecycle_of_ours_is_whole(lifecycle):
    reached = {step.target for step in lifecycle.steps.values()}
    left = {source for step in lifecycle.steps.values() for source in step.sources}
    assert reached | left == set(lifecycle.words), "a state that no step leads to or from"
    assert len(set(lifecycle.words) - reached) <= 1, "more than one beginning"
    for step in lifecycle.steps.values():
        assert step.permission in PERMISSIONS
        assert any(step.permission in role.permissions for role in ROLES.values()), f"nobody may {step.name}"


@pytest.mark.parametrize(
    ("lifecycle", "states"),
    [(PLAN_LIFECYCLE, PlanVersion.State), (ASSESSMENT_LIFECYCLE, Assessment.State), (EPISODE_LIFECYCLE, Episode.State)],
    ids=lambda each: getattr(each, "thing", ""),
)
def test_a_lifecycle_and_its_model_have_the_same_states(lifecycle: Lifecycle, states: type[models.TextChoices]):
    assert set(lifecycle.words) == set(states.values)


def test_none_is_forgotten():
    assert {PLAN_LIFECYCLE, ASSESSMENT_LIFECYCLE, EPISODE_LIFECYCLE} <= set(lifecycles())
