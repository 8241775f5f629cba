"""The lines of docs/operations/first-people.md make a partnership in which its people can work."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from carehub.embedded.folders import ROOT
from carehub.models import Person

LINES = re.search(r"```python\n(.*?)```", (ROOT / "docs/operations/first-people.md").read_text(), re.DOTALL)


@pytest.mark.django_db
def test_they_make_people_who_can_sign_in():
    assert LINES
    exec(compile(LINES[1], "first-people.md", "exec"), {})  # noqa: S102 - the guide's own lines
    browser = Client()
    for person, first_page in (("ada.copperlode", "caseload"), ("ben.millwath", "service"), ("cleo.ottermoor", "administration")):
        signed_in = browser.post(
            reverse("account_login"), {"login": f"{person}@westermark.example", "password": "a first password, said in person"}
        )
        assert signed_in.status_code == 302, person
        assert browser.get("/", follow=True).request["PATH_INFO"] == reverse(first_page)
        browser.post(reverse("account_logout"))
    assert Person.objects.filter(is_demo=True).count() == 0
