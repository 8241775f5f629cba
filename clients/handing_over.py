"""The caseload of somebody whose role ends: who leads the agency is asked, client by client, to choose another keyworker."""

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from carehub import clock, handing_over
from carehub.models import Membership, Task
from clients.models import Episode

#: Task.kind; what it is about is the episode.
REALLOCATE = "case.reallocate"


@handing_over.counts("clients", gettext_lazy("people whose keyworker they are"))
def caseload(membership: Membership) -> int:
    """On the duty 'leavers'. Whoever has such a task open already gets no second one."""
    held = Episode.objects.open().of_keyworker(membership.person_id).of_agency(membership.agency_id)
    held = held.filter(partnership_id=membership.partnership_id)
    asked = Task.objects.open().filter(kind=REALLOCATE, agency_id=membership.agency_id).values("subject_id")
    today = clock.today()
    words = {"name": membership.person.name}
    Task.objects.bulk_create(
        (
            Task(  # type: ignore[misc]
                partnership_id=membership.partnership_id,
                client_id=client_id,
                kind=REALLOCATE,
                subject_id=pk,
                words=_("Choose another keyworker"),
                why=_("%(name)s leaves, or has left") % words,
                due_on=max(today, membership.ends_on or today),
                agency_id=membership.agency_id,
                made_at=clock.now(),
            )
            for pk, client_id in held.exclude(pk__in=asked).values_list("pk", F("client_id"))
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )
    return held.count()
