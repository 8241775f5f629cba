"""Writing the plan: begun from what the triage found, saved as often as one likes, in whatever state it is."""

from collections.abc import Mapping
from uuid import UUID

from django.db import IntegrityError, transaction

from carehub import clock, events, stale
from carehub.actors import Actor
from careplans import content, policies
from careplans.actions.rows import write_rows
from careplans.content import Content
from careplans.models import CarePlan, Domain, Need, PlanVersion
from careplans.proposals import Proposal, from_assessment
from clients.models import Assessment, Episode

ONE_LEAD = "plan_one_lead_for_a_client"


class PlanConflict(stale.Conflict):
    """A colleague saved the same lines meanwhile; nothing was written.

    ``content`` could be saved, with my text where both wrote; ``theirs`` is what stands there; ``conflicts``: address → (mine, theirs).
    """

    def __init__(self, merged: content.Merged, theirs: Content):
        super().__init__(stale.Merge(dict(merged.content.flat()), dict(merged.conflicts)))
        self.content, self.conflicts, self.theirs = merged.content, merged.conflicts, theirs


def start_plan(*, episode: Episode, kind: str, by: Actor) -> PlanVersion:
    """A first draft with everything that came up, all of it as 'later'; or the draft that has been begun already."""
    with transaction.atomic():
        # Two clicks on 'Start', two colleagues at once: the second finds what the first began.
        episode = Episode.objects.visible_to(by).select_for_update(no_key=True).get(pk=episode.pk)
        plans = list(CarePlan.objects.filter(episode=episode).exclude(state=CarePlan.State.CLOSED))
        if begun := next((plan for plan in plans if plan.kind == kind and plan.state == CarePlan.State.BEGUN), None):
            draft = PlanVersion.objects.select_related("plan__episode", "partnership").filter(plan=begun, locked_at__isnull=True).first()
            if draft is not None:
                return draft
        assessed = {
            each.form: each for each in Assessment.objects.filter(episode=episode, state=Assessment.State.COMPLETE).order_by("completed_at")
        }
        policies.check_start(episode, kind, by, open_kinds=[plan.kind for plan in plans], assessed=assessed)
        version = _begin(episode, kind, by)
        latest = max(assessed.values(), key=lambda each: (each.took_place_on, each.completed_at), default=None)
        if latest is not None:
            _propose(version, from_assessment(latest))
        events.record("plan.started", by=by, client=version.client_id, subject=version)
    return version


def _begin(episode: Episode, kind: str, by: Actor) -> PlanVersion:
    about = {"partnership_id": episode.partnership_id, "client_id": episode.client_id}
    now = clock.now()
    head = {**about, "episode": episode, "agency_id": by.agency_id, "kind": kind, "begun_at": now, "begun_by": by.person}
    try:
        with transaction.atomic():
            plan = CarePlan.objects.create(**head, lead=True)
    except IntegrityError as refusal:
        if ONE_LEAD not in str(refusal):
            raise
        # Somebody leads already, perhaps an agency whose plan we may not see: ours is a linked local plan.
        plan = CarePlan.objects.create(**head, lead=False)
    version = PlanVersion(**about, plan=plan, number=1, begun_at=now, begun_by=by.person)
    version.partnership = by.partnership
    version.next_review_on = policies.latest_review(version)
    version.save(force_insert=True)
    return version


def _propose(version: PlanVersion, proposals: list[Proposal]) -> None:
    order = list(Domain.values)
    Need.objects.bulk_create(
        Need(
            partnership_id=version.partnership_id,
            client_id=version.client_id,
            version=version,
            position=position,
            domain=each.domain,
            area=each.area,
            score=each.score,
            words=each.words,
            third_party=each.third_party,
        )
        for position, each in enumerate(sorted(proposals, key=lambda each: order.index(each.domain)))
    )


def save_plan(*, version: PlanVersion, expected: int, opened_marks: Mapping[str, str], said: Content, by: Actor) -> PlanVersion:
    """Write what stands in the form, finished or not. At most nine statements, however many rows.

    ``expected``: the row version the form was opened with; ``opened_marks``: address → mark (carehub.stale) of each field then.
    What a colleague saved since is merged in; where both wrote into one field, :class:`PlanConflict`, and nothing is written.
    A new row's key is made in the page: submitted twice it is still one row.
    """
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        policies.may_edit(now, by)
        stored = content.of(now)
        mine, opened = _own_keys(now, stored, said, opened_marks)
        mine = _tidied(mine, stored)
        if now.row_version != expected:
            merged = content.merge(opened=opened, mine=mine, theirs=stored)
            if merged.conflicts:
                raise PlanConflict(merged, stored)
            mine = merged.content
        if mine.fingerprint() != stored.fingerprint():
            values, unfinished = write_rows(now, stored, mine)
            now.save_over(now.row_version, **values, unfinished=unfinished)
            events.record("plan.saved", by=by, client=now.client_id, subject=now)
    return now


def load(key: UUID, by: Actor, *more: str) -> PlanVersion:
    """The version with all its rows, and ``more`` that hangs on it; nobody else writes in it until this transaction ends.

    Two statements: one that waits for a colleague's save sees the version as it is then, but its rows as they were before.
    """
    versions = PlanVersion.objects.visible_to(by)
    versions.select_for_update(of=("self",)).only("pk").get(pk=key)
    return content.loaded(versions.select_related("plan__episode", "partnership", *more)).get(pk=key)


def _own_keys(version: PlanVersion, stored: Content, said: Content, opened: Mapping[str, str]) -> tuple[Content, dict[str, str]]:
    """A row that is not known here gets a key of this version's own, always the same for the same key of the page.

    So a form that is sent twice makes one row, and a key copied from elsewhere reaches nothing there.
    """
    known = {key for rows in stored.rows.values() for key in rows}

    def own(key: str) -> str:
        return key if not key or key in known else content.own_key(version.pk, key)

    rows = {kind: {own(key): dict(row) for key, row in each.items()} for kind, each in said.rows.items()}
    marks = {}
    for address, mark in opened.items():
        kind, dot, rest = address.partition(".")
        key, _dot, name = rest.partition(".")
        marks[f"{kind}.{own(key)}.{name}" if dot else address] = mark
    for key, action in rows["action"].items():
        goal, address = action.get("goal_id", ""), f"action.{key}.goal_id"
        action["goal_id"] = own(goal)
        if marks.get(address) == stale.mark(goal):  # the goal has another key now; the action has not moved for that
            marks[address] = stale.mark(own(goal))
    return Content(dict(said.texts), rows), marks


def _tidied(mine: Content, stored: Content) -> Content:
    """Every row whole. What an assessment found stays on the plan, in the assessment's words: only now or later is chosen."""
    for kind, names in content.FIELDS.items():
        for key, row in mine.rows[kind].items():
            before = stored.rows[kind].get(key, {})
            for name in names:
                row[name] = content.plain(name, row.get(name, before.get(name, "")))
    for key, need in mine.rows["need"].items():
        known = stored.rows["need"].get(key)
        if known is None or known["source"] == Need.Source.SAID:
            need |= {"source": Need.Source.SAID.value, "area": "", "score": ""}
        else:
            mine.rows["need"][key] = {**known, "standing": need["standing"]}
        if mine.rows["need"][key]["standing"] != Need.Standing.NOW:
            mine.rows["need"][key]["standing"] = Need.Standing.LATER.value
    taken_off = {key: need for key, need in stored.rows["need"].items() if key not in mine.rows["need"]}
    mine.rows["need"] = {
        key: mine.rows["need"].get(key) or taken_off.get(key, {})
        for key in (*stored.rows["need"], *mine.rows["need"])
        if key in mine.rows["need"] or (key in taken_off and taken_off[key]["source"] == Need.Source.ASSESSMENT)
    }
    mine.texts = {name: content.plain(name, mine.texts.get(name, stored.texts.get(name, ""))) for name in content.TEXTS}
    return mine.without_empty_rows()
