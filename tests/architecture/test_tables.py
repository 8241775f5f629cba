"""Every table with client data stands behind both walls; asked of the models and of the database alike."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from tests.architecture.source import APPS, ROOT

#: Tables without client data, and what they hold. A new table stands behind row security or on this list.
OPEN = {
    "carehub_partnership": "organisations",
    "carehub_agency": "organisations",
    "carehub_person": "staff",
    "carehub_membership": "staff",
    "carehub_membershipevent": "earlier states of memberships",
    "carehub_job": "keys of work to be done; the worker sees every partnership's",
    "carehub_outgoingmail": "mail to staff, which names no client",
    "carehub_documentcheck": "random tokens for the check page",
    "carehub_cache": "Django's cache",
    "carehub_session": "sessions of staff",
    "mfa_authenticator": "second factors of staff, their secrets encrypted",
    "socialaccount_socialaccount": "which account of the organisation's sign-in is whose",
    "socialaccount_socialapp": "allauth's, not used: the provider stands in the settings",
    "socialaccount_socialtoken": "allauth's, not used: no token is kept",
    "django_content_type": "Django's list of models",
    "django_migrations": "Django's list of migrations",
    "auth_permission": "Django's, not used",
    "auth_group": "Django's, not used",
    "auth_group_permissions": "Django's, not used",
    "pghistory_context": "pghistory's own, not used: each earlier state carries its context itself",
    "account_emailaddress": "staff",
    "account_emailconfirmation": "staff",
}
OURS = [model for app in APPS for model in apps.get_app_config(app).get_models()]
HISTORIES = {model for model in OURS if hasattr(model, "pgh_tracked_model")}
CLIENT_MODELS = [
    model
    for model in OURS
    if model._meta.label in ("clients.Client", "clients.ClientEvent") or "client_id" in {field.attname for field in model._meta.fields}
]


def ask(statement: str, *parameters) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@pytest.mark.parametrize("model", CLIENT_MODELS, ids=lambda model: model._meta.label)
def test_a_model_with_client_data(db, model):
    table = model._meta.db_table
    assert "partnership_id" in {field.attname for field in model._meta.fields}, "its policy begins with the partnership"
    if model not in HISTORIES:
        assert callable(getattr(model.objects.all(), "visible_to", None)), "pages reach it through visible_to(actor)"
        assert model._meta.pk.get_internal_type() == "UUIDField", "keys are made in Python"
    ((on, forced),) = ask("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table)
    assert on
    assert forced
    policies = ask(
        "SELECT unnest(roles)::text, cmd, coalesce(qual, ''), coalesce(with_check, '') FROM pg_policies WHERE tablename = %s", table
    )
    assert ("carehub_owner", "ALL", "true", "true") in policies, "the owner's data migrations would silently change nothing"
    of_app = [(command, using, checking) for role, command, using, checking in policies if role == "carehub_app"]
    assert {command for command, _, _ in of_app} & {"ALL", "SELECT"}
    for command, using, _ in of_app:
        if command in ("ALL", "SELECT", "UPDATE"):
            assert using.replace("(", "").startswith("partnership_id =") or "(partnership_id = " in using, (
                f"{command}: the partnership comes first"
            )
            assert "current_setting" in using
    assert {role for role, *_ in policies} <= {"carehub_app", "carehub_owner"}


#: Functions that look past row security, and what little they say.
ASKED_AS_OWNER = {
    "clients_to_open": "the key of the one client with exactly this reference, or name and date of birth, before a record is opened",
    "clients_open_drafts": "how many drafts are open on each edition of a form, in the acting partnership: numbers alone",
    "carehub_treats": "yes or no: does the acting agency treat this client? The table of grants cannot ask itself.",
}


def test_every_table_is_decided_about(db):
    tables = {name for (name,) in ask("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")}
    behind = {
        name for (name,) in ask("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity AND relkind IN ('r', 'p')")
    }
    assert not tables - behind - OPEN.keys(), "behind row security, or on the list with what it holds"
    assert not behind & OPEN.keys()
    assert OPEN.keys() <= tables, f"gone: {OPEN.keys() - tables}"


def test_no_table_of_the_list_names_a_client(db):
    # 'client_id' of allauth's table is the number of a registration with a provider.
    tables = [name for name in OPEN if name != "socialaccount_socialapp"]
    named = ask("SELECT table_name FROM information_schema.columns WHERE column_name LIKE '%%client%%' AND table_name = ANY(%s)", tables)
    assert not named


def test_no_view_and_no_function_looks_past_row_security(db):
    assert not ask("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace")
    found = ask("SELECT proname, proconfig, prosrc FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace")
    assert {name for name, _config, _body in found} == ASKED_AS_OWNER.keys(), "SECURITY DEFINER"
    for name, config, body in found:
        assert config == ["search_path=pg_catalog, public"], name
        assert "current_setting('carehub.partnership'" in body, f"{name} answers for the acting partnership alone"


def test_locks_and_logs_are_always_on(db):
    ours = ask("SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal AND tgname !~ '^pgtrigger_'")
    assert ours
    assert not [row for row in ours if row[2] != "A"], "ENABLE ALWAYS: session_replication_role would switch it off"


def test_pgtrigger_guards_nothing(db):
    """Its triggers can be switched off with one set_config: they may write earlier states, and lock nothing."""
    bodies = ask("SELECT p.proname, p.prosrc FROM pg_proc p WHERE p.proname ~ '^pgtrigger_' AND p.pronamespace = 'public'::regnamespace")
    assert not [name for name, body in bodies if "RAISE" in body.replace("RAISE NOTICE", "")]


def test_a_row_of_a_client_is_found_by_the_client(db):
    """Without an index on it, each look at one client reads the whole table."""
    indexed_first = (
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indrelid = %s::regclass"
    )
    missing = []
    for model in CLIENT_MODELS:
        if model in HISTORIES or model._meta.label == "clients.Client":
            continue
        table = model._meta.db_table
        first = {name for (name,) in ask(indexed_first, table)}
        if not first & {"client_id", "person_id"}:
            missing.append(table)
    assert not missing


def test_migrations_are_complete(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("app", APPS)
def test_one_migration_an_app_until_the_first_release(app):
    assert {path.name for path in (ROOT / app / "migrations").glob("[0-9]*.py")} <= {"0001_initial.py"}
