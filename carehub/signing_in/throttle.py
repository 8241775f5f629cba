"""How often something may be guessed: counted by name *with* address. By name alone, a stranger could lock the real person out."""

from allauth.core.internal import ratelimit
from django.http import HttpRequest

#: Wrong tries before a quarter of an hour's rest.
BY_NAME_AND_ADDRESS = "10/15m/key"
#: From one address, whatever the names: an office signs in from one.
BY_ADDRESS = "60/m/ip"


def key(request: HttpRequest, name: object) -> str:
    """``name`` with the address of the request (of IPv6, the network: one house has billions of addresses)."""
    return f"{str(name).strip().casefold()} {ratelimit.get_ip(request)}"


def try_once(request: HttpRequest, action: str, name: object = "") -> ratelimit.RateLimitUsage | None:
    """One try more at ``action``, counted before it is known how it ends. None: too many. Roll back what it gives when all was right.

    Without a ``name`` (where nothing can be guessed) the address alone counts.
    """
    return ratelimit.consume(
        request,
        app="allauth.account",
        action=action,
        config={action: f"{BY_NAME_AND_ADDRESS},{BY_ADDRESS}" if name else BY_ADDRESS},
        key=key(request, name),
        limit_get=True,
    )
