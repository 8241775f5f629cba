"""Promise 11, the server's half: whatever becomes of a form that reached us, its text stands there again. A journey does the rest."""

import random
from contextlib import contextmanager
from datetime import timedelta

import pytest

from carehub import context, drafts
from carehub.middleware.actor import CHOSEN
from carehub.models import Draft, Membership
from tests import factories

pytestmark = [pytest.mark.promise(11), pytest.mark.usefixtures("committed"), pytest.mark.urls("tests.carehub.pages")]

ENDS = (
    "400",
    "403",
    "404",
    "500",
    "broken-transaction",
    "fails-at-the-commit",
    "session ended",
    "opened before the sign-in",
    "wrong role",
    "left",
)
LETTERS = "abc ÄÖ ßø ĄĘŻ اردو 漢字 🌱 <b>&\"'%{}\\ \n\t"


def test_every_form_that_cannot_be_taken_is_given_back(how_many, chance: random.Random, report):
    keyworker = factories.actor()
    someone = factories.client_of(keyworker.agency, keyworker=keyworker)
    address = f"/test/form/{someone.pk}"
    forms = how_many(40, 400)
    for number in range(forms):
        end = ENDS[number % len(ENDS)]
        strict = end == "opened before the sign-in"
        browser = factories.signed_in(keyworker, raise_request_exception=False, enforce_csrf_checks=strict)
        ticket = browser.get(address).content.decode().splitlines()[0]
        text = "".join(chance.choice(LETTERS) for _ in range(chance.randint(1, 400))).strip() + f" {number}"
        typed = {drafts.TICKET: ticket, drafts.FORM_ADDRESS: address, drafts.SEQUENCE: str(chance.randint(0, 50)), "goal": text}
        if chance.random() < 0.5 and not strict:
            browser.post("/drafts/", typed | {"goal": text[: len(text) // 2]})
        goes_to = address if end in ("session ended", "opened before the sign-in", "wrong role", "left") else f"/test/{end}/{someone.pk}"
        with another_standing(keyworker, browser, end):
            answer = browser.post(goes_to, typed)
        assert answer.status_code == 302 or answer.status_code >= 400, f"{end}: the form was taken"
        with context.acting(keyworker):
            kept = [draft.fields["goal"] for draft in Draft.objects.visible_to(keyworker).filter(kind="plan")]
        # A browser sends line ends as CR LF; what came is what is kept.
        assert [text] in kept, f"{end}: lost {text!r}, kept {kept!r}"
        again = factories.signed_in(keyworker).get(address).content.decode()
        assert text in again.split("\n", 1)[1], f"{end}: not given back"
        taken = factories.signed_in(keyworker)
        taken.post(address, {drafts.TICKET: taken.get(address).content.decode().splitlines()[0], "goal": "good"})
        with context.acting(keyworker):
            assert not Draft.objects.exists(), "what was taken is kept no longer"
    report(f"{forms} forms that could not be taken, in {len(ENDS)} ways: 0 texts lost, all given back")


@contextmanager
def another_standing(keyworker, browser, end: str):
    """Between opening the form and submitting it, its writer's standing changes; afterwards it is what it was."""
    mine = Membership.objects.filter(pk=keyworker.membership.pk)
    if end == "session ended":
        browser.logout()
    elif end == "wrong role":
        # Chosen in another window; the form is still the keyworker's.
        at_the_desk = factories.actor(role="reception", agency=keyworker.agency, person=keyworker.person)
        session = browser.session
        session[CHOSEN] = str(at_the_desk.membership.pk)
        session.save()
    elif end == "left":
        mine.update(ends_on=keyworker.membership.starts_on + timedelta(days=1))
    yield
    mine.update(ends_on=None)
