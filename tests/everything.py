"""At least one row about a client in every table that has rows about clients."""

import hashlib
from datetime import timedelta
from uuid import uuid4

from carehub import clock, context, events
from carehub.actors import Actor
from carehub.models import Document, Draft, Notice, StoredFile, Task
from careplans.models import (
    Action,
    ActionDone,
    Addendum,
    Goal,
    GoalOutcome,
    PlanReturn,
    PlanReview,
    PlanVersion,
    ReviewAsked,
    ReviewPutOff,
    RiskStep,
    StepDone,
)
from clients.models import Client, Consent, ConsentAgency, Opening
from tests import factories


def after_signing(version: PlanVersion, *, by: Actor) -> None:
    """A note, a return, and a review that was asked for, put off and held, with its draft of the next version."""
    now, day = clock.now(), clock.today()
    draft = factories.plan_version(version.client, by=by, plan=version.plan, copied_from=version)
    about = {"partnership_id": version.partnership_id, "client_id": version.client_id, "agency": by.agency}
    of = {**about, "plan": version.plan, "of_version": version}
    with factories.loading(version.partnership_id):
        Addendum.objects.create(**about, version=version, words="The appointment moved.", written_at=now, written_by=by.person)
        PlanReturn.objects.create(**about, version=version, mend="now", words="Name the GP.", returned_at=now, returned_by=by.person)
        ReviewAsked.objects.create(**of, reason="asked", due_on=day, asked_at=now, asked_by=by.person)
        ReviewPutOff.objects.create(**of, reason="not-well", until=day, put_off_at=now, put_off_by=by.person)
        review = PlanReview.objects.create(**of, draft=draft, held_on=day, was_due_on=day, recorded_at=now, recorded_by=by.person)
        goal = Goal.objects.get(version=version)
        GoalOutcome.objects.create(**about, review=review, goal=goal, outcome="partly", why="Twice a week.")
        ActionDone.objects.create(**about, review=review, action=Action.objects.filter(version=version).first())
        StepDone.objects.create(**about, review=review, step=RiskStep.objects.filter(version=version).first())


def everything_about(client: Client, *, by: Actor) -> None:
    """At least one row about the client in every table that has rows about clients; a test sees to it that this stays true."""
    now, day = clock.now(), clock.today()
    about = {"partnership_id": client.partnership_id, "client_id": client.pk}
    after_signing(factories.plan_version(client, by=by, state="signed"), by=by)
    assessed = factories.assessment(client, by=by, state="complete")
    factories.risk_plan(client, by=by, state="agreed")
    factories.on_pathway(client, by=by, proposal=factories.proposal(assessed, by=by, trigger="maternity"))
    factories.referral(factories.referral_link(by.agency, by=by), client=client, by=by)
    with factories.loading(client.partnership_id):
        Task.objects.create(**about, kind="plan.review", subject_id=uuid4(), due_on=day, agency=by.agency, person=by.person, made_at=now)
        Notice.objects.create(**about, person=by.person, kind="plan.review", subject_id=uuid4(), about_day=day, made_at=now)
        file = StoredFile.objects.create(
            **about,
            agency=by.agency,
            sha256=hashlib.sha256(client.reference.encode()).hexdigest(),
            size=3,
            content_type="application/pdf",
            purpose="scan",
            stored_at=now,
        )
        Document.objects.create(
            **about,
            agency=by.agency,
            kind="care-plan",
            subject_id=uuid4(),
            state="ready",
            asked_at=now,
            made_at=now,
            file=file,
            sealed_sha256=file.sha256,
            pages=1,
        )
        consent = Consent.objects.create(
            **about, agency=by.agency, kind="sharing", parts=["plans"], from_on=day, how="said", recorded_at=now, recorded_by=by.person
        )
        ConsentAgency.objects.create(**about, consent=consent, to=by.agency)
        Opening.objects.create(
            **about,
            agency=by.agency,
            membership=by.membership,
            reason="emergency",
            words="Found unconscious",
            opened_at=now,
            until=now + timedelta(hours=1),
        )
        events.record("plan.signed", by=by, client=client.pk)
    with context.acting(by):
        Draft.objects.create(
            **about, person=by.person, kind="plan", subject=str(uuid4()), page="one", fields={"goal": ["To sleep"]}, saved_at=now
        )
