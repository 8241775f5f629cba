"""Who signed one version of a plan, how and when, and who still has to: for every page that says so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject
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


#: What a page says of a signature; its days beside that.
_TEXTS, _DAYS = ("party", "name", "how", "reason"), ("signed_on", "follow_up_on", "signed_since")


def _signatures() -> QuerySet[Signature]:
    """Each knows the day on which it was signed since, ``signed_since``."""
    later = Addendum.objects.filter(version=OuterRef("version"), kind=Addendum.Kind.SIGNED_LATER)
    return Signature.objects.annotate(signed_since=Subquery(later.values("signed_on")[:1]))


def signed_since(version: PlanVersion) -> date | None:
    """The day on which a client who had agreed by word signed. One query."""
    later = Addendum.objects.filter(version=version, kind=Addendum.Kind.SIGNED_LATER)
    return later.values_list("signed_on", flat=True).first()


def signatures_of(version: PlanVersion) -> list[Signature]:
    """One query."""
    return list(_signatures().filter(version=version).select_related("scan"))


def with_signatures(versions: QuerySet[PlanVersion]) -> QuerySet[PlanVersion]:
    """The versions with who signed them, in the same query; for :func:`signatures_in`."""
    said = JSONObject(**{name: name for name in (*_TEXTS, *_DAYS)})
    rows = _signatures().filter(version=OuterRef("pk")).order_by("recorded_at", "pk").values(said=said)
    return versions.annotate(signature_rows=ArraySubquery(rows))


def signatures_in(version: PlanVersion) -> list[Signature]:
    """Of a version fetched through :func:`with_signatures`: what a page says of them, without drawing and scan. No query."""
    found = []
    for row in version.signature_rows:  # type: ignore[attr-defined]  # annotated
        days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
        since = days.pop("signed_since")
        found.append(Signature(**{name: row[name] for name in _TEXTS}, **days))
        found[-1].signed_since = since  # type: ignore[attr-defined]  # as annotated
    return found


def word_of_client(signatures: Iterable[Signature]) -> Signature | None:
    """How the client agreed, where that was by word; ``signatures`` from :func:`signatures_of`."""
    return next((each for each in signatures if each.party == Party.CLIENT and each.how == How.VERBAL), None)


def signers(version: PlanVersion, signatures: Sequence[Signature]) -> list[Signer]:
    """``version``: with its plan's episode, keyworker and client; ``signatures``: of it, from :func:`signatures_of` or the like."""
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
