"""Agencies and staff, as lists and one by one: for the administrator, without a word about a client."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from carehub.models import Agency, Draft
from tests import factories
from tests.carehub.administering import boxes, in_days, on_record
from tests.queries import at_most

AGENCY = {
    "name": "Orchard House",
    "discreet_name": "Orchard House",
    "kind": "voluntary",
    "telephone": "01632 960 301",
    "address": "Orchard House, Testing",
    "opening_hours": "Monday to Friday 9 am to 5 pm",
}


@pytest.fixture
def administrator(partnership):
    return factories.actor(role="administrator", partnership=partnership)


@pytest.fixture
def browser(signed_in, administrator):
    return signed_in(administrator)


# --- Who may -----------------------------------------------------------------------------------------------------------


def addresses(person, membership, agency) -> list[str]:
    staff, roles = f"/administration/staff/{person.pk}", f"/administration/roles/{membership.pk}"
    return [
        "/administration/",
        "/administration/left/",
        "/administration/agencies/",
        "/administration/agencies/add/",
        f"/administration/agencies/{agency.pk}/",
        "/administration/staff/add/",
        *(f"{staff}/{page}" for page in ("", "change/", "role/", "left/", "second-factor/")),
        *(f"{roles}/{page}/" for page in ("end", "deputy")),
    ]


def test_the_administrator_opens_each_and_sees_no_client(browser, keyworker, manager, a_client):
    for address in addresses(keyworker.person, keyworker.membership, keyworker.agency):
        answer = browser.get(address)
        assert answer.status_code == 200, address
        html = answer.content.decode()
        assert a_client.reference not in html
        assert a_client.full_name not in html


@pytest.mark.parametrize("role", ["keyworker", "service-manager", "reception", "clinical-lead", "partnership-manager", "commissioner"])
def test_nobody_else_may(signed_in, keyworker, role):
    other = signed_in(factories.actor(role=role, agency=keyworker.agency))
    for address in [
        *addresses(keyworker.person, keyworker.membership, keyworker.agency),
        f"/administration/staff/{keyworker.person_id}/link/",
    ]:
        answer = other.post(address)
        assert answer.status_code == 403, address
        assert "look after agencies, staff, roles" in answer.content.decode()


def test_another_partnerships_are_not_there(browser):
    elsewhere = factories.actor(agency=factories.agency(name="Elsewhere House"), name="Somebody Elsewhere")
    html = browser.get("/administration/").content.decode() + browser.get("/administration/agencies/").content.decode()
    assert elsewhere.person.name not in html
    assert "Elsewhere House" not in html
    for address in addresses(elsewhere.person, elsewhere.membership, elsewhere.agency):
        if str(elsewhere.person_id) in address or str(elsewhere.membership.pk) in address or str(elsewhere.agency_id) in address:
            assert browser.get(address).status_code == 404, address
            assert browser.post(address).status_code == 404, address
    assert browser.get(f"/administration/staff/{uuid4()}/").status_code == 404


def test_it_asks_for_a_sign_in(client, keyworker):
    for address in addresses(keyworker.person, keyworker.membership, keyworker.agency):
        assert client.get(address).status_code == 302


# --- Staff as a list ---------------------------------------------------------------------------------------------------


def test_who_works_where(browser, keyworker, manager, other_agency):
    html = browser.get("/administration/").content.decode()
    for words in (keyworker.person.name, manager.person.name, keyworker.agency.name, "Service manager"):
        assert words in html


def test_by_name_and_by_agency(browser, agency, other_agency):
    here = factories.actor(agency=agency, name="Linnet Thornfield")
    there = factories.actor(agency=other_agency, name="Merle Thornfield")
    both = browser.get("/administration/", {"name": "thornfield"}).content.decode()
    assert here.person.name in both
    assert there.person.name in both
    one = browser.get("/administration/", {"name": "Thorn", "agency": str(other_agency.pk)}).content.decode()
    assert here.person.name not in one
    assert there.person.name in one
    for odd in ({"name": "%_'\x00"}, {"agency": "no key"}, {"after": "no key"}, {"after": str(uuid4())}):
        assert browser.get("/administration/", odd).status_code == 200
    assert "Nobody fits" in browser.get("/administration/", {"name": "Nobody at all"}).content.decode()


def test_a_leaver_stands_apart_and_who_is_still_to_come_does_not(browser, agency):
    left = factories.actor(agency=agency, ends_on=in_days(-1), name="Somebody Goneby")
    comes = factories.actor(agency=agency, starts_on=in_days(9), name="Somebody Newcome")
    working, leavers = (browser.get(address).content.decode() for address in ("/administration/", "/administration/left/"))
    assert left.person.name not in working
    assert left.person.name in leavers
    assert comes.person.name in working
    assert comes.person.name not in leavers


def test_fifty_at_a_time_nobody_twice_and_nobody_missing(browser, agency, administrator):
    names = {factories.actor(agency=agency, name=f"Wren Tallowquist{number % 40:02}").person.pk for number in range(120)}
    seen, address = [], "/administration/?name=Tallowquist"
    while address:
        with at_most(9):
            answer = browser.get(address)
        seen += [each.pk for each in answer.context["people"]]
        address = f"/administration/{answer.context['further_url']}" if answer.context["further_url"] else ""
    assert len(seen) == len(set(seen)) == 120
    assert set(seen) == names


# --- One person -----------------------------------------------------------------------------------------------------------


def test_their_page(browser, agency, partnership):
    someone = factories.actor(agency=agency, name="Bryn Larkrise", telephone="01632 960 412", job_title="Nurse")
    factories.actor(role="commissioner", partnership=partnership, person=someone.person, starts_on=in_days(20))
    factories.actor(role="reception", agency=agency, person=someone.person, ends_on=in_days(-20))
    html = browser.get(f"/administration/staff/{someone.person_id}/").content.decode()
    for words in ("Roles today", "Roles to come", "Roles that have ended", "01632 960 412", "Nurse", "Never yet", someone.person.email):
        assert words in html


def test_their_details_are_changed_and_on_record(browser, administrator, keyworker):
    address = f"/administration/staff/{keyworker.person_id}/change/"
    typed = {"name": "Isolde Fernhollow", "job_title": "Nurse", "telephone": "01632 960 413", "opened_at": "1"}
    assert browser.post(address, typed).status_code == 302
    keyworker.person.refresh_from_db()
    assert (keyworker.person.name, keyworker.person.job_title, keyworker.person.telephone) == (
        "Isolde Fernhollow",
        "Nurse",
        "01632 960 413",
    )
    (event,) = on_record(administrator, "person.changed")
    assert event.reason == "name, job_title, telephone"


@pytest.mark.parametrize(("typed", "words"), [({"name": ""}, "Enter their name"), ({"name": "x" * 121}, "120 characters or fewer")])
def test_what_is_wrong_in_their_details(browser, keyworker, typed, words):
    address = f"/administration/staff/{keyworker.person_id}/change/"
    answer = browser.post(address, {"name": "Isolde", "job_title": "Kept as typed", "opened_at": "1"} | typed)
    assert words in answer.content.decode()
    assert "Kept as typed" in answer.content.decode()


def test_a_role_is_given_ended_and_stood_in_for(browser, keyworker, agency):
    colleague = factories.actor(agency=agency)
    staff = f"/administration/staff/{keyworker.person_id}/"
    given = {"role": "care-manager", "agency": str(agency.pk), **boxes("starts_on", in_days(0)), **boxes("ends_on", in_days(60))}
    assert browser.post(f"{staff}role/", given).status_code == 302
    role = keyworker.person.memberships.get(role="care-manager")
    assert "without an end" not in browser.post(f"{staff}role/", given).content.decode()
    assert "have this role already" in browser.post(f"{staff}role/", given).content.decode()
    end = f"/administration/roles/{role.pk}/end/"
    assert "Enter the last day" in browser.post(end, {"when": "day", **boxes("ends_on", None)}).content.decode()
    assert "today or later" in browser.post(end, {"when": "day", **boxes("ends_on", in_days(-2))}).content.decode()
    assert browser.post(end, {"when": "day", **boxes("ends_on", in_days(7))}).status_code == 302
    assert browser.post(end, {"when": "now"}).status_code == 302
    assert "ended already" in browser.post(end, {"when": "now"}).content.decode()
    deputy = f"/administration/roles/{keyworker.membership.pk}/deputy/"
    named = {"person": str(colleague.person_id), **boxes("starts_on", in_days(0)), **boxes("ends_on", in_days(7))}
    assert "before ‘From’" in browser.post(deputy, named | boxes("ends_on", in_days(-7))).content.decode()
    assert "Choose who stands in" in browser.post(deputy, named | {"person": ""}).content.decode()
    assert browser.post(deputy, named).status_code == 302
    html = browser.get(staff).content.decode()
    assert f"{colleague.person.name} stands in" in html
    stands = colleague.person.memberships.get(stands_in_for=keyworker.membership)
    assert browser.post(f"/administration/roles/{stands.pk}/end/", {"when": "open"}).status_code == 200


def test_nothing_for_oneself(browser, administrator):
    staff = f"/administration/staff/{administrator.person_id}/"
    html = browser.get(staff).content.decode()
    assert "Give a role" not in html
    assert "Second factor is lost" not in html
    for page in ("role/", "second-factor/"):
        answer = browser.post(f"{staff}{page}")
        assert answer.status_code == 403
        assert "ask another administrator" in answer.content.decode()


# --- A lost second factor -----------------------------------------------------------------------------------------------------


def test_taken_away_with_how_they_were_known(browser, administrator, keyworker):
    from carehub.signing_in.second_factor import has_one
    from tests.carehub.signing_in import with_app

    with_app(keyworker.person)
    address = f"/administration/staff/{keyworker.person_id}/second-factor/"
    assert "Choose how you know" in browser.post(address, {"note": "The manager was Ben"}).content.decode()
    assert "‘How do you know" in browser.post(address, {"how": "telephone"}).content.decode()
    assert has_one(keyworker.person)
    assert browser.post(address, {"how": "video", "note": "The manager was Ben"}).status_code == 302
    assert not has_one(keyworker.person)
    (event,) = on_record(administrator, "second-factor.reset")
    assert event.reason == "By video, together with their manager; The manager was Ben"


# --- Agencies ---------------------------------------------------------------------------------------------------------------


def test_agencies_with_their_staff(browser, keyworker, manager, other_agency):
    html = browser.get("/administration/agencies/").content.decode()
    for words in (keyworker.agency.name, keyworker.agency.discreet_name, other_agency.name):
        assert words in html


def test_an_agency_is_added_and_changed(browser, administrator):
    assert browser.post("/administration/agencies/add/", AGENCY).status_code == 302
    made = Agency.objects.get(name="Orchard House")
    assert made.partnership_id == administrator.partnership_id
    changed = AGENCY | {"telephone": "01632 960 302", "opened_at": "1"}
    assert browser.post(f"/administration/agencies/{made.pk}/", changed).status_code == 302
    made.refresh_from_db()
    assert made.telephone == "01632 960 302"
    assert [each.reason for each in on_record(administrator, "agency.changed")] == ["telephone"]
    assert len(on_record(administrator, "agency.added")) == 1


@pytest.mark.parametrize("field", AGENCY)
def test_each_must_be_answered_and_what_was_typed_stays(browser, field):
    typed = AGENCY | {field: ""}
    html = browser.post("/administration/agencies/add/", typed).content.decode()
    assert "There is a problem" in html
    assert all(value in html for name, value in typed.items() if name != "kind")
    assert not Agency.objects.filter(name="Orchard House").exists()


def test_a_name_stands_once_in_a_partnership(browser, agency, other_agency):
    factories.agency(name="Orchard House")
    assert browser.post("/administration/agencies/add/", AGENCY).status_code == 302, "another partnership’s name is free"
    for address in ("/administration/agencies/add/", f"/administration/agencies/{agency.pk}/"):
        html = browser.post(address, AGENCY | {"name": "ORCHARD HOUSE", "opened_at": "1"}).content.decode()
        assert "has an agency called ‘ORCHARD HOUSE’ already" in html
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.filter(pk=other_agency.pk).update(name="Orchard House")


def test_two_at_once_nobody_is_overwritten_unseen(browser, agency):
    address = f"/administration/agencies/{agency.pk}/"
    assert browser.post(address, AGENCY | {"opened_at": "1"}).status_code == 302
    mine = AGENCY | {"telephone": "01632 960 399", "opened_at": "1"}
    answer = browser.post(address, mine)
    html = answer.content.decode()
    assert "A colleague saved this while you were writing" in html
    assert "it says ‘01632 960 301’ now" in html
    assert 'value="01632 960 399"' in html
    assert browser.post(address, mine | {"opened_at": answer.context["form"]["opened_at"].value()}).status_code == 302
    agency.refresh_from_db()
    assert agency.telephone == "01632 960 399"


def test_what_was_typed_is_kept_where_it_is_refused(browser, administrator):
    from carehub import drafts

    ticket = drafts.ticket(administrator, kind="agency")
    browser.post("/administration/agencies/add/", AGENCY | {"telephone": "", drafts.TICKET: ticket})
    assert Draft.objects.get().fields["name"] == ["Orchard House"]
    assert "We kept what you typed" in browser.get("/administration/agencies/add/").content.decode()
