"""The documents of the plans in force: their rows, the entries behind the printed codes, and the jobs that make the PDFs in the background.

Of plans that are closed there is no paper: it would be a hundred PDFs, and whoever has just moved the clock on would wait behind them.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from carehub.demo.chance import Chance
from carehub.demo.planned import PlanRows
from carehub.models import Document, DocumentCheck, Job
from careplans import sheets
from careplans.documents import CARE_PLAN, SEAL_PLAN
from careplans.models import CarePlan

#: Notices and figures first: they take a moment, and are what a home page shows.
CURRENT_AFTER = timedelta(seconds=30)
#: Earlier versions of the same plans come after that, one by one.
EARLIER_AFTER, EARLIER_EVERY = timedelta(minutes=2), timedelta(seconds=4)

Standing = DocumentCheck.Standing


def save_papers(plans: Iterable[PlanRows], chance: Chance, now: datetime, using: str) -> None:
    checks, documents, jobs = [], [], []
    earlier = 0
    for rows in plans:
        if rows.plan.state != CarePlan.State.CURRENT:
            continue
        signed = [each for each in rows.versions if each.signed]
        for place, each in enumerate(signed):
            version, current = each.version, place == len(signed) - 1
            check = DocumentCheck(
                id=chance.key(),
                token=sheets.check_token(version),
                standing=Standing.CURRENT if current else Standing.SUPERSEDED,
                since=each.signed.on if current else signed[place + 1].signed.on,
            )
            checks.append(check)
            documents.append(
                Document(
                    id=chance.key(),
                    partnership_id=version.partnership_id,
                    client_id=version.client_id,
                    agency_id=version.plan.agency_id,
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
