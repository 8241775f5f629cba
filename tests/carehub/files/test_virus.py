"""ClamAV is asked where it is configured; what it finds, and what it cannot say, is refused. Spoken to over a real socket."""

import io
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from carehub.files.pipeline import accept
from carehub.files.refusals import Refused

#: The test file that every scanner knows; in two halves, so that this one is not taken for it.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-" + b"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Daemon(threading.Thread):
    """Speaks clamd's INSTREAM: takes the chunks, looks for EICAR, answers in its words (or as ``says``)."""

    def __init__(self, says: bytes = b"") -> None:
        super().__init__(daemon=True)
        self.says, self.heard = says, b""
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self.socket.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                connection, _peer = self.socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.readline() == b"nINSTREAM\n"
                self.heard = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    self.heard += stream.read(size)
                found = b"stream: Eicar-Test-Signature FOUND\n" if EICAR in self.heard else b"stream: OK\n"
                connection.sendall(self.says or found)


@pytest.fixture
def daemon(settings) -> Iterator[Daemon]:
    running = Daemon()
    running.start()
    settings.CLAMAV = running.address
    yield running
    running.socket.close()


def picture(more: bytes = b"") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "PNG")
    return SimpleUploadedFile("scan.png", out.getvalue() + more)


def test_what_is_clean_is_taken_and_was_read_whole(daemon):
    upload = picture()
    whole = upload.read()
    upload.seek(0)
    assert accept(upload, purpose="scan").content_type == "image/png"
    assert daemon.heard == whole


def test_what_it_finds_is_refused_before_anything_is_decoded(daemon, monkeypatch):
    monkeypatch.setattr("carehub.files.pipeline.clean_apart", lambda *_what, **_how: pytest.fail("it was decoded"))
    with pytest.raises(Refused) as no:
        accept(picture(EICAR), purpose="scan")
    assert no.value.code == "virus"
    assert "Eicar" not in no.value.reason


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\n", b"stream: Can't allocate memory ERROR\n", b"what?\n", b"\n"])
def test_an_answer_that_is_none_is_refused(daemon, says):
    daemon.says = says
    with pytest.raises(Refused) as no:
        accept(picture(), purpose="scan")
    assert no.value.code == "not-checked"


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_configured_and_down_is_refused(settings, address):
    settings.CLAMAV = address
    with pytest.raises(Refused) as no:
        accept(picture(), purpose="scan")
    assert no.value.code == "not-checked"


def test_where_none_is_configured_nothing_is_asked(settings):
    assert settings.CLAMAV == ""
    assert accept(picture(), purpose="scan").pages == 1
