"""Who signed one version of a plan, how and when, and who still has to: for every page that says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from careplans.models import Addendum, PlanVersion, Signature

How, Party = Signature.How, Signature.Party


@dataclass(frozen=True)
class Signer:
    """One party. ``how`` is empty for somebody who still has to sign."""

    role: str | Promise
    name: str
    how: str | Promise = ""
    on: date | None = None
    reason: str = ""
    scan: object = None
    #: Of who agreed by word: the day on which they signed since, else the one on which they are asked to.
    signed_since: date | None = None
    to_sign_by: date | None = None

    @property
    def is_missing(self) -> bool:
        return not self.how or (self.to_sign_by is not None and self.signed_since is None)


def signatures_of(version: PlanVersion) -> list[Signature]:
    """One query. Each knows the day on which it was signed since, ``signed_since``."""
    later = Addendum.objects.filter(version=OuterRef("version"), kind=Addendum.Kind.SIGNED_LATER)
    found = Signature.objects.filter(version=version).select_related("scan")
    return list(found.annotate(signed_since=Subquery(later.values("signed_on")[:1])))


def signers(version: PlanVersion, signatures: Sequence[Signature]) -> list[Signer]:
    """``version``: with its plan's episode, keyworker and client; ``signatures``: of it, as :func:`signatures_of` fetches them."""
    found = [_of(each) for each in signatures]
    if version.state == PlanVersion.State.SIGNED:
        return found
    keyworker = version.plan.episode.keyworker
    return [
        *found,
        Signer(Party.CLIENT.label, version.client.full_name),
        Signer(Party.KEYWORKER.label, keyworker.name if keyworker else str(_("nobody yet"))),
    ]


def _of(signature: Signature) -> Signer:
    by_word = signature.how == How.VERBAL
    return Signer(
        Party(signature.party).label,
        signature.name,
        How(signature.how).label,
        signature.signed_on,
        signature.reason,
        signature.scan,
        getattr(signature, "signed_since", None) if by_word else None,
        signature.follow_up_on,
    )
