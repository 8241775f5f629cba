"""Promise 1: nobody sees a client who is not shared with them. Every page, every role, every standing, every method."""

import random
from collections import Counter
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import URLPattern, reverse

from carehub.management.commands.roles import pages
from carehub.permissions import PERMISSIONS, ROLES
from clients.views import finding
from tests import factories
from tests.proof import matrix
from tests.proofs import FULL

pytestmark = [pytest.mark.promise(1), pytest.mark.usefixtures("committed")]

#: The answer to somebody who may: never 'not found', never a failure.
ANSWERED = {200, 302, 400, 403, 405, 409}
ANYBODY = ""


@pytest.fixture
def world(committed):
    return matrix.build()


@pytest.fixture
def browsers(world) -> dict[str, Browser]:
    """One a role, signed in; '' is nobody. A page that fails answers 500, as it would to a person."""
    signed_in = {role: factories.signed_in(actor, raise_request_exception=False) for role, actor in world.actors.items()}
    return signed_in | {ANYBODY: Browser(raise_request_exception=False)}


def ask(browser: Browser, method: str, address: str, **data) -> HttpResponse:
    """What is asked leaves nothing behind, not even a signing out: each combination finds the same world."""
    cookies = SimpleCookie(browser.cookies.output(header="", attrs=[], sep=";"))
    with transaction.atomic():
        try:
            return browser.generic(method, address) if method not in ("GET", "POST") else getattr(browser, method.lower())(address, data)
        finally:
            transaction.set_rollback(True)
            browser.cookies = cookies


def leaks(world, role: str, answer: HttpResponse, *, typed: str = "") -> list[str]:
    """What the answer says, in its body or its headers, of clients who are out of the role's reach."""
    said = answer.content.decode(errors="replace") + str(answer.headers)
    return [mark for subject in world.unreached(role) for mark in subject.marks if mark in said and mark not in typed]


def expected(rule: str, role: str, reached: bool) -> set[int]:
    """The statuses that are right where the page takes the method at all."""
    if rule.startswith("no sign-in"):
        return ANSWERED | {404}
    if not role:
        return {302, 401}
    if rule in PERMISSIONS and rule not in ROLES[role].permissions:
        return {403}
    return ANSWERED if reached else {404}


def combinations(world, browsers, chance: random.Random) -> Iterator[tuple[str, str, str, str, str, bool]]:
    """(page, rule, role, method, address, whether the role reaches what the address is of)

    Outside the full count a draw of them: every page for every role, what it reaches and what it does not, each by one method; and
    for one of the roles that may open the page everything that it could be about, by GET and by POST.
    """
    for _, page in pages():
        rule = page.callback.rule
        may = [role for role in browsers if role and (rule not in PERMISSIONS or rule in ROLES[role].permissions)]
        wholly = chance.choice(may) if may else ANYBODY
        for role in browsers:
            found = list(places(world, page, role))
            if FULL:
                drawn = [(place, method) for place in found for method in matrix.METHODS]
            elif role == wholly:
                drawn = [(place, method) for place in found for method in ("GET", "POST")]
            elif role in may:
                sides = [[place for place in found if place[1] is reached] for reached in (True, False)]
                drawn = [(chance.choice(side), _method(chance)) for side in sides if side]
            else:
                drawn = [(chance.choice(found), _method(chance))]
            for (address, reached), method in drawn:
                yield page.name, rule, role, method, address, reached


def _method(chance: random.Random) -> str:
    """The two that pages answer, and now and then one of the others."""
    return chance.choice(("GET", "POST", chance.choice(matrix.METHODS)))


def places(world, page: URLPattern, role: str) -> Iterator[tuple[str, bool]]:
    """The page's address for everybody and everything it could be about, and whether ``role`` reaches that."""
    own, never, told = world.subjects["own"], world.subjects["never shared"], role or "keyworker"
    if not matrix.has_key(page):
        yield reverse(page.name, kwargs=matrix.keyless(page)), True
    elif page.name in matrix.OFFICE_ROWS:
        for standing in matrix.OFFICES:
            values = matrix.arguments(page, world.subjects[standing], told)
            yield reverse(page.name, kwargs=values), matrix.office_reaches(role, standing, page.name)
    else:
        for standing, subject in world.subjects.items():
            yield reverse(page.name, kwargs=matrix.arguments(page, subject, told)), matrix.reaches(role, standing, page.name)
        if {"pk", "client_id"} <= page.pattern.converters.keys():
            yield reverse(page.name, kwargs=matrix.arguments(page, never, told, own)), False


def test_every_page_every_role_every_standing(world, browsers, how_many, chance, report):
    asked, wrong, statuses, refusals = 0, [], Counter(), Counter()
    for page, rule, role, method, address, reached in combinations(world, browsers, chance):
        answer = ask(browsers[role], method, address)
        asked += 1
        statuses[answer.status_code] += 1
        right = expected(rule, role, reached) | {405}
        if reached and page in matrix.NOT_THERE:
            right |= {404}
        thrown_out = role and rule in PERMISSIONS and answer.get("Location", "").startswith(reverse("account_login"))
        if answer.status_code not in right or thrown_out:
            wrong.append(f"{method} {page} as {role or 'nobody'} ({'reached' if reached else 'not reached'}): {answer.status_code}")
        if method in ("GET", "POST"):
            refusals[page, reached] += answer.status_code in right - {405}
        wrong += [f"{method} {page} as {role or 'nobody'} shows {mark}" for mark in leaks(world, role, answer)]
    wrong += [f"{page}: 405 whatever is asked" for (page, _reached), count in refusals.items() if not count]
    assert not wrong, f"{len(wrong)} of {asked}:\n" + "\n".join(wrong[:40])
    assert asked >= how_many(2500, 5000)
    told = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    report(f"{asked} combinations of page, role, standing and method: 0 leaks, 0 wrong answers ({told})")


def test_looking_for_somebody_shows_only_who_is_in_reach(world, browsers, report):
    """Names and references typed into every page that looks for people."""
    asked = 0
    for role, browser in browsers.items():
        if not role or "client.find" not in ROLES[role].permissions:
            continue
        for subject in world.subjects.values():
            for typed in (subject.client.last_name, subject.client.reference, subject.client.last_name.replace("x", "ks")):
                with transaction.atomic():
                    answer = browser.post(reverse("client-find"), {"words": typed}, follow=True)
                    transaction.set_rollback(True)
                assert not leaks(world, role, answer, typed=typed), f"{role} looked for {typed}"
                found = subject.client.address in answer.content.decode() or subject.client.first_name in answer.content.decode()
                if typed == subject.client.last_name:
                    assert found == matrix.reaches(role, subject.standing), f"{role}, {subject.standing}"
                asked += 1
    report(f"{asked} searches for people in and out of reach: 0 shown who are not shared")


def test_every_page_with_a_key_has_its_row():
    named = {page.name for _, page in pages() if matrix.has_key(page)}
    assert named == matrix.ROWS.keys() | matrix.OFFICE_ROWS.keys(), (
        "a page with a key in its address needs a row in tests/proof/matrix.py, and only those"
    )


def test_a_page_without_a_row_would_be_found(monkeypatch):
    monkeypatch.delitem(matrix.ROWS, "plan-show")
    with pytest.raises(AssertionError, match="needs a row"):
        test_every_page_with_a_key_has_its_row()


def test_a_leak_would_be_found(world, browsers, monkeypatch):
    """The page of contacts, once with the first wall taken away for somebody of another agency: their name is recognised."""
    other = world.subjects["never shared"]
    monkeypatch.setattr(finding, "render", lambda *args, **kwargs: HttpResponse(f"<p>{other.client.last_name}</p>"))
    answer = ask(browsers["keyworker"], "GET", reverse("client-contact", args=[world.subjects["own"].client.pk]))
    assert answer.status_code == 200
    assert leaks(world, "keyworker", answer) == [other.client.last_name]
