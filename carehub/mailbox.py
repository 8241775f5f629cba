"""Reads back the mails that the demonstration wrote to files instead of sending them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

#: Django's file backend writes this line after each message of a file.
_BETWEEN = b"\n" + b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Mail:
    """One mail as it would have gone out. ``at`` is the machine's own time, not the demonstration's clock."""

    at: datetime | None
    to: str
    subject: str
    body: str


def newest_mails(folder: Path, most: int = 50) -> list[Mail]:
    """The newest mails in ``folder``, the newest first; no folder, no mails."""
    if not folder.is_dir():
        return []
    files = sorted(folder.glob("*.log"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    # Two connections of one second may write into one file: the files are nearly in order, the mails' own stamps are.
    found = [stamped for file in files[:most] for stamped in _mails_in(file.read_bytes())]
    found.sort(key=lambda stamped: stamped[0], reverse=True)
    return [mail for _stamp, mail in found[:most]]


def _mails_in(content: bytes) -> Iterator[tuple[tuple[int, int], Mail]]:
    """Each mail with what it is ordered by: the hundredths of a second that its identifier begins with, its place in the file."""
    for place, part in enumerate(content.split(_BETWEEN)):
        if not part.strip():
            continue
        message = BytesParser(policy=policy.default).parsebytes(part.lstrip(b"\n"))
        body = message.get_body(preferencelist=("plain",))
        stamp = re.match(r"<(\d+)\.", str(message["Message-ID"] or ""))
        yield (
            (int(stamp[1]) if stamp else 0, place),
            Mail(
                parsedate_to_datetime(str(message["Date"])) if message["Date"] else None,
                str(message["To"] or ""),
                str(message["Subject"] or ""),
                body.get_content().strip() if body else "",
            ),
        )
