"""Episodes and signed plans on given days, for figures."""

from datetime import date, timedelta

import pytest

from carehub import clock
from careplans.models import PARTS, CarePlan, PlanVersion, Signature
from tests import factories


@pytest.fixture
def treated(keyworker):
    """``treated(triaged_on, discharged_on)``: a client of the keyworker's agency; gives their episode."""

    def make(triaged_on: date | None, discharged_on: date | None = None, *, by=keyworker):
        ended = {"discharged_on": discharged_on, "discharge_reason": "85", "ending": "unplanned"} if discharged_on else {}
        referred = (triaged_on or clock.today()) - timedelta(days=5)
        state = "discharged" if discharged_on else "treatment"
        client = factories.client_of(
            by.agency,
            keyworker=by,
            state=state,
            next_due=("", None) if discharged_on else None,
            episode={"triaged_on": triaged_on, "referred_on": referred, **ended},
        )
        with factories.loading(by.partnership_id):
            return client.episodes.get()

    return make


@pytest.fixture
def signed(keyworker):
    """``signed(episode, on, review_by)``: a signed version of the episode's plan, its first or its next."""

    def make(episode, on: date, review_by: date, *, by=keyworker) -> PlanVersion:
        with factories.loading(by.partnership_id):
            plan = CarePlan.objects.filter(episode=episode).first()
            version = factories.plan_version(episode.client, by=by, state="agreed", plan=plan, next_review_on=review_by)
            for part in (*PARTS.values(), Signature):
                part.objects.filter(version=version).update(locked_at=clock.now())
            version.save_over(version.row_version, state="signed", signed_on=on, locked_at=clock.now())
            head = version.plan
            head.save_over(head.row_version, state="current", current=version, review_due_on=review_by)
        return version

    return make
