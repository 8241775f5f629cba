"""What can be printed of one version of a plan and given to the client: a row a document, with where each stands."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from carehub.actors import Actor
from carehub.models import Document
from careplans import documents, summaries
from careplans.document_kinds import KINDS, DocumentKind
from careplans.models import Addendum, PlanVersion
from careplans.policies.documents import discreet_first, is_for
from careplans.who_signed import signed_since

#: Of what is said beside a version: whether the client took their copy.
COPIES = (Addendum.Kind.COPY_TAKEN, Addendum.Kind.COPY_LEFT)


@dataclass(frozen=True)
class Sort:
    """One way in which a document is printed. ``made_before``: one of these is there, of what was true then."""

    discreet: bool
    first: bool
    document: Document | None
    made_before: bool = False


@dataclass(frozen=True)
class Printable:
    """One document; of a summary, one for each agency."""

    kind: DocumentKind
    sorts: list[Sort] = field(default_factory=list)
    share: summaries.Share | None = None

    @property
    def to(self) -> str:
        return str(self.share.agency.pk) if self.share else ""


def printables(version: PlanVersion, actor: Actor) -> list[Printable]:
    """``version``: fetched with what documents.RELATED names."""
    made = [
        each
        for each in Document.objects.visible_to(actor)
        .filter(subject_id=version.pk, client_id=version.client_id)
        .select_related("asked_by")
        .order_by("asked_at")
        if is_for(each, actor)
    ]
    since = signed_since(version)
    treats = actor.agency_id == version.agency_id
    found = []
    for kind in KINDS.values():
        for share in summaries.shares(version, actor) if kind.for_agency and treats else [] if kind.for_agency else [None]:
            found.append(Printable(kind, _sorts(kind, version, share, made, since), share))
    return found


def _sorts(
    kind: DocumentKind, version: PlanVersion, share: summaries.Share | None, made: Iterable[Document], since: date | None
) -> list[Sort]:
    """The one to choose first stands first."""
    first = discreet_first(version.client)
    sorts = []
    for discreet in (first, not first):
        same = [each for each in made if (each.kind, each.discreet) == (kind.name, discreet)]
        if share:
            same = [each for each in same if each.to_id == share.agency.pk]
        now = documents.sha256_of(documents.beside_of(kind, version, discreet=discreet, share=share, signed_since=since))
        current = next((each for each in same if each.beside_sha256 == now), None)
        sorts.append(Sort(discreet, discreet == first, current, made_before=bool(same) and current is None))
    return sorts


def copy_in(addenda: Iterable[Addendum]) -> Addendum | None:
    """Whether the client took their copy, of what was said beside the version, the oldest first: what was said last. None: nobody said."""
    return next((each for each in reversed(list(addenda)) if each.kind in COPIES), None)


def copy_of(version: PlanVersion) -> Addendum | None:
    """The same. One query."""
    return copy_in(Addendum.objects.filter(version=version, kind__in=COPIES).select_related("written_by"))


def still_holds(document: Document, version: PlanVersion, actor: Actor) -> bool:
    """A summary says what may be shared; when that has changed since, it is not given to anybody any more."""
    if document.to_id is None:
        return True
    share = next((each for each in summaries.shares(version, actor) if each.agency.pk == document.to_id), None)
    if share is None:
        return False
    since = signed_since(version)
    beside = documents.beside_of(KINDS[document.kind], version, discreet=document.discreet, share=share, signed_since=since)
    return documents.sha256_of(beside) == document.beside_sha256
