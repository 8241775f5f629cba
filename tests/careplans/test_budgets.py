"""What lists and automatic saves ask of the database: the same for three clients and for thirty."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from carehub import clock
from carehub.models import Notice
from careplans import notices
from tests import factories
from tests.careplans import plans
from tests.careplans.pages import form_of
from tests.queries import at_most


@pytest.fixture
def thirty(keyworker):
    """Clients of the keyworker whose reviews are overdue, and a notice of each."""
    day = clock.today() - timedelta(days=3)
    clients = [factories.client_of(keyworker.agency, keyworker=keyworker, next_due=("review", day)) for _ in range(30)]
    with factories.loading(keyworker.partnership_id):
        for each in clients:
            Notice.objects.create(
                partnership_id=each.partnership_id,
                client_id=each.pk,
                person=keyworker.person,
                kind=notices.REVIEW_OVERDUE,
                subject_id=uuid4(),
                about_day=day,
                made_at=clock.now(),
            )
    return clients


def test_caseload(signed_in, keyworker, thirty):
    browser = signed_in(keyworker)
    with at_most(8):
        page = browser.get(reverse("caseload"))
    assert len(page.context["rows"]) == 25
    # The header's number comes with the counts of the list.
    assert '30<span class="govuk-visually-hidden"> unread' in page.content.decode()


def test_further_down_the_caseload(signed_in, keyworker, thirty):
    browser = signed_in(keyworker)
    further = browser.get(reverse("caseload")).context["further"]
    with at_most(7):
        assert len(browser.get(reverse("caseload"), {"after": further}).context["rows"]) == 5


def test_my_service(signed_in, manager, thirty):
    browser = signed_in(manager)
    with at_most(8):
        page = browser.get(reverse("service"))
    assert len(page.context["rows"]) == 25
    assert page.context["unread_notices"] == 0, "the keyworker's are not the manager's"


def test_notices(signed_in, keyworker, thirty):
    browser = signed_in(keyworker)
    with at_most(10):
        page = browser.get(reverse("notices"))
    assert len(page.context["rows"]) == 30
    told = {"notice": [str(each) for each in page.context["together"]]}
    assert len(told["notice"]) == 30
    with at_most(11):
        assert browser.post(reverse("notices-read"), told).status_code == 302
    assert browser.get(reverse("notices")).context["together"] == []


def test_a_draft_that_is_kept(signed_in, keyworker):
    browser, version = signed_in(keyworker), plans.written(plans.triaged(keyworker), keyworker)
    form = form_of(browser.get(reverse("plan-edit", args=[version.client_id, version.pk])))
    for sequence in ("1", "2"):
        form |= {"strengths": [f"I turn up {sequence}"], "draft_sequence": [sequence]}
        with at_most(4):
            assert browser.post(reverse("draft-save"), form).json()["saved"]
