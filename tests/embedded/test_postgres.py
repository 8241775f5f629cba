"""The embedded server on real processes: killed, moved, doubled, and what its roles may do."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2
import pytest

from carehub.embedded.folders import ELSEWHERE, server_account
from tests.embedded.conftest import alive, at_work_on, until

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="about what root does; an ordinary user's server runs as that user")


def test_it_comes_up_on_a_socket_alone_and_asks_everybody_for_a_password(start, open_folder):
    keeper = start(open_folder / "var")

    assert keeper.ask("SHOW listen_addresses") == [("",)]
    assert keeper.ask("SHOW fsync") == [("on",)]
    assert keeper.ask("SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database WHERE datname = 'carehub'") == [
        ("UTF8", "b", "C.UTF-8")
    ]
    for user in ("carehub_app", "carehub_owner", "carehub_bootstrap"):
        with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
            psycopg2.connect(host=keeper.told["socket"], user=user, password="guessed", dbname="carehub")
    kept = open_folder / "var" / "database-passwords.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert Path(keeper.told["data"]).stat().st_mode & 0o777 == 0o700
    assert not [path for path in (open_folder / "var").rglob("*") if path.name == "bootstrap-password"]


def test_the_roles_can_do_what_they_are_for_and_no_more(start, open_folder):
    keeper = start(open_folder / "var")
    rows = keeper.ask(
        "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolinherit, rolcanlogin FROM pg_roles "
        "WHERE rolname LIKE 'carehub%%' AND rolname <> 'carehub_bootstrap' ORDER BY 1"
    )
    assert rows == [
        ("carehub_app", False, False, False, False, False, True),
        ("carehub_commissioner", False, False, False, False, False, False),
        ("carehub_owner", False, False, False, False, True, True),
    ]
    keeper.ask("CREATE EXTENSION pg_trgm", role="owner")
    keeper.ask("CREATE TABLE note (id serial PRIMARY KEY, words text)", role="owner")
    keeper.ask(
        "CREATE TABLE figure (n int); REVOKE ALL ON figure FROM carehub_app; GRANT SELECT ON figure TO carehub_commissioner", role="owner"
    )
    keeper.ask("INSERT INTO note (words) VALUES ('one')")
    keeper.ask("UPDATE note SET words = 'two'")
    assert keeper.ask("SELECT words FROM note") == [("two",)]
    keeper.ask("DELETE FROM note")
    for refused in (
        "TRUNCATE note",
        "CREATE TABLE mine (n int)",
        "CREATE TEMP TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "ALTER TABLE note DISABLE TRIGGER ALL",
        "ALTER TABLE note DISABLE ROW LEVEL SECURITY",
        "DROP TABLE note",
        "SELECT * FROM figure",
        "SET ROLE carehub_owner",
        "COPY note FROM PROGRAM 'true'",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            keeper.ask(refused)
    assert keeper.ask("SET ROLE carehub_commissioner; SELECT count(*) FROM figure") == [(0,)]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        keeper.ask("SET ROLE carehub_commissioner; SELECT * FROM note")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        keeper.ask("CREATE DATABASE mine", role="owner")


def test_kill_9_of_the_launcher_leaves_no_process_and_the_next_start_has_the_data(start, open_folder):
    var = open_folder / "var"
    first = start(var)
    first.ask("CREATE TABLE note (words text)", role="owner")
    first.ask("INSERT INTO note VALUES ('kept')")
    busy = first.connect()
    first.kill()
    until(lambda: not at_work_on(first.told["data"]), seconds=10, what="all gone")
    busy.close()

    assert start(var).ask("SELECT words FROM note") == [("kept",)]


def test_the_next_start_waits_for_what_the_last_one_left_behind(start, open_folder):
    """No pause between the kill and the next start: the old server may still be writing its checkpoint."""
    var = open_folder / "var"
    first = start(var)
    first.ask("CREATE TABLE note (words text)", role="owner")
    first.kill()

    assert start(var).ask("SELECT count(*) FROM note") == [(0,)]


def test_a_killed_server_comes_back_with_everything_it_had_acknowledged(start, open_folder):
    keeper = start(open_folder / "var")
    keeper.ask("CREATE TABLE note (n int)", role="owner")
    acknowledged = 0
    connection = keeper.connect()
    with connection.cursor() as cursor:
        for number in range(50):
            cursor.execute("INSERT INTO note VALUES (%s)", [number])
            acknowledged += 1
    os.kill(int(keeper.told["server"]), signal.SIGKILL)
    connection.close()

    def answers() -> bool:
        try:
            return keeper.ask("SELECT count(*) FROM note") == [(acknowledged,)]
        except psycopg2.OperationalError:
            return False

    until(answers, seconds=30, what="the server is back with its rows")


def test_a_lock_file_whose_number_has_passed_to_a_stranger_does_not_block(start, open_folder):
    var = open_folder / "var"
    first = start(var)
    data = Path(first.told["data"])
    first.ask("CREATE TABLE note (words text)", role="owner")
    lock = (data / "postmaster.pid").read_text().splitlines()
    first.stop()
    account = server_account(var, data)
    drop = {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **drop)
    try:
        (data / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lock[1:]]) + "\n")
        assert start(var).ask("SELECT count(*) FROM note") == [(0,)]
        assert alive(stranger.pid)
    finally:
        stranger.kill()
        stranger.wait()


def test_a_second_launcher_on_the_same_folder_is_refused_and_disturbs_nothing(start, open_folder):
    first = start(open_folder / "var")
    said = start(open_folder / "var").refusal()

    assert said.strip().splitlines() == [
        f"CareHub is already running on {open_folder / 'var'} (process {first.process.pid}). Stop it, or give another data folder: "
        "CAREHUB_VAR=/some/folder."
    ]
    assert first.ask("SELECT 1") == [(1,)]


def test_two_copies_do_not_disturb_each_other(start, open_folder):
    one, two = start(open_folder / "one"), start(open_folder / "two")
    one.ask("CREATE TABLE only_here (n int)", role="owner")

    assert two.ask("SELECT to_regclass('only_here') IS NULL") == [(True,)]
    assert one.told["DATABASE_URL"] != two.told["DATABASE_URL"]
    one.stop()
    assert two.ask("SELECT 1") == [(1,)]


def test_an_interrupted_making_starts_over(start, open_folder):
    var = open_folder / "var"
    first = start(var)
    data = Path(first.told["data"])
    first.stop()
    half = data.with_name("data.half")
    data.rename(half)
    (half / "PG_VERSION").unlink()

    assert start(var).ask("SELECT 1") == [(1,)]
    assert not half.exists()


def test_data_whose_passwords_are_lost_are_set_aside_not_deleted(start, open_folder):
    var = open_folder / "var"
    first = start(var)
    first.stop()
    (var / "database-passwords.json").unlink()

    assert start(var).ask("SELECT 1") == [(1,)]
    assert (Path(first.told["data"]).with_name("data.set-aside-1") / "PG_VERSION").exists()


@pytest.mark.parametrize("name", ["d" * 120, "a, b", 'qu"ote', "sp ace %41 é"])
def test_odd_and_deep_folders(start, open_folder, name):
    keeper = start(open_folder / name / "var")

    assert keeper.ask("SELECT current_user") == [("carehub_app",)]


@root_only
def test_a_home_that_only_root_can_read(start, open_folder):
    """A clone under a 0700 home: data, socket and, where they are there too, binaries live under /var/lib/carehub."""
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    var = closed / "carehub" / "var"
    first = start(var)
    assert Path(first.told["data"]).is_relative_to(ELSEWHERE)
    assert Path(first.told["socket"]).is_relative_to(ELSEWHERE)
    first.ask("CREATE TABLE note (words text)", role="owner")
    first.kill()
    until(lambda: not at_work_on(first.told["data"]), seconds=10, what="all gone")

    again = start(var)
    assert again.ask("SELECT count(*) FROM note") == [(0,)]
    # Opened later, the folder keeps its data where they are.
    again.stop()
    closed.chmod(0o755)
    assert start(var).ask("SELECT count(*) FROM note") == [(0,)]


@root_only
def test_binaries_that_the_server_may_not_reach_are_copied(open_folder):
    from carehub.embedded.folders import Home

    closed = open_folder / "home"
    (closed / "pginstall" / "bin").mkdir(parents=True)
    (closed / "pginstall" / "bin" / "postgres").write_text("program")
    closed.chmod(0o700)
    home = Home(open_folder / "var")
    try:
        copy = home.binaries(closed / "pginstall", "17.0")
        assert copy == home.elsewhere / "postgresql-17.0"
        assert (copy / "bin" / "postgres").read_text() == "program"
        assert home.account
        assert home.account.can_enter(copy / "bin")
    finally:
        shutil.rmtree(home.elsewhere, ignore_errors=True)


@root_only
def test_the_server_never_runs_as_root(start, open_folder):
    keeper = start(open_folder / "var")

    assert Path(f"/proc/{keeper.told['server']}").stat().st_uid != 0
    assert Path(keeper.told["data"]).stat().st_uid == Path(f"/proc/{keeper.told['server']}").stat().st_uid
