"""The cache, in a table and in Redis: it keeps counts of tries and used codes, holds JSON, and is closed to others."""

import base64
import pickle
import re
import subprocess
import threading

import pytest
import yaml
from django.core.cache import caches
from django.db import connection
from django.test import override_settings

from carehub import redis_settings
from carehub.embedded.folders import ROOT
from carehub.environment import Environment
from tests import working

PASSWORD = "5e1f0c4a-only-for-this-test"


class RedisServer:
    """A real one, started and addressed as docker-compose.yml says, with this test's password and port filled in."""

    def __init__(self, folder) -> None:
        services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
        self.port = working.free_port()
        program, *words = services["redis"]["command"]
        assert program == "redis-server"
        command = [working.redis_server(), *map(self.filled, words)]
        self.broker = self.filled(services["web"]["environment"]["CAREHUB_BROKER_URL"])
        self.cache = self.filled(services["web"]["environment"]["CAREHUB_CACHE_URL"])
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(folder)], stdout=subprocess.DEVNULL
        )
        working.wait_for(self.answers, what="redis-server")

    def filled(self, text: str) -> str:
        return re.sub(r"\$\{REDIS_PASSWORD[^}]*\}", PASSWORD, text).replace("@redis:6379/", f"@127.0.0.1:{self.port}/")

    def answers(self, password: str = PASSWORD) -> bool:
        import redis

        try:
            with redis.Redis(port=self.port, password=password, socket_connect_timeout=0.2) as client:
                return client.ping()
        except redis.AuthenticationError:
            raise
        except redis.ConnectionError:
            return False

    def end(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory):
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.end()


@pytest.fixture(params=["table", "redis"])
def cache(request, monkeypatch):
    address = "" if request.param == "table" else request.getfixturevalue("redis_server").cache
    request.getfixturevalue("committed")
    monkeypatch.setenv("CAREHUB_CACHE_URL", address)
    with override_settings(CACHES={"default": redis_settings.cache(Environment(), in_earnest=True)}):
        caches["default"].clear()
        yield caches["default"]
        caches["default"].close()


# --- What it does -------------------------------------------------------------------------------------------------------


def test_it_keeps_what_allauth_and_we_keep(cache):
    for value in (True, 0, 17, 1.5, "y", [1764381600.25, 1764381599.5], {"keys": [{"kid": "one"}]}, None):
        cache.set("one", value, 60)
        assert cache.get("one", "nothing") == value
        assert cache.get_many(["one", "two"]) == {"one": value}
    assert cache.has_key("one")
    assert cache.delete("one")
    assert cache.get("one", []) == []
    assert not cache.has_key("one")


def test_a_code_is_used_once_whatever_comes_at_the_same_time(cache):
    begin, answers = threading.Barrier(4), []

    def use() -> None:
        begin.wait()
        try:
            answers.append(cache.add("code", True, 60))
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(answers) == [False, False, False, True]


def test_what_has_run_out_is_gone_and_its_place_is_free(cache):
    cache.set("one", "old", 0)
    assert cache.get("one") is None
    assert cache.add("one", "new", 60)
    assert not cache.add("one", "newer", 60)
    assert cache.get("one") == "new"
    cache.set("one", "kept", 60)
    assert cache.touch("one", 0)
    assert cache.get("one") is None
    assert not cache.touch("never", 60)
    cache.set("for-ever", 1, None)
    assert cache.incr("for-ever") == 2


def test_a_full_table_lets_go_of_what_has_run_out_first(committed):
    chosen = redis_settings.cache(Environment(), in_earnest=False) | {"OPTIONS": {"MAX_ENTRIES": 5}}
    with override_settings(CACHES={"default": chosen}):
        cache = caches["default"]
        for number in range(6):
            cache.set(f"old-{number}", number, 0)
        cache.set("kept", 1, 60)
        with connection.cursor() as cursor:
            cursor.execute("SELECT array_agg(cache_key) FROM carehub_cache")
            assert cursor.fetchone()[0] == [":1:kept"]


# --- What it refuses ----------------------------------------------------------------------------------------------------


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("what lay in the cache was run",))


def test_what_somebody_else_put_there_is_not_run(cache, request):
    planted = pickle.dumps(Bomb())
    if "table" in request.node.name:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO carehub_cache VALUES (':1:planted', %s, now() + interval '1 hour')", [base64.b64encode(planted).decode()]
            )
    else:
        cache._cache.get_client().set(":1:planted", planted)
    with pytest.raises(ValueError, match="(?i)json|codec|expecting|decode"):
        cache.get("planted")


def test_what_is_no_json_is_not_taken(cache):
    with pytest.raises(TypeError):
        cache.set("one", Bomb(), 60)


def test_redis_as_docker_compose_starts_it_asks_for_the_password(redis_server):
    import redis

    with pytest.raises(redis.AuthenticationError):
        redis_server.answers(password="")
    with pytest.raises(redis.AuthenticationError):
        redis_server.answers(password="guessed")
    from kombu import Connection

    with Connection(redis_server.broker) as broker:
        broker.ensure_connection(max_retries=1, timeout=2)


def test_the_password_comes_from_outside_alone():
    text = (ROOT / "docker-compose.yml").read_text()
    services = yaml.safe_load(text)["services"]
    assert "${REDIS_PASSWORD:?" in text
    assert "${REDIS_PASSWORD:-" not in text
    assert services["redis"]["environment"] == {"REDISCLI_AUTH": "${REDIS_PASSWORD}"}
    assert "ports" not in services["redis"]
    for name in ("setup", "web", "worker", "beat"):
        for variable in ("CAREHUB_BROKER_URL", "CAREHUB_CACHE_URL"):
            assert services[name]["environment"][variable].startswith("redis://:${REDIS_PASSWORD")


# --- Which addresses ----------------------------------------------------------------------------------------------------


@pytest.fixture(params=["CAREHUB_BROKER_URL", "CAREHUB_CACHE_URL"])
def read(request, monkeypatch):
    def reading(address: str, *, in_earnest: bool = True) -> str:
        monkeypatch.setenv(request.param, address)
        if request.param == "CAREHUB_BROKER_URL":
            return redis_settings.broker(Environment(), in_earnest=in_earnest)
        return redis_settings.cache(Environment(), in_earnest=in_earnest)["LOCATION"]

    return reading


NEAR_OR_CLOSED = (
    "redis://:hush@redis:6379/0",
    "redis://carehub:hush@10.0.0.7/1",
    "redis://localhost:6379/0",
    "redis://127.0.0.1/0",
    "unix:///run/redis.sock",
)


@pytest.mark.parametrize("address", NEAR_OR_CLOSED)
def test_with_a_password_or_on_this_machine(read, address):
    assert read(address) == address


@pytest.mark.parametrize("address", ["redis://redis:6379/0", "redis://carehub@redis/0", "redis://:@redis/0", "rediss://redis/0"])
def test_without_a_password_on_another_machine(read, address):
    with pytest.raises(SystemExit, match="names a Redis on another machine without a password"):
        read(address)
    assert read(address, in_earnest=False).startswith(address)


def test_under_tls_the_certificate_is_checked(read):
    assert read("rediss://:hush@r.example.org/0") == "rediss://:hush@r.example.org/0?ssl_cert_reqs=required"
    with_ours = "rediss://r.example.org/0?ssl_certfile=/ours.pem&ssl_keyfile=/ours.key"
    assert read(with_ours) == f"{with_ours}&ssl_cert_reqs=required"
    with pytest.raises(SystemExit, match="switches the check of the certificate off") as stopped:
        read("rediss://:hush@r.example.org/0?ssl_cert_reqs=none")
    assert "hush" not in str(stopped.value)


def test_the_libraries_do_check_it_then(monkeypatch):
    import ssl

    from kombu import Connection
    from redis.connection import parse_url

    monkeypatch.setenv("CAREHUB_BROKER_URL", "rediss://:hush@r.example.org/0")
    address = redis_settings.broker(Environment(), in_earnest=True)
    assert Connection(address).ssl == {"ssl_cert_reqs": ssl.CERT_REQUIRED}
    assert parse_url(address)["ssl_cert_reqs"] == "required"


def test_what_is_no_redis(read):
    with pytest.raises(SystemExit, match="'amqp' is not known") as stopped:
        read("amqp://u:hush@redis/0")
    assert "hush" not in str(stopped.value)
