"""What a printed care plan says, taken from one version of the plan and from nothing else.

Plain values without the database: the template ``print/care_plan.html`` reads a ``Sheet`` and nothing more, so the same
version always prints the same. What must never be on paper (third-party and never-on-paper statements) is left out by
whoever fills it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from carehub.documents.picture import Picture
from careplans.headings import HEADINGS

#: A goal's steps on the short version; all of them stand on the plan.
NEXT_STEPS = 3


@dataclass(frozen=True)
class SheetAgency:
    name: str
    telephone: str
    opening_hours: str
    address: str = ""
    #: For paper that a client carries.
    discreet_name: str = ""
    complaints: str = ""
    advocacy: str = ""


@dataclass(frozen=True)
class SheetClient:
    name: str
    reference: str
    date_of_birth: date | None
    #: The name they go by, where it differs.
    name_used: str = ""
    initials: str = ""
    #: How the rows of the plan name them.
    known_as: str = ""


@dataclass(frozen=True)
class SheetKeyworker:
    name: str
    telephone: str = ""


@dataclass(frozen=True)
class SheetAction:
    """One row under a goal: what we agreed, who does it, by when (a date, or words such as 'ongoing')."""

    what: str
    who: str
    by_when: date | str
    milestone: str = ""
    #: The intervention that the step is, in words, with its tier: 'Specialist prescribing (tier 3)'. Empty: it is none.
    treatment: str = ""


@dataclass(frozen=True)
class SheetGoal:
    client_words: str
    service_words: str
    domain: str
    actions: tuple[SheetAction, ...] = ()

    @property
    def next_steps(self) -> list[SheetAction]:
        """The soonest first; what has no date keeps its place after those that have one."""
        return sorted(self.actions, key=lambda each: (0, each.by_when) if isinstance(each.by_when, date) else (1, date.max))[:NEXT_STEPS]

    @property
    def more_steps(self) -> int:
        return len(self.actions) - len(self.next_steps)


@dataclass(frozen=True)
class SheetNeed:
    domain: str
    text: str


@dataclass(frozen=True)
class SheetRiskStep:
    """One row of the risk management plan; ``risk`` in words that the client can read."""

    risk: str
    what: str
    who: str
    by_when: date | str
    who_was_told: str = ""


@dataclass(frozen=True)
class SheetPart:
    """One service, or one person from outside, and what it does in this plan."""

    name: str
    does: str
    telephone: str = ""
    #: The plan is passed on to them.
    receives: bool = False


@dataclass(frozen=True)
class SheetSignature:
    """One signature. ``how`` in words: 'signed on screen', 'signed on paper', 'declined to sign'; empty: a line to sign on."""

    role: str
    name: str
    how: str = ""
    on: date | None = None
    reason: str = ""
    #: Of who agreed by word: when they are asked to sign.
    to_sign_by: date | None = None
    #: On a copy made after they signed: the day.
    signed_since: date | None = None
    picture: Picture | None = None


class SheetSharing(StrEnum):
    """What the client was asked about sharing, and answered."""

    NOT_ASKED = "not-asked"
    GIVEN = "given"
    REFUSED = "refused"


@dataclass(frozen=True)
class SheetSummary:
    """For whom a summary is, and what of the plan the client has agreed to share with them."""

    to: str
    #: Who treats them, who their keyworker is and what is due goes with every consent; the plan itself only where they agreed to it.
    whole_plan: bool
    until: date | None = None
    #: It says that parts are left out; not everybody may know even that.
    says_left_out: bool = False


@dataclass(frozen=True)
class SheetMapWords:
    """What stands in one box of the map, line by line. ``kind``: 'middle', 'goal' or 'step'; ``style``: where, as CSS."""

    lines: tuple[str, ...]
    kind: str
    style: str


@dataclass(frozen=True)
class SheetMap:
    picture: Picture
    words: tuple[SheetMapWords, ...]


@dataclass(frozen=True)
class Sheet:
    """One version of a care plan as it prints. Texts may hold line breaks; all of them print in the order given."""

    #: 'Care plan', 'Initial care plan', 'Aftercare plan'; or what the document is: 'My plan in short'.
    title: str
    partnership: str
    agency: SheetAgency
    client: SheetClient
    keyworker: SheetKeyworker
    version: int
    #: The day this version was agreed; also the date inside the PDF.
    dated: date
    goals: tuple[SheetGoal, ...]
    signatures: tuple[SheetSignature, ...]
    #: The address behind the code. It says nothing about what the service is for.
    check_url: str
    needs: tuple[SheetNeed, ...] = ()
    later_needs: tuple[SheetNeed, ...] = ()
    risk_plan: tuple[SheetRiskStep, ...] = ()
    #: Where on their way the plan meets the client, and how they are admitted: in words.
    phase: str = ""
    admission: str = ""
    residential_need: str = ""
    aftercare: str = ""
    strengths: str = ""
    #: Who supports the wait for an assessment or a first appointment.
    supports_the_wait: str = ""
    harm_reduction: tuple[str, ...] = ()
    if_difficult: str = ""
    way_back: str = ""
    involved: tuple[SheetPart, ...] = ()
    #: Who sees it, a line each; where nobody wrote any, ``sharing_asked``, a value of SheetSharing, says what is true.
    sharing: tuple[str, ...] = ()
    sharing_asked: str = ""
    responsibilities: str = ""
    complaints: str = ""
    next_review_on: date | None = None
    review_rule: str = ""
    disagreement: str = ""
    #: 'taken', 'declined', in words; empty: not yet asked.
    #: Printed to be signed by hand, or for reading: no seal, and it says so on every page.
    draft: bool = False
    #: Of careplans.document_kinds, where it is not the plan itself.
    kind: str = ""
    #: 18 point, the same content.
    large: bool = False
    #: Initials and reference, no service name, no code: somebody else may find it (careplans.discreet).
    discreet: bool = False
    #: A copy says whose signatures the plan bears; the seal is on the plan itself.
    sealed: bool = True
    summary: SheetSummary | None = None
    #: The picture of goals and steps (careplans.plan_map).
    map: SheetMap | None = None

    @property
    def pictures(self) -> dict[str, Picture]:
        """By the name that the template uses."""
        signatures = {f"signature-{at}": each.picture for at, each in enumerate(self.signatures, start=1) if each.picture}
        return {**signatures, "map": self.map.picture} if self.map else signatures

    @property
    def word_of_client(self) -> SheetSignature | None:
        """Where the client agreed by word: nobody else can."""
        return next((each for each in self.signatures if each.to_sign_by), None)

    @property
    def headings(self) -> dict[str, Promise]:
        return HEADINGS

    @property
    def whose(self) -> str:
        """What stands at the top of every page."""
        return self.client.initials if self.discreet else self.client.name

    @property
    def service(self) -> str:
        return self.agency.discreet_name if self.discreet else self.agency.name

    @property
    def who_sees(self) -> str:
        """Where ``sharing`` has no line."""
        words = {
            SheetSharing.GIVEN: _("%(service)s, and whom I have agreed to share it with."),
            SheetSharing.REFUSED: _("Only %(service)s. I have not agreed to share it with anybody else."),
        }
        not_asked = _("Only %(service)s so far. Sharing with others has not been asked about yet.")
        return words.get(self.sharing_asked, not_asked) % {"service": self.service}

    @property
    def file_name(self) -> str:
        """Says nothing about the person or the service: it lies on a desktop, or in a mail, for all to read."""
        return f"plan-{self.client.reference}-version-{self.version}.pdf"
