"""Pathways: files with thirteen elements, and the clients who are on them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.definitions.catalogue import Catalogue, folders
from carehub.definitions.errors import DefinitionError
from carehub.definitions.schema import Form
from carehub.rules import Refused
from clients.actions import pathways as actions
from clients.models import ClientPathway, Episode
from clients.pathways import ELEMENTS, Pathway, pathway, pathways
from tests import factories

SHIPPED = settings.BASE_DIR / "clients/definitions/pathways"
TEXT = (SHIPPED / "housing-1.toml").read_text(encoding="utf-8")


# --- As files ---------------------------------------------------------------------------------------------------------------


def test_the_six_that_are_shipped_say_something_of_all_thirteen():
    found = {each.name: each for each in pathways()}
    assert found.keys() == {
        *("blood-borne-viruses", "dual-diagnosis", "maternity", "housing", "safeguarding-children", "alcohol-withdrawal"),
    }
    assert len(ELEMENTS) == 13
    for each in found.values():
        assert [element.id for element in each.elements] == list(ELEMENTS)
        assert all(len(element.text.split()) >= 5 for element in each.elements), each.name
        assert any(not element.source for element in each.elements), "what is ours says so"
        assert "6.2" in each.source


def test_every_trigger_names_a_pathway_that_there_is():
    catalogue = Catalogue.load(folders())
    named = {trigger.pathway for form in catalogue if isinstance(form, Form) for trigger in form.triggers if trigger.pathway}
    there = {each.name for each in catalogue if isinstance(each, Pathway)}
    assert named
    assert named <= there


def wrong(folder: Path, text: str) -> DefinitionError:
    (folder / "housing-1.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        Catalogue.load([folder])
    return caught.value


@pytest.mark.parametrize("element", ELEMENTS)
def test_an_element_that_is_missing_is_refused(tmp_path, element):
    text = re.sub(rf'^{element} = """.*?"""\n', "", TEXT, flags=re.DOTALL | re.MULTILINE)
    error = wrong(tmp_path, text)
    assert error.reason == f"the elements of a pathway needs '{element}'."
    assert text.splitlines()[error.line - 1] == "[elements]"


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ('onward = """', 'onwards = """', "'onwards' is not a key of the elements of a pathway. Did you mean 'onward'?"),
        ('aims = "Models', 'aim = "Models', "'aim' is not a key of sources. Did you mean 'aims'?"),
        ('about = "', 'abuot = "', "a definition needs 'about'."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, before, after, reason):
    text = TEXT.replace(before, after)
    error = wrong(tmp_path, text)
    assert reason.split("'")[1] in error.reason
    assert error.line >= 1


def test_an_empty_element_is_refused(tmp_path):
    text = re.sub(r'^departure = """.*?"""', 'departure = " "', TEXT, flags=re.DOTALL | re.MULTILINE)
    error = wrong(tmp_path, text)
    assert error.reason == "'departure' is empty."
    assert text.splitlines()[error.line - 1].startswith("departure")


def test_a_trigger_that_names_no_pathway_is_refused(tmp_path):
    form = """kind = "form"
name = "local"
version = 1
title = "Local"
level = "local"

[[section]]
id = "one"
title = "One"

[[section.question]]
id = "home"
text = "A home?"
kind = "yes-no"

[[trigger]]
id = "home"
text = "Ring the housing team."
when = { question = "home", is = "no" }
pathway = "houses"
"""
    (tmp_path / "local-1.toml").write_text(form, encoding="utf-8")
    (tmp_path / "housing-1.toml").write_text(TEXT, encoding="utf-8")
    with pytest.raises(DefinitionError) as caught:
        Catalogue.load([tmp_path])
    assert (caught.value.line, caught.value.reason) == (20, "'houses' is not known as pathway: did you mean 'housing'?")


def test_an_unknown_name_is_none():
    assert pathway("unheard-of") is None
    assert pathway("triage") is None
    assert pathway("housing", 9) is None


# --- Of a client ------------------------------------------------------------------------------------------------------------


def attach(by, client, name="housing", because="Sleeps in a car") -> ClientPathway:
    with context.acting(by):
        episode = Episode.objects.get(client=client)
        return actions.attach(by=by, client_id=client.pk, episode=episode, name=name, because=because)


def test_put_on_by_hand_and_ended_with_how(keyworker, a_client):
    began = attach(keyworker, a_client)
    with context.acting(keyworker):
        ended = actions.end(by=keyworker, client_id=a_client.pk, on_pathway=began, how="completed", words="Moved in")
        assert (ended.ended_on, ended.ended_by, ended.ended_how) == (clock.today(), keyworker.person, "completed")
        with pytest.raises(Refused, match=f"{keyworker.person.name} has already ended this"):
            actions.end(by=keyworker, client_id=a_client.pk, on_pathway=began, how="not-needed")
        with pytest.raises(IntegrityError), transaction.atomic():
            ClientPathway.objects.filter(pk=began.pk).update(ended_how="not-needed")
    assert attach(keyworker, a_client).pk != began.pk


def test_one_open_of_each(keyworker, a_client):
    attach(keyworker, a_client)
    with pytest.raises(Refused, match="already"):
        attach(keyworker, a_client)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.on_pathway(a_client, by=keyworker, pathway="housing")


def test_what_is_missing_is_refused(keyworker, a_client):
    with pytest.raises(Refused, match="no such pathway"):
        attach(keyworker, a_client, name="unheard-of")
    with pytest.raises(Refused, match="Say why"):
        attach(keyworker, a_client, because=" ")
    began = attach(keyworker, a_client)
    with context.acting(keyworker), pytest.raises(Refused, match="Say how it ended"):
        actions.end(by=keyworker, client_id=a_client.pk, on_pathway=began, how="")


def test_another_agency_reads_and_does_not_end(keyworker, stranger, a_client, signed_in):
    began = attach(keyworker, a_client)
    factories.access(a_client, agency=stranger.agency, basis="consent")
    with context.acting(stranger), pytest.raises(NotAllowed):
        actions.end(by=stranger, client_id=a_client.pk, on_pathway=began, how="completed")
    browser = signed_in(stranger)
    page = browser.get(reverse("client-pathways", args=[a_client.pk])).content.decode()
    assert "Sleeps in a car" in page
    assert "End it" not in page
    assert browser.post(reverse("client-pathways", args=[a_client.pk]), {"pathway": "maternity", "because": "x"}).status_code == 403
    assert browser.post(reverse("pathway-end", args=[a_client.pk, began.pk]), {"how": "completed"}).status_code == 403


def test_the_pages(keyworker, a_client, signed_in):
    browser, address = signed_in(keyworker), reverse("client-pathways", args=[a_client.pk])
    page = browser.get(address)
    answer = browser.post(address, {"pathway": "housing", "because": "Sleeps in a car", "draft_ticket": page.context["draft_ticket"]})
    assert answer["Location"] == address
    with context.acting(keyworker):
        row = ClientPathway.objects.get()
    end = reverse("pathway-end", args=[a_client.pk, row.pk])
    page = browser.get(end)
    assert browser.post(end, {"how": "", "draft_ticket": page.context["draft_ticket"]}).status_code == 200
    answer = browser.post(end, {"how": "handed-over", "words": "To the hostel", "draft_ticket": page.context["draft_ticket"]})
    assert answer["Location"] == address
    page = browser.get(address).content.decode()
    assert "Another service carries it on" in page
    assert "has already ended this" in browser.get(end).content.decode()


def test_reading_them(keyworker, signed_in):
    browser = signed_in(keyworker)
    page = browser.get(reverse("pathways")).content.decode()
    assert all(each.title in page for each in pathways())
    page = browser.get(reverse("pathway-show", args=["maternity"])).content.decode()
    assert all(str(title) in page for title in ELEMENTS.values())
    assert "Local" in page
    assert browser.get(reverse("pathway-show", args=["unheard-of"])).status_code == 404


def test_what_others_said_is_not_printed(keyworker, a_client, signed_in):
    factories.on_pathway(a_client, by=keyworker, third_party=True, because="Her brother says so")
    page = signed_in(keyworker).get(reverse("client-pathways", args=[a_client.pk])).content.decode()
    assert 'class="pathways__one not-printed"' in page
    assert "Not for the client" in page
