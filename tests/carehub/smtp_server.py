"""A small mail server for tests: SMTP on this machine, with or without TLS; what was said before TLS and after it is kept apart."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *, starttls: ssl.SSLContext | None, tls_at_once: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.starttls, self.tls_at_once = starttls, tls_at_once
        self.port = self.server_address[1]
        #: Lines, as they came; of a sign-in the words in clear.
        self.in_clear: list[str] = []
        self.under_tls: list[str] = []

    def handle_error(self, request, client_address) -> None:
        """Whoever hangs up, or does not like the certificate, is no failure of the server's."""


class _Conversation(socketserver.BaseRequestHandler):
    server: MailServer

    def setup(self) -> None:
        self.channel, self.said, self.heard = self.request, self.server.in_clear, self.request.makefile("rb")

    def handle(self) -> None:
        if self.server.tls_at_once:
            self.secure(self.server.tls_at_once)
        self.say("220 test ready")
        while (line := self.line()) is not None:
            word = line.split(" ")[0].upper()
            if word == "EHLO":
                offers = [] if self.said is self.server.under_tls or not self.server.starttls else ["STARTTLS"]
                lines = ["test", *offers, "AUTH PLAIN"]
                for number, each in enumerate(lines, 1):
                    self.say(f"250{' ' if number == len(lines) else '-'}{each}")
            elif word == "STARTTLS":
                self.say("220 go on")
                self.secure(self.server.starttls)
            elif word == "AUTH":
                self.said.append(base64.b64decode(line.split(" ")[2]).decode().replace("\0", " ").strip())
                self.say("235 welcome")
            elif word == "DATA":
                self.say("354 go on")
                while self.line() not in (".", None):
                    pass
                self.say("250 taken")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 well")

    def finish(self) -> None:
        self.heard.close()
        self.channel.close()

    def secure(self, context: ssl.SSLContext | None) -> None:
        assert context
        self.heard.close()
        self.channel = context.wrap_socket(self.request, server_side=True)
        self.said, self.heard = self.server.under_tls, self.channel.makefile("rb")

    def say(self, line: str) -> None:
        self.channel.sendall(f"{line}\r\n".encode())

    def line(self) -> str | None:
        """None when the other side has hung up."""
        came = self.heard.readline()
        if not came:
            return None
        line = came.decode(errors="replace").rstrip("\r\n")
        self.said.append(line)
        return line


@contextmanager
def serving(*, starttls: ssl.SSLContext | None = None, tls_at_once: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    with MailServer(starttls=starttls, tls_at_once=tls_at_once) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def certificate(folder: Path, host: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate for ``host`` that vouches for itself: its file, for whoever is to trust it, and the server's side."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file = folder / f"{host}.key"
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key_file)
    return file, context
