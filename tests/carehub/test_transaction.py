"""One middleware owns the request's transaction: the context reaches the view, its rendering and its event, and nothing after."""

import pytest
from django.db import connection

from carehub import context
from carehub.models import Event, EventClient
from clients.models import Client
from tests import factories

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.urls("tests.carehub.pages")]


@pytest.fixture
def keyworker():
    return factories.actor()


@pytest.fixture
def someone(keyworker):
    return factories.client_of(keyworker.agency, keyworker=keyworker)


@pytest.fixture
def browser(keyworker, someone):
    return factories.signed_in(keyworker, raise_request_exception=False)


def name_of(client) -> str:
    with factories.loading(client.partnership_id):
        return Client.objects.get(pk=client.pk).name_used


def events_of(partnership_id) -> list[Event]:
    with factories.loading(partnership_id):
        return list(Event.objects.order_by("at"))


def strangers_events() -> list[tuple[str, int]]:
    """Nobody's: read by the owner, since no partnership may."""
    return list(Event.objects.using("owner").filter(partnership=None).values_list("verb", "status"))


def test_a_class_based_list_shows_its_rows(browser, someone):
    assert browser.get("/test/list").content.decode() == f"[{someone.reference}]"


def test_the_same_list_without_context_would_be_empty_and_no_error(browser):
    answer = browser.get("/test/forgetful")
    assert (answer.status_code, answer.content) == (200, b"nobody")


def test_a_lazy_answer_is_rendered_inside_the_transaction(browser):
    assert browser.get("/test/late").content == b"1 in True"


def test_nothing_of_the_context_is_left_after_the_request(browser):
    browser.get("/test/list")
    assert not connection.in_atomic_block
    assert Client.objects.count() == 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('carehub.partnership', true), current_setting('carehub.duty', true)")
        assert all(not value for value in cursor.fetchone())


def test_a_page_without_sign_in_has_no_context_even_on_a_connection_that_was_left_with_one(keyworker, someone):
    with connection.cursor() as cursor:
        cursor.execute(f"SET carehub.partnership = '{someone.partnership_id}'")
        cursor.execute("SET carehub.duty = 'load'")
    assert Client.objects.count() == 1
    assert factories.Browser().get("/test/open").content == b"0 clients"


def test_two_people_on_one_connection(browser, someone):
    stranger = factories.signed_in(factories.actor(agency=factories.agency(someone.partnership)))
    for _ in range(3):
        assert browser.get("/test/list").content.decode() == f"[{someone.reference}]"
        assert stranger.get("/test/list").content == b"nobody"


def test_below_400_is_kept(browser, someone):
    assert browser.post(f"/test/done/{someone.pk}", {"name_used": "Bo"}).status_code == 200
    assert name_of(someone) == "Bo"


@pytest.mark.parametrize(
    ("page", "status"),
    [("400", 400), ("403", 403), ("404", 404), ("500", 500), ("broken-transaction", 500), ("fails-at-the-commit", 500), ("streams", 500)],
)
def test_from_400_on_nothing_is_kept_but_the_refusal_itself(browser, someone, page, status):
    """An event written before raising 404 would be lost with the rest: the refusal is written in a transaction of its own."""
    answer = browser.post(f"/test/{page}/{someone.pk}", {"name_used": "Never"})
    assert answer.status_code == status
    assert name_of(someone) == ""
    (event,) = events_of(someone.partnership_id)
    assert event.verb == ("failed" if status == 500 else "refused")
    assert (event.page, event.method, event.status) == (f"test-{page}", "POST", status)
    assert event.also == []
    assert event.reference


def test_somebody_elses_client_is_not_found_and_that_is_on_record(keyworker, someone):
    stranger = factories.actor(agency=factories.agency(someone.partnership))
    answer = factories.signed_in(stranger).post(f"/test/done/{someone.pk}")
    assert answer.status_code == 404
    assert name_of(someone) == ""
    (event,) = events_of(someone.partnership_id)
    assert (event.verb, event.person_id, event.membership_id) == ("refused", stranger.person_id, stranger.membership.pk)


def test_a_wrong_role_is_told_why(keyworker, someone):
    reception = factories.actor(role="reception", agency=keyworker.agency)
    answer = factories.signed_in(reception).post(f"/test/done/{someone.pk}")
    assert answer.status_code == 403
    assert "it needs a role that may read a client" in answer.content.decode()
    assert [event.verb for event in events_of(someone.partnership_id)] == ["refused"]


def test_an_address_that_does_not_exist_is_on_record_too(browser, someone):
    assert browser.get("/no/such/page").status_code == 404
    (event,) = events_of(someone.partnership_id)
    assert (event.verb, event.page, event.status) == ("refused", "", 404)


def test_a_stranger_is_on_record_without_a_person():
    assert factories.Browser().get("/no/such/page").status_code == 404
    assert strangers_events() == [("refused", 404)]


def test_the_error_page_gives_the_reference_that_is_on_record_and_nothing_else(browser, someone):
    answer = browser.post(f"/test/500/{someone.pk}")
    (event,) = events_of(someone.partnership_id)
    page = answer.content.decode()
    assert event.reference in page
    for secret in (str(someone.pk), someone.last_name, "ZeroDivisionError", "Traceback", "tests/carehub"):
        assert secret not in page


def test_health_and_static_files_need_no_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert factories.Browser().get("/static/nothing.css").status_code == 404
    with django_assert_num_queries(1):
        assert factories.Browser().get("/health").content == b"ok\n"


def test_sessions_and_messages_of_a_refused_request_are_rolled_back_with_it(browser, someone):
    before = dict(browser.session.items())
    browser.post(f"/test/404/{someone.pk}")
    assert dict(browser.session.items()) == before


def test_events_of_a_finished_request_do_not_run_into_the_next(browser, someone):
    other = factories.client_of(factories.agency(someone.partnership))
    browser.post(f"/test/done/{someone.pk}")
    browser.get(f"/test/done/{other.pk}")
    with factories.loading(someone.partnership_id):
        shown = {
            verb: set(EventClient.objects.filter(event__verb=verb).values_list("client_id", flat=True))
            for verb in ("client.renamed", "refused")
        }
    assert shown == {"client.renamed": {someone.pk}, "refused": set()}


def test_context_is_not_inherited_by_another_thread(keyworker, someone):
    import threading

    found = []

    def look():
        found.append(Client.objects.count())
        connection.close()

    with context.acting(keyworker):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join(10)
    assert found == [0]
