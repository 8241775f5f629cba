"""What befell the plans after they were signed: reviews, plans sent back, notes, a signature that came after a word, how a plan ended."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from carehub.clock import LONDON
from carehub.demo import reviewed
from carehub.demo.chance import Chance
from carehub.demo.planned import PlanRows, VersionRows
from carehub.demo.staffed import Place
from carehub.models import Membership, Notice, Task
from careplans.actions.adding import COPY_WORDS
from careplans.actions.returning import RETURNED, RETURNED_FOR_REVIEW
from careplans.actions.signing import TO_BE_SIGNED
from careplans.models import Addendum, CarePlan, GoalOutcome, PlanReturn, PlanReview, PlanVersion, Signature

Deed = tuple[datetime, str, Membership, Any]
Outcome, Mend = GoalOutcome.Outcome, PlanReturn.Mend
#: Days that a client who agreed by word is given to sign.
TO_SIGN = 14
FIRST_SERVICE = "S"
DAY = timedelta(days=1)


@dataclass
class Afterwards:
    """Rows beside the plans, and what was done with them."""

    place: Place
    chance: Chance
    today: date
    reviews: list[PlanReview] = field(default_factory=list)
    outcomes: list[GoalOutcome] = field(default_factory=list)
    returns: list[PlanReturn] = field(default_factory=list)
    addenda: list[Addendum] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)

    def add(self, plans: Iterable[PlanRows]) -> None:
        plans = list(plans)
        for rows in plans:
            for before, now in pairwise(rows.versions):
                self._review(rows, before, now)
        self._end(plans)
        mine = [rows for rows in plans if self._of_first_keyworker(rows)]
        in_force = [rows for rows in mine if not rows.course.closed and rows.versions[-1].signed]
        agreed = [rows for rows in mine if rows.course.unfinished == "agreed"]
        # From the youngest on: what was agreed by word is still to be signed, and a review is some way off.
        in_force.sort(key=lambda rows: rows.versions[-1].version.agreed_at, reverse=True)
        by_word, signed_since, *others = in_force
        self._by_word(by_word)
        self._by_word(signed_since, signed_since=True)
        if agreed:
            self._return(agreed[0].versions[-1], Mend.NOW, reviewed.RETURNED_NOW)
        for rows, words in zip(others, reviewed.RETURNED_AT_REVIEW, strict=False):
            self._return(rows.versions[-1], Mend.AT_REVIEW, words)
        if len(others) > 2:
            self._return(others[2].versions[-1], Mend.NOW, reviewed.RETURNED_AND_MENDED, mended=reviewed.MENDED)
        for rows, words in zip(in_force, reviewed.NOTES, strict=False):
            self._note(rows.versions[-1], words)
        for made in (each for rows in plans for each in rows.versions if each.signed):
            kind = Addendum.Kind.COPY_TAKEN if made.copy_taken else Addendum.Kind.COPY_LEFT
            self._add(made, kind, str(COPY_WORDS[kind]), made.signed.on, f"plan.{kind.value}")

    def _of_first_keyworker(self, rows: PlanRows) -> bool:
        return bool(rows.versions) and rows.versions[-1].worker.worker == self.place.workers(FIRST_SERVICE)[0]

    # --- Reviews

    def _review(self, rows: PlanRows, before: VersionRows, now: VersionRows) -> None:
        at = now.version.begun_at
        made = PlanReview(
            id=self.chance.key(),
            **_about(before.version),
            agency=rows.plan.agency,
            plan=rows.plan,
            of_version=before.version,
            draft=now.version,
            held_on=at.date(),
            was_due_on=before.version.next_review_on,
            others_there=self.chance.choice(reviewed.OTHERS_THERE),
            information_exchanged=self.chance.happens(0.8),
            client_says=self.chance.choice(reviewed.CLIENT_SAYS),
            recorded_at=at,
            recorded_by=now.worker.worker.person,
        )
        self.reviews.append(made)
        goes_on = {goal.line for goal in now.parts["goal"]}
        for goal in before.parts["goal"]:
            if (goal.line or goal.pk) in goes_on:
                outcome = Outcome.PARTLY if self.chance.happens(0.7) else Outcome.NOT_YET
            else:
                outcome = Outcome.ACHIEVED if self.chance.happens(0.8) else Outcome.NO_LONGER
            why = "" if outcome == Outcome.ACHIEVED else self.chance.choice(reviewed.WHY[outcome.value])
            self.outcomes.append(
                GoalOutcome(
                    id=self.chance.key(),
                    **_about(before.version),
                    agency=rows.plan.agency,
                    review=made,
                    goal=goal,
                    outcome=outcome,
                    why=why,
                )
            )
        self._did(at + timedelta(seconds=1), "plan.reviewed", now.worker.worker, made)

    # --- How a plan ended

    def _end(self, plans: list[PlanRows]) -> None:
        """One that another took the place of ended with the signature of that one; any other with the treatment."""
        following = {first.plan.pk: second for first, second in pairwise(plans) if _follows(first, second)}
        for rows in plans:
            if not rows.course.closed:
                continue
            plan, by = rows.plan, rows.versions[-1].worker
            if follower := following.get(plan.pk):
                plan.closed_why, plan.followed_by, plan.closed_at = "followed", follower.plan, follower.versions[0].at
                by = follower.versions[0].worker
            elif by.stay.discharged_on:
                plan.closed_at = datetime.combine(by.stay.discharged_on, time(16, 20), LONDON)
            plan.closed_by = by.worker.person
            self._did(plan.closed_at + timedelta(seconds=2), "plan.closed", by.worker, plan)

    # --- Agreed by word

    def _by_word(self, rows: PlanRows, *, signed_since: bool = False) -> None:
        made = rows.versions[-1]
        version, signature = made.version, made.signatures[0]
        signature.how, signature.reason, signature.strokes = Signature.How.VERBAL, "", ""
        signature.follow_up_on = made.signed.on + timedelta(days=TO_SIGN)
        if signed_since:
            on = min(self.today - DAY, made.signed.on + timedelta(days=6))
            self._add(made, Addendum.Kind.SIGNED_LATER, "The client signed.", on, "plan.signed-later", signed_on=on)
        self.tasks.append(
            Task(
                id=self.chance.key(),
                partnership=version.partnership,
                client_id=version.client_id,
                kind=TO_BE_SIGNED,
                subject_id=version.pk,
                words="Ask the client to sign the plan: they agreed by word.",
                due_on=signature.follow_up_on,
                agency=rows.plan.agency,
                person=made.worker.worker.person,
                made_at=made.at,
                made_by=made.worker.worker.person,
                **({"done_at": self.addenda[-1].written_at, "done_by": made.worker.worker.person} if signed_since else {}),
            )
        )

    # --- Sent back, and noted

    def _return(self, made: VersionRows, mend: Mend, words: str, *, mended: str = "") -> None:
        version, (manager, *_rest) = made.version, self.place.in_role(FIRST_SERVICE, "service-manager")
        on = min(self.today - DAY, version.agreed_at.date() + timedelta(days=3))
        at = max(self.chance.moment_on(on), version.agreed_at + timedelta(hours=1))
        by = made.worker.worker
        returned = PlanReturn(
            id=self.chance.key(),
            **_about(version),
            agency=version.plan.agency,
            version=version,
            mend=mend,
            words=words,
            returned_at=at,
            returned_by=manager.person,
            **({"mended_at": at + timedelta(hours=2), "mended_by": by.person, "mended_words": mended} if mended else {}),
        )
        self.returns.append(returned)
        self._did(at, "plan.returned", manager, returned)
        if mended:
            self._did(at + timedelta(hours=2), "plan.mended", by, returned)
            return
        self.notices.append(
            Notice(
                id=self.chance.key(),
                partnership=version.partnership,
                client_id=version.client_id,
                person=by.person,
                kind=RETURNED if mend == Mend.NOW else RETURNED_FOR_REVIEW,
                subject_id=returned.pk,
                about_day=on,
                made_at=at,
            )
        )

    def _note(self, made: VersionRows, words: str) -> None:
        on = min(self.today - DAY, made.signed.on + timedelta(days=self.chance.randint(2, 12)))
        self._add(made, Addendum.Kind.NOTE, words, on, "plan.note-added")

    def _add(self, made: VersionRows, kind: Addendum.Kind, words: str, on: date, verb: str, **more: Any) -> None:
        at = max(self.chance.moment_on(on), made.at + timedelta(minutes=30))
        addendum = Addendum(
            id=self.chance.key(),
            **_about(made.version),
            agency=made.version.plan.agency,
            version=made.version,
            kind=kind,
            words=words,
            written_at=at,
            written_by=made.worker.worker.person,
            **more,
        )
        self.addenda.append(addendum)
        self._did(at, verb, made.worker.worker, addendum)

    def _did(self, at: datetime, verb: str, by: Membership, subject: Any) -> None:
        self.deeds.append((at, verb, by, subject))

    def save(self, using: str) -> None:
        for rows in (self.reviews, self.outcomes, self.returns, self.addenda, self.tasks, self.notices):
            if rows:
                type(rows[0]).objects.using(using).bulk_create(rows)


def _about(version: PlanVersion) -> dict[str, Any]:
    return {"partnership": version.partnership, "client": version.client}


def _follows(first: PlanRows, second: PlanRows) -> bool:
    same = first.plan.episode == second.plan.episode
    return same and first.plan.kind == CarePlan.Kind.INITIAL and second.plan.kind != first.plan.kind
