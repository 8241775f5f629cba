"""The organisation's own sign-in (an OpenID Connect provider), read from the environment. Off unless an issuer is named."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from carehub.environment import Environment, on_this_machine


@dataclass(frozen=True)
class OpenID:
    issuer: str
    client_id: str
    client_secret: str
    #: On the button: 'Sign in with …'.
    name: str
    #: It asks for a second factor itself, each time: ours is then not asked for.
    second_factor: bool = False
    #: Every address it gives is the person's own, though it does not say 'email_verified'.
    verified_emails: bool = False


def read(env: Environment) -> OpenID | None:
    issuer = env.text("CAREHUB_OPENID_ISSUER", "")
    if not issuer:
        return None
    if not safe(issuer):
        raise SystemExit(f"CAREHUB_OPENID_ISSUER is '{issuer}': it must start with https://, as the provider's own pages say it.")
    return OpenID(
        issuer=issuer,
        client_id=env.required("CAREHUB_OPENID_CLIENT_ID", "carehub"),
        client_secret=env.required("CAREHUB_OPENID_CLIENT_SECRET", "…"),
        name=env.text("CAREHUB_OPENID_NAME", "your organisation’s account"),
        second_factor=env.flag("CAREHUB_OPENID_SECOND_FACTOR"),
        verified_emails=env.flag("CAREHUB_OPENID_VERIFIED_EMAILS"),
    )


def safe(address: object) -> bool:
    """TLS, or this machine itself."""
    parts = urlsplit(str(address))
    return parts.scheme == "https" or (parts.scheme == "http" and on_this_machine(parts.hostname))
