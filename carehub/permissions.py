"""Roles and what each may do, a sentence a permission. Which clients they may reach is another question: see carehub.models.access."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: Each permission, as the sentence that a refused person reads after 'You need a role that may …'.
PERMISSIONS: dict[str, Promise] = {
    "caseload.view": _("see their own caseload"),
    "service.view": _("see what is overdue in their service"),
    "worklist.export": _("take work lists along as tables"),
    "client.find": _("look for a client"),
    "client.contact": _("see a client's name, contact permissions and safety warnings"),
    "contact.change": _("change how a client may be reached"),
    "client.view": _("read a client's clinical record"),
    "client.register": _("register a client"),
    "assessment.write": _("assess a client"),
    "assessment.medical": _("make the medical part of an assessment"),
    "plan.view": _("read care plans"),
    "plan.write": _("write care plans"),
    "plan.sign": _("sign care plans"),
    "plan.return": _("return a care plan to be mended"),
    "document.view": _("open a client's documents"),
    "document.make": _("make documents for a client to take along"),
    "case.allocate": _("decide who the keyworker is"),
    "referral.link": _("give other services a link by which they refer"),
    "figures.partnership": _("read the partnership's figures"),
    "figures.commissioner": _("read the figures made safe for commissioners"),
    "configure": _("look after agencies, staff, roles and forms"),
    "form.audit": _("hold forms against what best practice expects"),
    "tasks.view": _("read their own tasks and notices"),
    "consent.record": _("record what a client agrees to share"),
    "access.view": _("see who can see a client"),
    "record.open": _("open a record with a reason, where they have a duty of care"),
    "staff.seen": _("see what a member of staff has looked at, and look into unusual access"),
    "record.judge": _("judge whether a record was rightly opened"),
}

CLINICAL = frozenset(
    {
        "caseload.view",
        "client.find",
        "client.contact",
        "contact.change",
        "client.view",
        "client.register",
        "assessment.write",
        "plan.view",
        "plan.write",
        "plan.sign",
        "document.view",
        "document.make",
        "tasks.view",
        "consent.record",
        "access.view",
        "record.open",
    }
)


#: The case files of an audit, and nothing else.
READING = frozenset({"client.view", "plan.view", "document.view", "tasks.view"})


@dataclass(frozen=True)
class Role:
    name: str
    title: Promise
    permissions: frozenset[str]
    #: Acts for the partnership as a whole, not at an agency.
    partnership_wide: bool = False
    #: The page that answers 'what must I do?' for this role (a URL name).
    home: str = "caseload"
    #: Reaches no agency's clients, only files that were opened to them by name and for a time; reads and never writes.
    named_files_only: bool = False

    @property
    def of_the_whole(self) -> bool:
        """Reads and decides what concerns all agencies: exact counts, rules, links. Named files and suppressed figures are not that."""
        return self.partnership_wide and not self.named_files_only and "figures.commissioner" not in self.permissions


def _role(name: str, title: Promise, permissions: frozenset[str] | str, **more) -> Role:
    if isinstance(permissions, str):
        permissions = frozenset(permissions.split())
    if unknown := permissions - PERMISSIONS.keys():
        raise ValueError(f"role {name} names permissions that do not exist: {sorted(unknown)}")
    return Role(name, title, permissions, **more)


ROLES: dict[str, Role] = {
    role.name: role
    for role in (
        _role("keyworker", _("Keyworker"), CLINICAL),
        _role(
            "service-manager",
            _("Service manager"),
            CLINICAL
            | {"service.view", "worklist.export", "plan.return", "case.allocate", "record.judge", "staff.seen", "form.audit"}
            | {"referral.link"},
            home="service",
        ),
        _role("prescriber", _("Prescriber"), CLINICAL - {"client.register"} | {"assessment.medical"}),
        _role("care-manager", _("Care manager"), CLINICAL),
        _role("criminal-justice-worker", _("Criminal justice worker"), CLINICAL),
        _role("reception", _("Reception and duty"), "client.find client.contact contact.change tasks.view", home="reception"),
        _role("clinical-lead", _("Clinical lead"), "figures.partnership tasks.view form.audit", partnership_wide=True, home="partnership"),
        _role(
            "partnership-manager",
            _("Partnership manager"),
            "figures.partnership tasks.view staff.seen form.audit",
            partnership_wide=True,
            home="partnership",
        ),
        _role("peer-auditor", _("Peer auditor"), READING, home="auditor", named_files_only=True),
        _role("visiting-auditor", _("Visiting audit lead"), READING, home="auditor", named_files_only=True, partnership_wide=True),
        _role("commissioner", _("Commissioner"), "figures.commissioner", partnership_wide=True, home="commissioner"),
        _role("administrator", _("Administrator"), "configure form.audit referral.link", partnership_wide=True, home="administration"),
    )
}


def roles_with(permission: str) -> list[str]:
    return [role.name for role in ROLES.values() if permission in role.permissions]


PARTNERSHIP_ROLES = sorted(role.name for role in ROLES.values() if role.partnership_wide)
