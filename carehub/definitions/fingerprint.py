"""A short text that changes whenever a definition's content does.

An assessment stores it. A file that was changed without a new version number is found out by comparing: what was
recorded on it could otherwise be shown with words that nobody had asked.
"""

import dataclasses
import datetime as dt
import hashlib
import json
from typing import Any

from carehub.definitions.schema import Definition


def fingerprint(definition: Definition) -> str:
    """SHA-256, as 64 hexadecimal digits, of everything that the definition says.

    Keys that stand at their default do not count, so that a new key in a later release of CareHub changes no old form.
    """
    content = json.dumps(_plain(definition), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {
            item.name: _plain(mine)
            for item in dataclasses.fields(value)
            if item.init and not _same(mine := getattr(value, item.name), item.default)
        }
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def _same(value: Any, default: Any) -> bool:
    # 0, False and 0.0 are equal in Python and are not the same thing here.
    return type(value) is type(default) and value == default
