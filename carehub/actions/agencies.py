"""The partnership's agencies: a new one, and what changes of one."""

from django.db import transaction

from carehub import events, role_rules
from carehub.actors import Actor
from carehub.models import Agency

FIELDS = ("name", "discreet_name", "kind", "telephone", "address", "opening_hours", "complaints", "advocacy")


@transaction.atomic
def add_agency(*, by: Actor, **fields: str) -> Agency:
    """Raises Refused where the partnership has one of that name."""
    by.must("configure")
    role_rules.name_is_free(by, fields["name"])
    made = Agency.objects.create(partnership=by.partnership, **fields)
    events.record("agency.added", by=by, subject=made, reason=made.name)
    return made


@transaction.atomic
def change_agency(*, by: Actor, agency: Agency, opened_at: int, **fields: str) -> None:
    """Raises StaleSave where somebody has changed it since version ``opened_at``. What is on paper already keeps the old words."""
    by.must("configure")
    role_rules.name_is_free(by, fields["name"], but=agency)
    changed = [name for name in FIELDS if getattr(agency, name) != fields[name]]
    agency.save_over(opened_at, **fields)
    if changed:
        events.record("agency.changed", by=by, subject=agency, reason=", ".join(changed))
