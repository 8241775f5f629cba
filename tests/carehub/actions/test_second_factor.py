"""A lost second factor: taken away in person, with everything that must happen beside it."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.core.management.base import CommandError

from carehub.actions import second_factor
from carehub.actors import NotAllowed
from carehub.models import Event, Job, OutgoingMail
from tests import factories

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def manager(keyworker):
    return factories.actor(role="service-manager", agency=keyworker.agency)


@pytest.fixture
def administrator(keyworker):
    return factories.actor(role="administrator", partnership=keyworker.partnership)


@pytest.fixture
def with_a_factor(keyworker):
    for kind, data in (("totp", {"secret": "x"}), ("webauthn", {"name": "Key"}), ("recovery_codes", {"seed": "x", "used_mask": 0})):
        Authenticator.objects.create(user=keyworker.person, type=kind, data=data)
    return keyworker


def reset(actor, by, reason="Came to the office with their badge"):
    return second_factor.reset(person=actor.person, by=by, reason=reason)


def test_all_factors_are_gone_and_it_says_how_many_there_were(with_a_factor, administrator):
    assert reset(with_a_factor, administrator) == 2
    assert not Authenticator.objects.filter(user=with_a_factor.person).exists()
    assert reset(with_a_factor, administrator) == 0


def test_nobody_elses_are_touched(with_a_factor, manager, administrator):
    Authenticator.objects.create(user=manager.person, type="totp", data={})
    reset(with_a_factor, administrator)
    assert Authenticator.objects.filter(user=manager.person).count() == 1


def test_their_sessions_end_at_the_next_request(with_a_factor, manager, administrator):
    theirs, another = factories.signed_in(with_a_factor), factories.signed_in(manager)
    assert theirs.get("/notices/").status_code == 200
    reset(with_a_factor, administrator)
    assert "sign-in" in theirs.get("/notices/").headers["Location"]
    assert another.get("/notices/").status_code == 200


def test_it_is_on_record_and_the_person_is_told_each_time(with_a_factor, administrator):
    reset(with_a_factor, administrator)
    reset(with_a_factor, administrator, "And again")
    events = list(
        Event.objects.using("owner").filter(verb="second-factor.reset").order_by("at").values_list("person_id", "subject_id", "reason")
    )
    about = (administrator.person_id, with_a_factor.person_id)
    assert events == [(*about, "Came to the office with their badge"), (*about, "And again")]
    mails = OutgoingMail.objects.filter(person=with_a_factor.person)
    assert len(mails) == 2, "the second of a day may be the one that they did not ask for"
    assert all("taken away" in mail.subject for mail in mails)
    assert Job.objects.filter(kind="carehub.send_mail", subject_id__in=[mail.pk for mail in mails]).count() == 2


@pytest.mark.parametrize("role", ["keyworker", "service-manager", "commissioner"])
def test_only_an_administrator_may(with_a_factor, role):
    with pytest.raises(NotAllowed, match="look after agencies"):
        reset(with_a_factor, factories.actor(role=role, partnership=with_a_factor.partnership))
    assert Authenticator.objects.filter(user=with_a_factor.person).count() == 3


def test_not_of_another_partnership_not_ones_own_and_not_without_a_reason(with_a_factor, administrator):
    with pytest.raises(NotAllowed, match="does not work in your partnership"):
        reset(with_a_factor, factories.actor(role="administrator"))
    with pytest.raises(NotAllowed, match="ask another administrator"):
        reset(administrator, administrator)
    with pytest.raises(NotAllowed, match="Say how you know"):
        reset(with_a_factor, administrator, "  ")
    assert Authenticator.objects.filter(user=with_a_factor.person).count() == 3
    assert not OutgoingMail.objects.exists()


def test_from_the_server_for_the_only_administrator(administrator, capsys):
    Authenticator.objects.create(user=administrator.person, type="totp", data={})
    call_command("reset_second_factor", administrator.person.email.upper(), reason="Telephone call, known voice")
    assert not Authenticator.objects.exists()
    assert Event.objects.using("owner").get(verb="second-factor.reset").person_id is None
    assert "1 second factor" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nobody has the e-mail address"):
        call_command("reset_second_factor", "nobody@example.org", reason="x")
    with pytest.raises(CommandError, match="Say how you know"):
        call_command("reset_second_factor", administrator.person.email, reason=" ")
