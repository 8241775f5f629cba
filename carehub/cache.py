"""The cache holds JSON. Django's own holds pickles, and whoever can write to it could then run code in every process that reads it."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connections, router, transaction

_NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class Json:
    """For Django's cache in Redis. A number stays one that Redis itself can count up."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, data: bytes | int) -> Any:
        return json.loads(data) if isinstance(data, (bytes, str)) else data


class JsonTableCache(DatabaseCache):
    """Django's cache in a table (``createcachetable`` makes it), for PostgreSQL alone: what reads and writes values, anew."""

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        made = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connections[router.db_for_read(self.cache_model_class)].cursor() as cursor:
            cursor.execute(
                f'SELECT cache_key, value FROM "{self._table}" WHERE cache_key = ANY(%s) AND expires > clock_timestamp()',
                [list(made)],
            )
            return {made[key]: json.loads(value) for key, value in cursor.fetchall()}

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """``mode``: 'set', 'add' (only where nothing lives there) or 'touch' (only the time). Whether it was done."""
        lives = self.get_backend_timeout(timeout)
        until = _NEVER if lives is None else datetime.fromtimestamp(lives, UTC)
        database = router.db_for_write(self.cache_model_class)
        with connections[database].cursor() as cursor:
            cursor.execute(f'SELECT count(*), clock_timestamp() FROM "{self._table}"')
            entries, now = cursor.fetchone()
            if entries > self._max_entries:
                self._cull(database, cursor, now, entries)
            try:
                with transaction.atomic(using=database):
                    if mode == "touch":
                        cursor.execute(
                            f'UPDATE "{self._table}" SET expires = %s WHERE cache_key = %s AND expires > clock_timestamp()', [until, key]
                        )
                    else:
                        cursor.execute(
                            f'INSERT INTO "{self._table}" AS here (cache_key, value, expires) VALUES (%s, %s, %s) '
                            "ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires "
                            "WHERE %s OR here.expires <= clock_timestamp()",
                            [key, json.dumps(value), until, mode == "set"],
                        )
                    return cursor.rowcount == 1
            except DatabaseError:
                # Somebody else holds the row for longer than a lock is waited for: theirs counts, as in Django's own.
                return False
