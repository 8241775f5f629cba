"""A partnership's editions of a form: drafted, published, locked; what was recorded on one is shown on it for ever."""

import threading

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from carehub import clock, context, form_editions
from carehub.actions import editions as actions
from carehub.actors import NotAllowed
from carehub.definitions import catalogue as catalogues
from carehub.definitions.catalogue import catalogue
from carehub.definitions.edition import Edition
from carehub.definitions.errors import UnknownDefinition
from carehub.models import FormEdition, PaperForm
from carehub.rules import Refused
from carehub.stale import StaleSave
from tests import factories
from tests.carehub.administering import on_record
from tests.queries import at_most

LOCKED, NO_PRIVILEGE = "23514", "42501"
TEETH = {"text": "How are your teeth?", "kind": "one-of", "choices": ("Good", "Bad")}


@pytest.fixture
def administrator(partnership):
    return factories.actor(role="administrator", partnership=partnership)


def now(by):
    return form_editions.working(by.partnership_id, "triage")


def add(by, section: str = "health", **said) -> str:
    return actions.add_question(by=by, form="triage", section=section, **TEETH | said)


def publish(by) -> FormEdition:
    return actions.publish(by=by, form="triage", opened_at=now(by).opened_at)


# --- Drafting and publishing --------------------------------------------------------------------------------------------


def test_a_draft_is_asked_of_nobody_until_it_is_published(administrator):
    with context.acting(administrator):
        name = add(administrator)
        assert name == "local-triage-how-are-your-teeth"
        assert form_editions.form_for(administrator.partnership_id, "triage") == catalogue().form("triage")
        edition = publish(administrator)
        assert (edition.number, edition.state, edition.published_by) == (1, "published", administrator.person)
        asked = form_editions.form_for(administrator.partnership_id, "triage")
    assert asked.has(name)
    assert asked.edition == 1
    (event,) = on_record(administrator, "form.published")
    assert "triage 1, edition 1" in event.reason
    assert "How are your teeth?" in event.reason


def test_what_was_recorded_on_one_edition_is_shown_on_it_after_the_next(administrator):
    with context.acting(administrator):
        first = add(administrator)
        publish(administrator)
        actions.retire(by=administrator, form="triage", question=first, opened_at=now(administrator).opened_at)
        actions.reword(by=administrator, form="triage", question="suicide", opened_at=now(administrator).opened_at, text="Mine?", hint="")
        publish(administrator)
        of = administrator.partnership_id
        old, new = (form_editions.form_as_recorded(of, "triage", 1, number) for number in (1, 2))
        plain = form_editions.form_as_recorded(of, "triage", 1, 0)
    assert old.has(first)
    assert not new.has(first)
    assert new.question("suicide").text == "Mine?"
    assert old.question("suicide").text == plain.question("suicide").text
    assert plain == catalogue().form("triage", 1)


def test_nothing_changed_is_nothing_to_publish(administrator):
    with context.acting(administrator):
        with pytest.raises(Refused, match="Nothing has changed"):
            publish(administrator)
        add(administrator)
        publish(administrator)
        with pytest.raises(Refused, match="Nothing has changed"):
            publish(administrator)
        # Changed, and changed back.
        ours = catalogue().form("triage").question("suicide")
        for text in ("Mine?", ours.text):
            actions.reword(
                by=administrator, form="triage", question="suicide", opened_at=now(administrator).opened_at, text=text, hint=ours.hint
            )
        assert now(administrator).edition.reworded == {}
        with pytest.raises(Refused, match="Nothing has changed"):
            publish(administrator)


def test_what_was_never_published_is_taken_out_and_what_was_is_retired(administrator):
    with context.acting(administrator):
        name = add(administrator)
        actions.retire(by=administrator, form="triage", question=name, opened_at=now(administrator).opened_at)
        assert now(administrator).edition == Edition()
        name = add(administrator)
        publish(administrator)
        actions.retire(by=administrator, form="triage", question=name, opened_at=now(administrator).opened_at)
        assert now(administrator).edition.question(name)
        assert now(administrator).edition.asked == ()
        # Its name stays taken: answers stand under it.
        assert add(administrator) == f"{name}-2"
        with pytest.raises(Refused, match="asks ‘How are your teeth\\?’ already"):
            actions.ask_again(by=administrator, form="triage", question=name, opened_at=now(administrator).opened_at)


def test_a_published_question_does_not_become_another_one(administrator):
    with context.acting(administrator):
        name = add(administrator, third_party=True)
        publish(administrator)
        for field, value in (("kind", "text"), ("third_party", False)):
            with pytest.raises(Refused) as refused:
                actions.change_question(
                    by=administrator, form="triage", question=name, opened_at=now(administrator).opened_at, **{field: value}
                )
            assert field in refused.value.fields
        actions.change_question(by=administrator, form="triage", question=name, opened_at=now(administrator).opened_at, hint="Gums too.")
        assert now(administrator).edition.question(name).hint == "Gums too."


def test_a_refusal_stands_beside_its_field_and_nothing_is_kept(administrator):
    with context.acting(administrator):
        with pytest.raises(Refused) as refused:
            add(administrator, choices=("Good",))
        assert list(refused.value.fields) == ["choices"]
        with pytest.raises(Refused, match="Best practice expects"):
            actions.retire(by=administrator, form="triage", question="overdose", opened_at=0)
        with pytest.raises(Refused, match="proposed for the care plan|proposed by|stays"):
            actions.retire(by=administrator, form="triage", question="second-drug", opened_at=0)
        assert not FormEdition.objects.filter(partnership_id=administrator.partnership_id).exists()


def test_a_draft_is_thrown_away(administrator):
    with context.acting(administrator):
        add(administrator)
        actions.discard(by=administrator, form="triage", opened_at=now(administrator).opened_at)
        assert now(administrator).draft is None


@pytest.mark.parametrize("role", ["keyworker", "service-manager", "clinical-lead", "partnership-manager"])
def test_nobody_else_changes_a_form(role, agency):
    other = factories.actor(role=role, agency=agency)
    for does in (actions.publish, actions.discard):
        with pytest.raises(NotAllowed, match="look after agencies, staff, roles and forms"):
            does(by=other, form="triage", opened_at=0)
    with pytest.raises(NotAllowed):
        actions.add_question(by=other, form="triage", section="health", **TEETH)


# --- A new version of the form ---------------------------------------------------------------------------------------------


def test_a_new_version_carries_over_a_draft_of_what_fits(administrator, tmp_path, monkeypatch):
    with context.acting(administrator):
        name = add(administrator)
        actions.reword(by=administrator, form="triage", question="suicide", opened_at=now(administrator).opened_at, text="Mine?", hint="")
        publish(administrator)
        _second_triage(tmp_path, monkeypatch)
        of = administrator.partnership_id
        assert form_editions.form_for(of, "triage") == catalogue().form("triage", 2)
        there = now(administrator)
        assert (there.carried_from, there.in_force, there.number) == (1, None, 2)
        assert [each.id for each in there.edition.questions] == [name]
        assert len(there.left_out) == 1
        assert "Your words ‘Mine?’" in there.left_out[0]
        edition = publish(administrator)
        assert (edition.number, edition.form_version) == (2, 2)
        assert form_editions.form_for(of, "triage").has(name)
        assert form_editions.form_as_recorded(of, "triage", 1, 1).question("suicide").text == "Mine?"


def _second_triage(folder, monkeypatch) -> None:
    """As a release would bring it: with other words for one question."""
    old = (settings.BASE_DIR / "clients/definitions/triage-1.toml").read_text()
    asked = catalogue().form("triage", 1).question("suicide").text
    new = old.replace("version = 1", "version = 2", 1).replace(asked, "Have you had thoughts of ending your life?")
    assert new != old
    (folder / "triage-2.toml").write_text(new)
    folders = (*catalogues.folders(), folder)
    monkeypatch.setattr(catalogues, "folders", lambda: folders)


# --- Two partnerships, two administrators -----------------------------------------------------------------------------------


def test_another_partnerships_edition_is_not_there(committed):
    ours, theirs = (factories.actor(role="administrator") for _ in range(2))
    with context.acting(ours):
        name = add(ours)
        publish(ours)
    with context.acting(theirs):
        assert not FormEdition.objects.exists()
        assert not form_editions.form_for(theirs.partnership_id, "triage").has(name)
        form_editions._kept.clear()
        with pytest.raises(UnknownDefinition):
            form_editions.form_as_recorded(ours.partnership_id, "triage", 1, 1)
        with pytest.raises(DatabaseError) as refused, transaction.atomic():
            FormEdition.objects.create(
                partnership_id=ours.partnership_id,
                form="triage",
                form_version=1,
                number=9,
                changed_at=clock.now(),
                changed_by=theirs.person,
            )
        assert refused.value.__cause__.pgcode == NO_PRIVILEGE
    assert not FormEdition.objects.exists(), "without a context nothing is seen"


def test_the_second_to_save_is_told_and_sees_what_stands_there(administrator):
    with context.acting(administrator):
        opened_at = now(administrator).opened_at
        actions.reword(by=administrator, form="triage", question="suicide", opened_at=opened_at, text="First?", hint="")
        with pytest.raises(StaleSave) as stale:
            actions.reword(by=administrator, form="triage", question="suicide", opened_at=opened_at, text="Second?", hint="")
        assert stale.value.row.text == "First?"
        assert stale.value.row.row_version == now(administrator).opened_at
        assert now(administrator).edition.reworded["suicide"].text == "First?"
        for does in (actions.publish, actions.discard):
            with pytest.raises(StaleSave):
                does(by=administrator, form="triage", opened_at=opened_at)


def test_two_at_the_same_moment_make_one_draft(committed):
    administrator = factories.actor(role="administrator")
    met, said = threading.Barrier(2), []

    def save(text: str) -> None:
        try:
            with context.acting(administrator):
                met.wait(10)
                actions.add_question(by=administrator, form="triage", section="health", **TEETH | {"text": text})
            said.append("saved")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=save, args=(text,)) for text in ("How are your teeth?", "How are your gums?")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert said == ["saved", "saved"]
    with context.acting(administrator):
        assert FormEdition.objects.count() == 1
        assert len(now(administrator).edition.questions) == 2


# --- What the database refuses -----------------------------------------------------------------------------------------------


@pytest.fixture
def published(committed):
    administrator = factories.actor(role="administrator")
    with context.acting(administrator):
        add(administrator)
        edition = publish(administrator)
        add(administrator, text="How are your gums?")
    return administrator, edition


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE carehub_formedition SET content = '{}' WHERE number = 1",
        "UPDATE carehub_formedition SET form_version = 2 WHERE number = 1",
        "UPDATE carehub_formedition SET published_at = NULL, published_by_id = NULL, state = 'draft' WHERE number = 1",
        "UPDATE carehub_formedition SET row_version = row_version WHERE number = 1",
        "DELETE FROM carehub_formedition WHERE number = 1",
    ],
)
@pytest.mark.parametrize("alias", ["default", "owner"])
def test_a_published_edition_is_locked(published, alias, statement):
    administrator, edition = published
    with context.acting(administrator):
        refused = _refusal(alias, statement)
        assert refused == LOCKED
        edition.refresh_from_db()
    assert edition.content["questions"]


@pytest.mark.parametrize("alias", ["default", "owner"])
def test_no_edition_begins_published_or_moves_to_another_form(published, alias):
    administrator, _edition = published
    insert = (
        "INSERT INTO carehub_formedition SELECT gen_random_uuid(), row_version, form, form_version, 9, state, content, changed_at,"
        " published_at, changed_by_id, partnership_id, published_by_id FROM carehub_formedition WHERE number = 1"
    )
    with context.acting(administrator):
        assert _refusal(alias, insert) == LOCKED
        assert _refusal(alias, "UPDATE carehub_formedition SET form = 'other' WHERE number = 2") == LOCKED
        assert _refusal(alias, "UPDATE carehub_formedition SET number = 7 WHERE number = 2") == LOCKED


def test_nothing_is_emptied(published):
    administrator, _edition = published
    with context.acting(administrator):
        assert _refusal("default", "TRUNCATE carehub_formedition") == NO_PRIVILEGE
        assert _refusal("owner", "TRUNCATE carehub_formedition CASCADE") == LOCKED
        assert _refusal("owner", "SET session_replication_role = replica; DELETE FROM carehub_formedition") in (LOCKED, NO_PRIVILEGE)
        assert _refusal("default", "TRUNCATE carehub_paperform") == NO_PRIVILEGE


def _refusal(alias: str, statement: str) -> str:
    with pytest.raises(DatabaseError) as refused, transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(statement)
    return refused.value.__cause__.pgcode


def test_one_draft_of_a_form_and_each_number_once(administrator):
    with context.acting(administrator):
        add(administrator)
        draft = now(administrator).draft
        for number in (2, draft.number):
            with pytest.raises(IntegrityError), transaction.atomic():
                FormEdition.objects.create(
                    partnership_id=administrator.partnership_id,
                    form="triage",
                    form_version=1,
                    number=number,
                    changed_at=clock.now(),
                    changed_by=administrator.person,
                )


# --- What it costs -----------------------------------------------------------------------------------------------------------


def test_it_costs_one_query_at_most(published):
    administrator, _edition = published
    of = administrator.partnership_id
    with context.acting(administrator):
        form_editions.form_for(of, "triage")
    with context.acting(administrator):
        with at_most(1):
            assert form_editions.form_for(of, "triage").edition == 1
        with at_most(0):
            form_editions.form_as_recorded(of, "triage", 1, 1)
        with at_most(0):
            form_editions.form_as_recorded(of, "triage", 1, 0)


def test_what_was_rolled_back_is_not_remembered(committed):
    administrator = factories.actor(role="administrator")
    of = administrator.partnership_id
    with context.acting(administrator):
        with pytest.raises(RuntimeError), transaction.atomic():
            add(administrator)
            publish(administrator)
            assert form_editions.form_for(of, "triage").edition == 1
            raise RuntimeError
        assert form_editions.form_for(of, "triage").edition == 0
        add(administrator, text="How are your gums?")
        publish(administrator)
        asked = form_editions.form_for(of, "triage")
    assert [each.text for each in asked.questions if each.id.startswith("local-")] == ["How are your gums?"]


def test_the_tables_name_no_client(db):
    for model in (FormEdition, PaperForm):
        with connection.cursor() as cursor:
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [model._meta.db_table])
            assert not [name for (name,) in cursor.fetchall() if "client" in name]
