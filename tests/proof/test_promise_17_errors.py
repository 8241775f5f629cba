"""Promise 17: errors tell outsiders nothing. Broken input in every field of every form and in every address, from outside and inside."""

import logging
import random
import re
from urllib.parse import quote, unquote

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client as Browser
from django.urls import reverse
from lxml import html

from carehub.management.commands.roles import pages
from carehub.permissions import PERMISSIONS, ROLES
from tests import factories
from tests.proof import matrix

pytestmark = [pytest.mark.promise(17), pytest.mark.usefixtures("committed")]

#: What nobody means to type, and what somebody types to see what happens.
BROKEN = (
    "\x00",
    "a\x00b",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ request.user }}",
    "{% debug %}",
    "../../etc/passwd",
    "%00%ff%fe",
    "\ud7ff\u202e\u0000",
    "\U0001f469\u200d\u2695\ufe0f" * 40,
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    "2026-02-31",
    "0000-00-00",
    "\u0661\u0662",
    "²",
    "[]",
    '{"a":',
    "x" * 20_000,
    "true",
    "None",
    "00000000-0000-0000-0000-000000000000",
    "\r\nSet-Cookie: a=b",
)
#: Where a trace of the program would show.
TRACES = re.compile(
    r"Traceback|File \"|\.py\b|psycopg|django\.|SELECT .* FROM|Exception|line \d+, in|/(?:home|root|srv|tmp|work)/", re.DOTALL
)
#: Whatever on a page is an address.
ADDRESSED = "//@href | //@action | //@formaction | //@src | //@*[starts-with(name(), 'data-') and contains(name(), 'url')]"
ADDRESSES = (
    "/{}/",
    "/clients/{}/",
    "/clients/{}/plan/{}/",
    "/clients/{}/assessments/{}/edit/{}/",
    "/documents/{}/",
    "/check/{}/",
    "/password/link/{}/",
    "/clients/found/{}/",
    "/gallery/{}/",
    "/administration/staff/{}/",
    "/notices/{}/",
    "/static/{}",
    "/sign-in/?next={}",
    "/clients/found/abc/?after={}",
    "/caseload/?page={}",
    "/service/?sort={}",
)


@pytest.fixture
def world(committed):
    return matrix.build()


def browser_of(world, role: str) -> Browser:
    return factories.signed_in(world.actors[role], raise_request_exception=False) if role else Browser(raise_request_exception=False)


def ask(browser: Browser, method: str, address: str, data: dict | None = None) -> HttpResponse:
    with transaction.atomic():
        try:
            return browser.get(address) if method == "GET" else browser.post(address, data or {})
        finally:
            transaction.set_rollback(True)


def problems(answer: HttpResponse, *, outside: bool, what: str, names: tuple[str, ...]) -> list[str]:
    """Why this answer tells too much: it failed, it shows the program, or, to somebody outside, a person."""
    found = [f"{what}: {answer.status_code}"] if answer.status_code >= 500 else []
    if answer.status_code >= 400 or outside:
        body = answer.content.decode(errors="replace")
        if trace := TRACES.search(re.sub(r"(src|href)=\"[^\"]*\"", "", body)):
            found.append(f"{what} shows the program: {trace.group()[:60]!r}")
        found += [f"{what} names {name}" for name in names if outside and name in body]
    return found


def fields_of(answer: HttpResponse, address: str) -> list[tuple[str, dict[str, str]]]:
    """Of each form of the page: where it goes, and its fields with their values; without the protection's own token."""
    if "html" not in answer.headers.get("Content-Type", "") or not answer.content.strip():
        return []
    forms = html.fromstring(answer.content.decode()).xpath("//main//form[@method='post']")
    return [
        (
            form.get("action") or address,
            {field.name: field.value if isinstance(field.value, str) else "" for field in form.inputs if getattr(field, "name", None)},
        )
        for form in forms
    ]


def everywhere(world) -> list[tuple[str, str, str]]:
    """(page, role, address): every page there is, as somebody who may open it, with their own client's or a colleague's key."""
    own = world.subjects["own"]
    found = []
    for _, page in pages():
        rule = page.callback.rule
        role = "" if rule.startswith("no sign-in") else "keyworker"
        if rule in PERMISSIONS and rule not in ROLES["keyworker"].permissions:
            role = next(name for name, each in ROLES.items() if rule in each.permissions)
        if matrix.has_key(page):
            values = matrix.arguments(page, own, role or "keyworker")
        else:
            values = matrix.keyless(page)
        found.append((page.name, role, reverse(page.name, kwargs=values)))
    return found


def test_broken_input_in_every_field(world, chance: random.Random, how_many, caplog, report):
    """Every field of every form with broken input, one at a time; the other fields as they stood."""
    caplog.set_level(logging.INFO)
    names = tuple(mark for subject in world.subjects.values() for mark in subject.marks)
    browsers = {role: browser_of(world, role) for role in ("", *ROLES)}
    sent, wrong, forms = 0, [], set()
    for page, role, address in everywhere(world):
        cookies = dict(browsers[role].cookies)
        # The page itself too, whether or not its forms go to it.
        for target, fields in [*fields_of(ask(browsers[role], "GET", address), address), (address, {"anything": "", "next": ""})]:
            if (target, role, *fields) in forms:
                continue
            forms.add((target, role, *fields))
            for field in fields:
                for broken in chance.sample(BROKEN, how_many(1, len(BROKEN))):
                    answer = ask(browsers[role], "POST", target, {**fields, field: broken})
                    browsers[role].cookies.update(cookies)
                    sent += 1
                    wrong += problems(answer, outside=not role, what=f"{page} as {role}, {field}={broken[:20]!r}", names=names)
    logged = [record.getMessage() for record in caplog.records]
    wrong += [f"the log names somebody: {line[:100]}" for line in logged if any(name in line for name in names)]
    assert not wrong, f"{len(wrong)} of {sent}:\n" + "\n".join(wrong[:30])
    assert sent >= how_many(700, 10_000)
    report(
        f"{sent} broken values in the fields of {len(forms)} forms: 0 answers of 500, 0 traces, 0 names in {len(logged)} lines of the log"
    )


def test_broken_addresses(world, chance: random.Random, how_many, caplog, report):
    """From outside, and from inside as somebody who reaches nobody."""
    caplog.set_level(logging.INFO)
    names = tuple(mark for subject in world.subjects.values() for mark in subject.marks)
    browsers = {"": browser_of(world, ""), "commissioner": browser_of(world, "commissioner"), "keyworker": browser_of(world, "keyworker")}
    sent, wrong = 0, []
    for pattern in ADDRESSES:
        for broken in chance.sample([each for each in BROKEN if len(each) <= 5000], how_many(8, len(BROKEN) - 1)):
            address = pattern.replace("{}", quote(broken, safe=""))
            for role, browser in browsers.items():
                for method in ("GET", "POST"):
                    answer = ask(browser, method, address)
                    sent += 1
                    wrong += problems(answer, outside=not role, what=f"{method} {address[:60]} as {role}", names=names)
    assert not wrong, f"{len(wrong)} of {sent}:\n" + "\n".join(wrong[:30])
    report(f"{sent} broken addresses: 0 answers of 500, 0 traces, 0 names")


def test_a_trace_and_a_name_would_be_found():
    told = HttpResponse("<pre>Traceback (most recent call last) … Vextarrowa</pre>", status=500)
    assert len(problems(told, outside=True, what="a page", names=("Vextarrowa",))) == 3


def test_no_name_stands_in_an_address(world, report):
    """Every link, form and redirect of every page: keys that mean nothing, and no name, no date of birth, no reference."""
    own, links = world.subjects["own"], 0
    marks = [mark.casefold() for mark in (*own.marks, own.client.first_name, own.client.date_of_birth.isoformat())]
    browsers = {role: browser_of(world, role) for role in ROLES}
    for page, role, address in everywhere(world):
        if not role:
            continue
        answer = ask(browsers[role], "GET", address)
        found = [answer.headers.get("Location", "")]
        if "html" in answer.headers.get("Content-Type", "") and answer.content.strip():
            found += html.fromstring(answer.content.decode()).xpath(ADDRESSED)
        for link in found:
            links += 1
            plain = unquote(link).replace("+", " ").casefold()
            # 'tel:' goes to the telephone, not to a server.
            assert plain.startswith("tel:") or not [mark for mark in marks if mark in plain], f"{page} links to {link}"
    assert links > 500
    report(f"{links} links and forms of every page: 0 with a name, a date of birth or a reference")
