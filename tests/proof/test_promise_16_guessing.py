"""Promise 16: sign-in withstands guessing, and cannot be used to lock others out.

A try is counted where it counts: when something that was typed is compared with a password or with the secret of an app.
"""

import random
import threading
import time as the_time
from collections import defaultdict

import pytest
from allauth.core.internal import ratelimit
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from carehub.models import Person
from carehub.signing_in import second_factor
from tests import factories
from tests.carehub.signing_in import PASSWORD, code, sign_in, with_app

pytestmark = [pytest.mark.promise(16), pytest.mark.usefixtures("committed")]
ALLOWED, WINDOW = 10, 15 * 60


class Clock:
    """The time by which tries are counted; each is a little later than the one before."""

    def __init__(self) -> None:
        self.now = the_time.time()

    def time(self) -> float:
        self.now += 0.001
        return self.now

    monotonic = staticmethod(the_time.monotonic)
    sleep = staticmethod(the_time.sleep)


@pytest.fixture
def counted_by(monkeypatch) -> Clock:
    moved = Clock()
    monkeypatch.setattr(ratelimit, "time", moved)
    return moved


@pytest.fixture
def compared(monkeypatch) -> list[tuple[object, str]]:
    """What was compared with a password or an app's secret, and whose."""
    found: list[tuple[object, str]] = []
    by_password, by_code = Person.check_password, second_factor.fits

    def check_password(self, typed: str) -> bool:
        found.append((self.pk, typed))
        return by_password(self, typed)

    def fits(person, typed: str, **more):
        found.append((person.pk, typed))
        return by_code(person, typed, **more)

    monkeypatch.setattr(Person, "check_password", check_password)
    monkeypatch.setattr(second_factor, "fits", fits)
    return found


def spelt(email: str, chance: random.Random) -> str:
    """The same name, as a script would vary it."""
    return chance.choice([email, email.upper(), email.title(), f" {email}", f"{email}  "])


def most_in_a_window(times: list[float]) -> int:
    return max((sum(at <= each < at + WINDOW for each in times) for at in times), default=0)


def test_guesses_by_name_and_address_while_the_real_people_come_in(how_many, chance, report, counted_by, compared):
    """Guesses at several names from several addresses over hours, spelt in many ways, with forged headers and own sign-ins between."""
    guesses = how_many(250, 4000)
    agency = factories.agency()
    victims = [factories.actor(agency=agency, password=PASSWORD).person for _ in range(3)]
    guesser = factories.actor(agency=agency, password=PASSWORD).person
    addresses = [f"198.51.100.{number}" for number in range(1, 5)]
    # Of IPv6 one house has a whole network: these are one address.
    house = [f"2001:db8:1:2::{number:x}" for number in range(1, 200)]
    tries: dict[tuple, list[float]] = defaultdict(list)
    came_in, began = 0, counted_by.now
    for number in range(guesses):
        counted_by.now += chance.choice([0, 0.1, 0.5, 2, 5]) if chance.random() < 0.97 else 600
        victim = chance.choice(victims)
        address = chance.choice([*addresses, chance.choice(house)])
        headers = {"X-Forwarded-For": f"203.0.113.{chance.randrange(256)}", "Forwarded": "for=203.0.113.9"}
        browser = Browser(REMOTE_ADDR=address, headers=headers)
        if number % 10 == 0:
            sign_in(guesser, browser=browser)
        before = len(compared)
        browser.post(reverse("account_login"), {"login": spelt(victim.email, chance), "password": f"guess {number} of many words"})
        if (victim.pk, f"guess {number} of many words") in compared[before:]:
            tries[victim.pk, "house" if ":" in address else address].append(counted_by.now)
        if number % 5 == 0:
            real = Browser(REMOTE_ADDR="192.0.2.17")
            assert sign_in(victim, browser=real).get("/notices/").status_code == 200, f"locked out after {number} guesses"
            came_in += 1
    most = max(most_in_a_window(times) for times in tries.values())
    done, hours = sum(map(len, tries.values())), (counted_by.now - began) / 3600
    assert 0 < done < guesses
    assert most <= ALLOWED
    report(
        f"{guesses} guesses at 3 names from 5 addresses over {hours:.1f} h: {done} compared, at most {most} of a name and "
        f"address in 15 minutes; the real people came in {came_in} of {came_in} times"
    )


def test_guesses_at_the_same_instant(how_many, report, compared):
    """Many at once, from one address: counted before they are compared, so that none slips through between."""
    rounds, at_once = how_many(1, 10), 24
    victims = [factories.actor(password=PASSWORD).person for _ in range(rounds)]
    came_in = 0
    for turn, victim in enumerate(victims):
        start = threading.Barrier(at_once + 1, timeout=60)
        in_by: list[int] = []

        def guess(number: int, victim=victim, start=start, turn=turn) -> None:
            try:
                browser = Browser(REMOTE_ADDR="198.51.100.9")
                start.wait()
                browser.post(reverse("account_login"), {"login": victim.email, "password": f"at once {turn} {number}"})
            finally:
                connection.close()

        def really(victim=victim, start=start, in_by=in_by) -> None:
            try:
                start.wait()
                in_by.append(sign_in(victim, browser=Browser(REMOTE_ADDR="192.0.2.17")).get("/notices/").status_code)
            finally:
                connection.close()

        threads = [threading.Thread(target=guess, args=(number,)) for number in range(at_once)] + [threading.Thread(target=really)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert in_by == [200]
        came_in += 1
        assert sum(typed.startswith(f"at once {turn} ") for _whose, typed in compared) <= ALLOWED
    most = max(sum(typed.startswith(f"at once {turn} ") for _whose, typed in compared) for turn in range(rounds))
    report(
        f"{rounds} × {at_once} guesses at the same instant: at most {most} compared; the real person came in {came_in} of {rounds} times"
    )


def at_the_code(person, secret: str) -> tuple:
    """Somebody knows the password, and guesses the code."""
    return lambda address: sign_in(person, browser=Browser(REMOTE_ADDR=address)), reverse("mfa_authenticate"), "code", {}


def at_a_locked_screen(person, secret: str) -> tuple:
    def begin(address: str) -> Browser:
        browser = signed_in(person, secret, address)
        browser.post(reverse("screen-lock"))
        return browser

    return begin, reverse("screen"), "typed", {}


def at_the_password(person, secret: str) -> tuple:
    new = {"password": "saucer thimble harbour", "again": "saucer thimble harbour"}
    return lambda address: signed_in(person, secret, address), reverse("account_change_password"), "old", new


def at_a_record(person, secret: str) -> tuple:
    said = {"reference": "AAA-AAAA", "reason": "life-at-risk", "words": "Found unconscious at the drop-in"}
    return lambda address: signed_in(person, secret, address), reverse("record-open"), "password", said


def signed_in(person, secret: str, address: str) -> Browser:
    browser = Browser(REMOTE_ADDR=address)
    browser.force_login(person)
    return browser


@pytest.mark.parametrize("door", [at_the_code, at_a_locked_screen, at_the_password, at_a_record], ids=lambda door: door.__name__)
def test_what_is_asked_again_is_no_easier(how_many, chance, report, counted_by, compared, door):
    guesses = how_many(30, 300)
    person = factories.actor(password=PASSWORD).person
    secret = with_app(person)
    begin, path, field, more = door(person, secret)
    browser, times = begin("198.51.100.9"), []
    for number in range(guesses):
        counted_by.now += chance.choice([0, 1, 10])
        typed = f"{number:06d}"
        before = len(compared)
        browser.post(path, more | {field: typed})
        if (person.pk, typed) in compared[before:]:
            times.append(counted_by.now)
    assert times
    assert most_in_a_window(times) <= ALLOWED
    real = sign_in(person, browser=Browser(REMOTE_ADDR="192.0.2.17"))
    assert real.post(reverse("mfa_authenticate"), {"code": code(secret)}).status_code == 302
    assert real.get("/notices/").status_code == 200
    report(f"{guesses} guesses {door.__name__.replace('_', ' ')}: at most {most_in_a_window(times)} compared in 15 minutes; real person in")
