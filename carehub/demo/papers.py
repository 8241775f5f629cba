"""The documents of signed plans: their rows, the entries behind the printed codes, and the jobs that make the PDFs in the background.

Current plans come first. Those that have been superseded or closed follow one by one some minutes later, so that whoever has just
started the demonstration does not wait behind a year of paper.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from carehub import clock
from carehub.demo.chance import Chance
from carehub.demo.planned import PlanRows
from carehub.models import Document, DocumentCheck, Job
from careplans import sheets
from careplans.documents import CARE_PLAN, SEAL_PLAN
from careplans.models import CarePlan

#: Notices and figures first: they take a moment, and are what a home page shows.
CURRENT_AFTER = timedelta(seconds=30)
#: When the paper of earlier versions is begun with, and how far apart they come.
EARLIER_AFTER, EARLIER_EVERY = timedelta(minutes=3), timedelta(seconds=6)

Standing = DocumentCheck.Standing


def save_papers(plans: Iterable[PlanRows], chance: Chance, now: datetime, using: str) -> None:
    checks, documents, jobs = [], [], []
    earlier = 0
    for rows in plans:
        signed = [each for each in rows.versions if each.signed]
        for place, each in enumerate(signed):
            newest = place == len(signed) - 1
            closed = rows.plan.state == CarePlan.State.CLOSED
            since = each.signed.on if newest else signed[place + 1].signed.on
            version, current = each.version, newest and not closed
            check = DocumentCheck(
                id=chance.key(),
                token=sheets.check_token(version),
                standing=Standing.CURRENT if current else Standing.CLOSED if newest else Standing.SUPERSEDED,
                since=clock.day_of(each.at) if current else since,
            )
            checks.append(check)
            documents.append(
                Document(
                    id=chance.key(),
                    partnership_id=version.partnership_id,
                    client_id=version.client_id,
                    kind=CARE_PLAN,
                    subject_id=version.pk,
                    asked_at=each.at,
                    check_entry=check,
                )
            )
            earlier += not current
            jobs.append(
                Job(
                    id=chance.key(),
                    kind=SEAL_PLAN,
                    subject_id=version.pk,
                    partnership_id=version.partnership_id,
                    membership=each.worker.worker,
                    asked_at=each.at,
                    not_before=now + (CURRENT_AFTER if current else EARLIER_AFTER + earlier * EARLIER_EVERY),
                )
            )
    DocumentCheck.objects.using(using).bulk_create(checks)
    Document.objects.using(using).bulk_create(documents)
    Job.objects.using(using).bulk_create(jobs)
