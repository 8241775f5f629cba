"""Who takes part is chosen, not typed again: from earlier plans, and from what the client said of their GP and pharmacy."""

import pytest
from django.urls import reverse

from carehub import context
from careplans import content, sheets
from careplans.actions.agreeing import agree
from careplans.actions.revising import start_revision
from careplans.known_parts import known_parts
from careplans.models import PlanVersion
from tests import factories
from tests.careplans import plans

pytestmark = pytest.mark.django_db

SAID = {
    "helper-who-1": {"value": "Dr Larkspurt,  Mill Surgery, 01632 960101"},
    "helper-does-1": {"value": "Looks after my chest"},
    "helper-who-2": {"value": "Hostel worker Pim"},
    "medicine-by-1": {"value": "The chemist in Weir Street"},
    "order-worker": {"none": "declined"},
}


@pytest.fixture
def version(keyworker):
    client = plans.triaged(keyworker)
    factories.assessment(client, by=keyworker, form="comprehensive", state="complete", risks=0, answers=SAID)
    return plans.begun(client, keyworker)


def known(version, by) -> dict[str, tuple[str, str]]:
    with context.acting(by):
        now = PlanVersion.objects.get(pk=version.pk)
        return {each.row["name"]: (each.row["role"], each.row.get("does", "")) for each in known_parts(by, now, content.of(now))}


def test_what_the_client_said_is_put_in_by_one_click(version, keyworker, signed_in):
    assert known(version, keyworker) == {
        "Dr Larkspurt, Mill Surgery, 01632 960101": ("gp", "Looks after my chest"),
        "Hostel worker Pim": ("outside", ""),
        "The chemist in Weir Street": ("pharmacy", ""),
    }
    here, address = signed_in(keyworker), reverse("plan-edit", args=[version.client_id, version.pk])
    key = here.get(address).content.decode().partition('name="take" value="part-')[2].partition('"')[0]
    for _twice in range(2):
        here.post(address, {"expected": str(version.row_version), "take": f"part-{key}"})
    (row,) = plans.said_of(version, keyworker).rows["involved"].values()
    assert (row["role"], row["does"]) == ("gp", "Looks after my chest")
    assert "Dr Larkspurt, Mill Surgery, 01632 960101" not in known(version, keyworker)


def test_an_action_of_the_gp_is_named_from_who_takes_part(version, keyworker):
    said = plans.filled(plans.said_of(version, keyworker), who="gp")
    said.rows["involved"]["i"] = {"role": "gp", "name": "Dr Larkspurt", "does": "Bloods"}
    version = plans.save(version, said, keyworker)
    with context.acting(keyworker):
        (action,) = content.of(version).rows["action"].values()
        assert action["who_name"] == "Dr Larkspurt"
        nameless = {**action, "who_name": ""}
        assert sheets.who_does(nameless, sheets.names_of("A", "B")) == "GP"


def test_whoever_took_part_in_an_earlier_plan_is_offered_in_the_next(version, keyworker, stranger):
    said = plans.filled(plans.said_of(version, keyworker))
    said.rows["involved"]["i"] = {"role": "carer", "name": "Mum", "contact": "At home", "does": "Rings on Sundays"}
    for need in said.rows["need"].values():
        need["standing"] = "later"
    version = plans.save(version, said, keyworker)
    with context.acting(keyworker):
        version = agree(version=version, by=keyworker, seen_text=content.of(version).fingerprint())
        version = PlanVersion.objects.select_related("client").get(pk=version.pk)
    signed = plans.signed(version.client, keyworker, version=version)
    with context.acting(keyworker):
        draft = start_revision(plan=signed.plan, by=keyworker)
    assert "Mum" not in known(draft, keyworker)
    said = plans.said_of(draft, keyworker)
    said.rows["involved"] = {}
    plans.save(draft, said, keyworker)
    assert known(draft, keyworker)["Mum"] == ("carer", "Rings on Sundays")
    with context.acting(keyworker):
        draft = PlanVersion.objects.get(pk=draft.pk)
        said = content.of(draft)
    with context.acting(stranger):
        assert known_parts(stranger, draft, said) == []
