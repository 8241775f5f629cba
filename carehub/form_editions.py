"""Which questions a partnership asks: the newest version of a form with its edition laid over it, or one as it was recorded on."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from carehub.definitions.catalogue import catalogue
from carehub.definitions.edition import Edition
from carehub.definitions.edition_forward import carry_over
from carehub.definitions.editions import compose
from carehub.definitions.errors import UnknownDefinition
from carehub.definitions.schema import Form
from carehub.models import FormEdition

#: (partnership, form, version, edition) → the file's form, and what was laid over it. A published edition never changes, so it is
#: read once a process; kept only once its transaction is committed.
_kept: dict[tuple[UUID, str, int, int], tuple[Form, Form]] = {}
_MOST_KEPT = 500


def form_for(partnership_id: UUID, name: str) -> Form:
    """What is asked from now on: the newest version, with the edition that is published for it. One query."""
    newest = catalogue().form(name)
    published = FormEdition.objects.of_form(partnership_id, name).published().filter(form_version=newest.version)
    return form_as_recorded(partnership_id, name, newest.version, published.values_list("number", flat=True).first() or 0)


def forms_for(partnership_id: UUID) -> list[Form]:
    """All forms as they are asked from now on. One query, however many there are."""
    rows = FormEdition.objects.filter(partnership_id=partnership_id).published()
    numbers: dict[tuple[str, int], int] = {}
    for form, version, number in rows.values_list("form", "form_version", "number"):
        numbers.setdefault((form, version), number)
    return [
        form_as_recorded(partnership_id, each.name, each.version, numbers.get((each.name, each.version), 0)) for each in catalogue().forms()
    ]


def form_as_recorded(partnership_id: UUID, name: str, version: int, edition: int) -> Form:
    """The form as it was asked. No query where it was read before; UnknownDefinition where there is no such edition in reach."""
    base = catalogue().form(name, version)
    if not edition:
        return base
    key = (partnership_id, name, version, edition)
    if (known := _kept.get(key)) and known[0] is base:
        return known[1]
    row = FormEdition.objects.of_form(partnership_id, name).published().filter(form_version=version, number=edition).first()
    if row is None:
        raise UnknownDefinition(f"There is no edition {edition} of '{name}' version {version} in this partnership.")
    form = compose(base, Edition.from_json(row.content), number=edition, words=catalogue().words())
    transaction.on_commit(lambda: _keep(key, base, form))
    return form


def _keep(key: tuple[UUID, str, int, int], base: Form, form: Form) -> None:
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[key] = (base, form)


# --- What an administrator works on -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Working:
    """A form as an administrator finds it: what is asked now, and what would be."""

    #: The newest version, as its file says.
    form: Form
    #: What would be published: the draft, or what stands, or what was carried over from an earlier version.
    edition: Edition
    #: What is laid over this version now.
    standing: Edition
    draft: FormEdition | None
    #: The newest that is published, of whichever version.
    published: FormEdition | None
    #: The version from which it was carried over; 0: none, it is of this one.
    carried_from: int
    left_out: tuple[str, ...]
    #: Ids that a question has borne, here or in an earlier edition.
    taken: frozenset[str]
    #: The partnership's own questions in the newest edition that is published: they have been asked.
    asked_before: Edition

    @property
    def opened_at(self) -> int:
        return self.draft.row_version if self.draft else 0

    @property
    def in_force(self) -> FormEdition | None:
        """The edition that a new assessment is recorded on."""
        return self.published if self.published and self.published.form_version == self.form.version else None

    @property
    def number(self) -> int:
        """Of the edition that would be published next."""
        return self.draft.number if self.draft else (self.published.number if self.published else 0) + 1

    @property
    def changed(self) -> bool:
        return self.edition != self.standing

    @property
    def laid(self) -> Form:
        return compose(self.form, self.edition, number=self.number, words=catalogue().words())


def working(partnership_id: UUID, name: str) -> Working:
    """UnknownDefinition where there is no such form."""
    form = catalogue().form(name)
    rows = list(FormEdition.objects.of_form(partnership_id, name).order_by("-number"))
    draft = next((row for row in rows if row.state == FormEdition.State.DRAFT), None)
    published = next((row for row in rows if row.state == FormEdition.State.PUBLISHED), None)
    standing = Edition.from_json(published.content) if published and published.form_version == form.version else Edition()
    start = draft or published
    edition, carried_from, left_out = standing, 0, ()
    if start is not None:
        edition = Edition.from_json(start.content)
        if start.form_version != form.version:
            old = catalogue().form(name, start.form_version)
            carried = carry_over(old, edition, form, words=catalogue().words(), elsewhere=catalogue().rests_on(name))
            edition, left_out, carried_from = carried.edition, carried.left_out, start.form_version
    taken = {each.id for row in rows for part in ("questions", "sections") for each in getattr(Edition.from_json(row.content), part)}
    before = Edition.from_json(published.content) if published else Edition()
    return Working(form, edition, standing, draft, published, carried_from, left_out, frozenset(taken), before)


# --- Who works on an older edition ------------------------------------------------------------------------------------

#: (form) → {(version, edition): how many drafts are open on it}, in the partnership that acts.
OpenDrafts = Callable[[str], dict[tuple[int, int], int]]
_open_drafts: list[OpenDrafts] = []


def counts_open(counter: OpenDrafts) -> OpenDrafts:
    """Register what counts the drafts that are open on a form: an app above the kernel holds them."""
    _open_drafts.append(counter)
    return counter


def open_on_others(form: Form) -> int:
    """How many drafts are open on another version or edition than ``form``: they stay on it."""
    return sum(
        number
        for counter in _open_drafts
        for (version, edition), number in counter(form.name).items()
        if (version, edition) != (form.version, form.edition)
    )
