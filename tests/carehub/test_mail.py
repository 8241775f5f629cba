"""Mail to staff leaves this machine under TLS or not at all, and what cannot be sent waits."""

import socket
import ssl
from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.test import override_settings

from carehub import clock, context, jobs, mail, mail_settings
from carehub.environment import Environment, on_this_machine
from carehub.models import Job, OutgoingMail
from tests import factories
from tests.carehub.smtp_server import certificate, serving
from tests.carehub.test_environment import EARNEST, started

HOST = "mail.example.org"


def read(monkeypatch, address: str, *, in_earnest: bool = True) -> mail_settings.MailServer:
    monkeypatch.setenv("CAREHUB_MAIL_URL", address)
    return mail_settings.read(Environment(), in_earnest=in_earnest)


# --- What an address means ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "host", "port", "tls_at_once", "starttls"),
    [
        ("smtps://mail.example.org", HOST, 465, True, False),
        ("smtps://localhost:4650", "localhost", 4650, True, False),
        ("smtp://mail.example.org", HOST, 587, False, True),
        ("smtp://mail.example.org:25", HOST, 25, False, True),
        ("smtp://10.0.0.7", "10.0.0.7", 587, False, True),
        ("smtp://localhost", "localhost", 25, False, False),
        ("smtp://127.0.0.2:2525", "127.0.0.2", 2525, False, False),
        ("smtp://[::1]", "::1", 25, False, False),
        ("smtp+plain://localhost", "localhost", 25, False, False),
        # Only a name: who answers to it decides somebody else.
        ("smtp://localhost.example.org", "localhost.example.org", 587, False, True),
    ],
)
def test_tls_unless_it_stays_on_this_machine(monkeypatch, address, host, port, tls_at_once, starttls):
    said = read(monkeypatch, address)
    assert (said.host, said.port, said.tls_at_once, said.starttls) == (host, port, tls_at_once, starttls)
    assert "smtp" in said.backend


def test_name_and_password(monkeypatch):
    said = read(monkeypatch, "smtp://care%40hub:p%2Fss%3Aword@mail.example.org")
    assert (said.user, said.password) == ("care@hub", "p/ss:word")
    assert "word" not in repr(said)


def test_without_an_address_mails_are_files(monkeypatch):
    assert "filebased" in read(monkeypatch, "").backend


def test_plain_to_another_machine_only_outright_and_never_in_earnest(monkeypatch):
    said = read(monkeypatch, "smtp+plain://mail.example.org", in_earnest=False)
    assert (said.tls_at_once, said.starttls) == (False, False)
    with pytest.raises(SystemExit, match="would send passwords and mails unencrypted"):
        read(monkeypatch, "smtp+plain://user:hush@mail.example.org")


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://u:hush@mail.example.org", "'http' is not known"),
        ("mail.example.org:587", "is not known"),
        ("SMTPX://u:hush@mail.example.org", "'smtpx' is not known"),
        ("smtp://u:hush@", "names no server"),
        ("smtp://u:hush@mail.example.org:mail", "port is no number"),
        ("smtp://u:hush@mail.example.org:99999", "port is no number"),
    ],
)
def test_what_cannot_be_an_address_stops_the_start_and_tells_no_password(monkeypatch, address, sentence):
    with pytest.raises(SystemExit) as stopped:
        read(monkeypatch, address, in_earnest=False)
    assert sentence in str(stopped.value)
    assert "hush" not in str(stopped.value)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine(host):
    assert on_this_machine(host)


@pytest.mark.parametrize("host", ["", None, "0.0.0.0", "10.0.0.1", "localhost.", "127.0.0.1.example.org", "2001:db8::1"])
def test_another_machine(host):
    assert not on_this_machine(host)


def test_settings_in_earnest():
    asked = "from carehub import settings as s; print(s.EMAIL_USE_SSL, s.EMAIL_USE_TLS, s.EMAIL_PORT, s.EMAIL_TIMEOUT)"
    for address, said in (("smtps://u:p@mail.example.org", "True False 465 10"), ("smtp://u:p@mail.example.org", "False True 587 10")):
        assert started("-c", asked, **EARNEST, CAREHUB_MAIL_URL=address).stdout.strip() == said
    ended = started("-c", asked, **EARNEST, CAREHUB_MAIL_URL="smtp+plain://u:hush@mail.example.org")
    assert ended.returncode != 0
    assert ended.stderr.startswith("CAREHUB_MAIL_URL: smtp+plain:// would send")


# --- What is really said to a server ------------------------------------------------------------------------------------


@pytest.fixture
def at_another_machine(monkeypatch):
    """HOST stands for another machine; that its name leads here is known to the socket alone."""
    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *more, **named: real("127.0.0.1" if host == HOST else host, *more, **named))
    # A conversation that fails is left to the collector by smtplib, and its socket with it, which a file of its own keeps open.
    connect, made = socket.create_connection, []
    monkeypatch.setattr(socket, "create_connection", lambda *more, **named: made.append(connect(*more, **named)) or made[-1])
    yield
    for each in made:
        if (handle := each.detach()) >= 0:
            socket.close(handle)


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    file, context = certificate(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return context


def as_settings_say(monkeypatch, scheme: str, port: int) -> override_settings:
    said = read(monkeypatch, f"{scheme}://carehub:hush-hush@{HOST}:{port}")
    return override_settings(
        EMAIL_BACKEND=said.backend,
        EMAIL_HOST=said.host,
        EMAIL_PORT=said.port,
        EMAIL_HOST_USER=said.user,
        EMAIL_HOST_PASSWORD=said.password,
        EMAIL_USE_SSL=said.tls_at_once,
        EMAIL_USE_TLS=said.starttls,
    )


def send(monkeypatch, scheme: str, port: int) -> None:
    with as_settings_say(monkeypatch, scheme, port):
        django_mail.EmailMessage("A review is due", "Sign in and look.", "carehub@example.org", ["worker@example.org"]).send()


def test_with_starttls_nothing_is_said_before_it(monkeypatch, at_another_machine, trusted):
    with serving(starttls=trusted) as server:
        send(monkeypatch, "smtp", server.port)
    assert [line.split(" ")[0].upper() for line in server.in_clear] == ["EHLO", "STARTTLS"]
    assert "carehub hush-hush" in server.under_tls
    assert "Sign in and look." in server.under_tls


def test_with_tls_at_once_nothing_is_in_clear(monkeypatch, at_another_machine, trusted):
    with serving(tls_at_once=trusted) as server:
        send(monkeypatch, "smtps", server.port)
    assert server.in_clear == []
    assert "carehub hush-hush" in server.under_tls
    assert "Sign in and look." in server.under_tls


def said_too_much(server) -> list[str]:
    return [line for line in server.in_clear + server.under_tls if line.split(" ")[0].upper() not in ("EHLO", "STARTTLS", "QUIT")]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_without_tls_gets_nothing(monkeypatch, at_another_machine, trusted, scheme):
    monkeypatch.setattr("django.conf.settings.EMAIL_TIMEOUT", 2)
    with serving() as server, pytest.raises(OSError):
        send(monkeypatch, scheme, server.port)
    # To one that does not speak TLS the beginning of TLS looks like noise.
    assert not [line for line in said_too_much(server) if any(word in line for word in ("hush", "Sign in", "AUTH", "mail FROM", "worker"))]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize("wrong", ["unknown", "of another name"])
def test_a_server_with_a_wrong_certificate_gets_nothing(monkeypatch, at_another_machine, tmp_path, scheme, wrong):
    file, context = certificate(tmp_path, HOST if wrong == "unknown" else "other.example.org")
    if wrong == "of another name":
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    offered = {"smtp": {"starttls": context}, "smtps": {"tls_at_once": context}}[scheme]
    with serving(**offered) as server, pytest.raises(ssl.SSLCertVerificationError):
        send(monkeypatch, scheme, server.port)
    assert said_too_much(server) == []


# --- What cannot be sent waits ------------------------------------------------------------------------------------------


@pytest.fixture
def left(committed, monkeypatch) -> Job:
    """A mail to somebody, left as an action leaves it."""
    monkeypatch.setattr(jobs, "publish", lambda job_id: True)
    who = factories.actor()
    with context.acting(who):
        mail.leave(person=who.person, partnership_id=who.partnership_id, kind="tests.mail", subject="A review is due", body="Sign in.")
    return Job.objects.get(kind="carehub.send_mail")


def test_a_server_without_tls_gets_it_when_it_has_tls(monkeypatch, at_another_machine, trusted, left):
    def do(server) -> str:
        with as_settings_say(monkeypatch, "smtp", server.port):
            return jobs.do_job(str(left.pk))

    with serving() as server:
        assert do(server) == "will be tried again"
    assert said_too_much(server) == []
    assert OutgoingMail.objects.get().sent_at is None
    left.refresh_from_db()
    assert (left.state, left.attempts) == ("waiting", 1)
    assert left.error.startswith("SMTPNotSupportedError at ")

    with serving(starttls=trusted) as server:
        assert do(server) == "done"
        assert do(server) == "nothing to do"
    assert server.under_tls.count("Sign in.") == 1
    assert OutgoingMail.objects.get().sent_at is not None


def test_it_waits_out_a_weekend(left):
    """The pauses between the attempts, as the job counts them, come to more than three days; none is longer than an hour."""
    waited = timedelta()
    with override_settings(EMAIL_BACKEND=mail_settings.MailServer.backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=1):
        for _ in range(mail.MOST_ATTEMPTS - 1):
            assert jobs.do_job(str(left.pk)) == "will be tried again"
            left.refresh_from_db()
            pause = left.not_before - clock.now()
            assert pause <= timedelta(hours=1)
            waited += pause
        assert jobs.do_job(str(left.pk)) == "failed"
    assert timedelta(days=3) < waited < timedelta(days=4)
