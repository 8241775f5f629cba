"""What a printed care plan says, taken from one version of the plan and from nothing else.

Plain values without the database: the template ``print/care_plan.html`` reads a ``Sheet`` and nothing more, so the same
version always prints the same. What must never be on paper (third-party and never-on-paper statements) is left out by
whoever fills it.
"""

from dataclasses import dataclass
from datetime import date

from carehub.documents.picture import Picture


@dataclass(frozen=True)
class SheetAgency:
    name: str
    telephone: str
    opening_hours: str
    address: str = ""


@dataclass(frozen=True)
class SheetClient:
    name: str
    reference: str
    date_of_birth: date | None
    #: The name they go by, where it differs.
    name_used: str = ""


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


@dataclass(frozen=True)
class SheetGoal:
    client_words: str
    service_words: str
    domain: str
    actions: tuple[SheetAction, ...] = ()


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
    picture: Picture | None = None


@dataclass(frozen=True)
class Sheet:
    """One version of a care plan as it prints. Texts may hold line breaks; all of them print in the order given."""

    #: 'Care plan', 'Initial care plan', 'Aftercare plan'.
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
    sharing: tuple[str, ...] = ()
    responsibilities: str = ""
    complaints: str = ""
    next_review_on: date | None = None
    review_rule: str = ""
    disagreement: str = ""
    #: 'taken', 'declined', in words; empty: not yet asked.
    copy: str = ""
    #: Printed to be signed by hand, or for reading: no seal, and it says so on every page.
    draft: bool = False
    #: 18 point, the same content.
    large: bool = False

    @property
    def pictures(self) -> dict[str, Picture]:
        """The signatures' pictures by the name that the template uses."""
        return {f"signature-{at}": each.picture for at, each in enumerate(self.signatures, start=1) if each.picture}

    @property
    def file_name(self) -> str:
        """Says nothing about the person or the service: it lies on a desktop, or in a mail, for all to read."""
        return f"plan-{self.client.reference}-version-{self.version}.pdf"
