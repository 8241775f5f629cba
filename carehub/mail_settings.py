"""The mail server, read from the environment: a password and a mail leave this machine under TLS, or not at all."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from carehub.environment import Environment, on_this_machine

_SAYS = "CAREHUB_MAIL_URL: "
_EXAMPLE = "smtp://user:password@mail.example.org:587"


@dataclass(frozen=True)
class MailServer:
    """As Django's settings EMAIL_… want it. Under TLS Django checks the server's certificate and name, and says nothing before."""

    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    #: TLS from the first byte (RFC 8314), or asked for with STARTTLS before anything else is said (RFC 3207). Never both.
    tls_at_once: bool = False
    starttls: bool = False
    backend: str = "django.core.mail.backends.smtp.EmailBackend"


#: Nobody is written to: mails are files.
FILES = MailServer(backend="django.core.mail.backends.filebased.EmailBackend")


def read(env: Environment, *, in_earnest: bool) -> MailServer:
    address = env.text("CAREHUB_MAIL_URL", "")
    if not address:
        return FILES
    # What is wrong is said without the address: it holds a password.
    parts = urlsplit(address)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise SystemExit(f"{_SAYS}its port is no number. An address looks like {_EXAMPLE}.") from None
    if parts.scheme not in ("smtp", "smtps", "smtp+plain"):
        raise SystemExit(f"{_SAYS}'{parts.scheme}' is not known. It begins with smtp:// or smtps://, for example {_EXAMPLE}.")
    if not host:
        raise SystemExit(f"{_SAYS}it names no server. An address looks like {_EXAMPLE}.")
    nearby = on_this_machine(host)
    if parts.scheme == "smtp+plain" and in_earnest and not nearby:
        raise SystemExit(f"{_SAYS}smtp+plain:// would send passwords and mails unencrypted to another machine. Use smtp:// or smtps://.")
    at_once = parts.scheme == "smtps"
    starttls = parts.scheme == "smtp" and not nearby
    return MailServer(
        host=host,
        port=port or (465 if at_once else 587 if starttls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls_at_once=at_once,
        starttls=starttls,
    )
