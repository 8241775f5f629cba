"""What each page asks of whoever opens it, and what roles may do."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from carehub import drafts
from carehub.actors import NotAllowed
from carehub.guards import no_sign_in, requires, signed_in
from carehub.permissions import PARTNERSHIP_ROLES, PERMISSIONS, ROLES, _role
from tests import factories


@requires("plan.write")
def plan_page(request):
    return HttpResponse("plan")


@signed_in
def any_page(request):
    return HttpResponse("any")


@no_sign_in("a test")
def open_page(request):
    return HttpResponse("open")


@pytest.fixture
def asked(rf):
    """``asked(view, actor)``: the answer to a request by that actor, or by nobody."""

    def answer(view, actor=None, method="get", path="/somewhere?page=2", **more):
        request = getattr(rf, method)(path, **more)
        request.actor, request.reference = actor, "TEST"
        return view(request)

    return answer


def test_a_guard_says_its_rule():
    assert (plan_page.rule, any_page.rule, open_page.rule) == ("plan.write", "signed in", "no sign-in: a test")


def test_who_may_is_let_in(asked, keyworker):
    assert asked(plan_page, keyworker).content == b"plan"
    assert asked(any_page, keyworker).content == b"any"


@pytest.mark.parametrize("role", [role for role in ROLES if "plan.write" not in ROLES[role].permissions])
def test_who_may_not_is_told_what_it_takes(asked, partnership, role):
    with pytest.raises(PermissionDenied, match=r"^As .+ you cannot do this: it needs a role that may write care plans\.$"):
        asked(plan_page, factories.actor(role=role, partnership=partnership))


def test_nobody_is_sent_to_sign_in_and_back_again(asked, db):
    for view in (plan_page, any_page):
        answer = asked(view)
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith("next=/somewhere%3Fpage%3D2")
    assert asked(open_page).content == b"open"


def test_a_submitted_form_leads_back_to_where_it_stands(asked, db):
    answer = asked(plan_page, method="post", data={drafts.FORM_ADDRESS: "/the/form"})
    assert answer.headers["Location"].endswith("next=/the/form")


def test_a_script_is_told_that_it_is_locked(asked, db):
    answer = asked(any_page, method="post", headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.content) == (401, b'{"locked": true}')


def test_a_permission_that_does_not_exist_is_a_mistake(keyworker):
    with pytest.raises(KeyError):
        requires("plan.wirte")
    with pytest.raises(KeyError):
        keyworker.may("plan.wirte")
    with pytest.raises(ValueError, match="do not exist"):
        _role("ghost", "Ghost", "plan.haunt")


def test_an_actor_must_or_is_refused_in_a_sentence(keyworker):
    keyworker.must("plan.write")
    with pytest.raises(NotAllowed, match="As keyworker you cannot do this: it needs a role that may decide who the keyworker is"):
        keyworker.must("case.allocate")


def test_every_permission_is_somebodys_and_reads_as_the_end_of_a_sentence():
    given = {permission for role in ROLES.values() for permission in role.permissions}
    assert given == PERMISSIONS.keys()
    for sentence in PERMISSIONS.values():
        assert str(sentence)[0].islower()
        assert not str(sentence).endswith(".")


@pytest.mark.parametrize("role", [role for role in PARTNERSHIP_ROLES if not ROLES[role].named_files_only])
def test_roles_of_the_whole_partnership_have_nothing_to_do_with_single_clients(role):
    assert not [name for name in ROLES[role].permissions if name.split(".")[0] in ("client", "plan", "assessment", "document", "caseload")]


def test_reception_learns_nothing_clinical():
    assert ROLES["reception"].permissions.isdisjoint({"client.view", "plan.view", "assessment.write", "document.view", "caseload.view"})


def test_who_has_left_acts_no_more(db, partnership):
    from datetime import timedelta

    from carehub import clock

    left = factories.actor(partnership=partnership, ends_on=clock.today() - timedelta(days=1))
    answer = factories.signed_in(left).get("/notices/")
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


def test_one_person_acts_as_the_role_they_chose(db, agency, other_agency):
    first = factories.actor(agency=agency)
    second = factories.actor(role="reception", agency=other_agency, person=first.person)
    someone = factories.client_of(agency, keyworker=first)
    assert factories.signed_in(first).get(f"/clients/{someone.pk}/").status_code == 200
    assert factories.signed_in(second).get(f"/clients/{someone.pk}/").status_code == 403
