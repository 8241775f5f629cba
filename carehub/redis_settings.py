"""Redis, read from the environment: who tells the worker (the broker), and the cache. In earnest, none that anybody may write to."""

from urllib.parse import parse_qs, urlsplit

from carehub.environment import Environment, on_this_machine

#: 'unix' is the cache's word for a socket, 'redis+socket' the broker's.
_REDIS = ("redis", "rediss", "unix", "redis+socket")
#: The broker's for a single machine and for tests; neither leaves the machine.
_WITHOUT_REDIS = ("filesystem", "memory")


def broker(env: Environment, *, in_earnest: bool) -> str:
    return _address("CAREHUB_BROKER_URL", env.text("CAREHUB_BROKER_URL", "filesystem://"), (*_REDIS, *_WITHOUT_REDIS), in_earnest)


def cache(env: Environment, *, in_earnest: bool) -> dict[str, object]:
    """Django's dictionary: Redis where it is named, otherwise a table of the database. Either holds JSON, see carehub.cache."""
    if address := env.text("CAREHUB_CACHE_URL", ""):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": _address("CAREHUB_CACHE_URL", address, _REDIS, in_earnest),
            "OPTIONS": {"serializer": "carehub.cache.Json"},
        }
    return {
        "BACKEND": "carehub.cache.JsonTableCache",
        "LOCATION": "carehub_cache",
        # Django's 300 would let a stranger push the counts of tries out of it.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }


def _address(name: str, address: str, schemes: tuple[str, ...], in_earnest: bool) -> str:
    """``address``, if it may be used. What is wrong is said without it: it holds a password."""
    parts = urlsplit(address)
    if parts.scheme not in schemes:
        raise SystemExit(
            f"{name}: '{parts.scheme}' is not known. It begins with redis:// or rediss://, as in redis://:password@host:6379/0."
        )
    if parts.scheme not in ("redis", "rediss") or on_this_machine(parts.hostname):
        return address
    asked = parse_qs(parts.query)
    known_there = parts.password or (parts.scheme == "rediss" and "ssl_certfile" in asked)
    if in_earnest and not known_there:
        raise SystemExit(
            f"{name} names a Redis on another machine without a password: redis://:password@host:6379/0, or rediss:// for TLS."
        )
    if parts.scheme == "rediss" and asked.get("ssl_cert_reqs", ["required"]) != ["required"]:
        raise SystemExit(f"{name} switches the check of the certificate off: leave 'ssl_cert_reqs' out.")
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in asked:
        # Said outright: the broker's library checks no certificate unless it is asked to.
        address += ("&" if parts.query else "?") + "ssl_cert_reqs=required"
    return address
