"""The rows of the plans: heads, versions with their parts, signatures, and the locks in the order that the database demands."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connections

from carehub.demo import sayings
from carehub.demo.chance import Chance
from carehub.demo.courses import PlanCourse, Signed
from carehub.demo.people import Somebody, StayRows
from carehub.demo.staffed import Place
from carehub.demo.writing import Names, Story
from careplans import content, sheets
from careplans.interventions import tier_of
from careplans.models import PARTS, Action, CarePlan, Domain, Goal, Involved, Need, PlanVersion, RiskStep, Signature
from careplans.proposals import Proposal, from_assessment
from clients.models import Assessment

How, Party = Signature.How, Signature.Party


@dataclass
class VersionRows:
    """One version with all that hangs on it. ``signed``: None for a draft, or one that waits for its signatures."""

    version: PlanVersion
    worker: StayRows
    signed: Signed | None
    parts: dict[str, list] = field(default_factory=lambda: {kind: [] for kind in PARTS})
    signatures: list[Signature] = field(default_factory=list)
    at: datetime | None = None
    copy_taken: bool = False


@dataclass
class PlanRows:
    plan: CarePlan
    course: PlanCourse
    versions: list[VersionRows] = field(default_factory=list)


class Plans:
    """Collects the plans of everybody, then writes them a round of versions at a time: a plan has one version that is not locked."""

    def __init__(self, place: Place, chance: Chance, today: date):
        self.place, self.chance, self.today = place, chance, today
        self.plans: list[PlanRows] = []

    def add(self, somebody: Somebody, stay: StayRows, assessment: Assessment | None) -> None:
        if assessment is None:
            return
        agency = stay.episode.agency
        names = Names(
            keyworker=stay.worker.person.name,
            doctor=self.place.doctor(stay.stay.agency),
            agency=agency.name,
            telephone=agency.telephone,
            carer=self.chance.choice(sayings.CARERS),
        )
        story = Story(somebody.life, names, self.chance)
        proposals = sorted(from_assessment(assessment), key=lambda each: list(Domain.values).index(each.domain))
        for course in stay.stay.plans:
            self._plan(somebody, stay, course, story, proposals)

    def _plan(self, somebody: Somebody, stay: StayRows, course: PlanCourse, story: Story, proposals: list[Proposal]) -> None:
        first_day = course.signed[0].on if course.signed else course.begun_on
        begun = self.chance.moment_on(first_day, hour=9)
        plan = CarePlan(
            id=self.chance.key(),
            **somebody.about,
            episode=stay.episode,
            agency=stay.episode.agency,
            kind=course.kind,
            lead=not stay.stay.linked,
            # There is one open lead plan a client; which of two is the open one must be plain from the first row on.
            state=CarePlan.State.CLOSED if course.closed else CarePlan.State.BEGUN,
            begun_at=begun,
            begun_by=stay.worker.person,
            **({"closed_at": begun, "closed_by": stay.worker.person, "closed_why": "treatment-ended"} if course.closed else {}),
        )
        rows = PlanRows(plan, course)
        self.plans.append(rows)
        for signed in (*course.signed, *([None] if course.unfinished else [])):
            self._version(somebody, stay, rows, signed, story, proposals)
            plan.current = rows.versions[-1].version if signed else plan.current
        plan.current = None

    def _version(
        self, somebody: Somebody, stay: StayRows, rows: PlanRows, signed: Signed | None, story: Story, proposals: list[Proposal]
    ) -> None:
        day = signed.on if signed else rows.course.begun_on
        earlier = rows.versions[-1].version if rows.versions else None
        begun = self.chance.moment_on(day, hour=9)
        version = PlanVersion(
            id=self.chance.key(),
            **somebody.about,
            plan=rows.plan,
            number=len(rows.versions) + 1,
            copied_from=earlier,
            next_review_on=signed.review_by if signed else self.today + timedelta(days=21),
            begun_at=begun,
            begun_by=stay.worker.person,
            **story.texts(rows.plan.kind),
        )
        made = VersionRows(version, stay, signed)
        self._parts(somebody, stay, made, story, proposals, day)
        if rows.versions:
            _go_on_from(rows.versions[-1], made)
        rows.versions.append(made)
        if signed or rows.course.unfinished == "agreed":
            self._agree(stay, made, begun + timedelta(minutes=self.chance.randint(20, 50)))
        if signed:
            self._sign(somebody, stay, made)

    def _parts(self, somebody: Somebody, stay: StayRows, made: VersionRows, story: Story, proposals: list[Proposal], day: date) -> None:
        about = {**somebody.about, "version": made.version}
        goals = story.goals_for(made.version.plan.kind)
        areas, domains = {each.goal.area for each in goals}, {each.goal.domain for each in goals}
        for position, each in enumerate(proposals):
            made.parts["need"].append(
                Need(
                    id=self.chance.key(),
                    **about,
                    position=position,
                    domain=each.domain,
                    area=each.area,
                    score=each.score,
                    words=each.words,
                    third_party=each.third_party,
                    standing="now" if each.area in areas or (each.domain in domains and each.domain == "offending") else "later",
                )
            )
        for position, said in enumerate(goals):
            goal = Goal(
                id=self.chance.key(),
                **about,
                position=position,
                domain=said.goal.domain,
                client_words=said.client_words,
                service_words=story.service_words(said.goal, day),
            )
            made.parts["goal"].append(goal)
            for what, who, name, by_when, treatment, milestone in story.steps(said.goal, day):
                row = Action(id=self.chance.key(), **about, goal=goal, what=what, who=who, who_name=name, by_when=by_when)
                row.intervention, row.tier, row.milestone = treatment, int(tier_of(treatment) or 0) or None, milestone
                row.position = len(made.parts["action"])
                made.parts["action"].append(row)
        found = [str(words["area"]) for words in stay.episode.risk_words if words["level"] in ("low", "medium", "high")]
        for area, what, who, by_when, told in story.risk_steps(list(dict.fromkeys(found)), day):
            step = RiskStep(id=self.chance.key(), **about, area=area, what=what, who_name=who, by_when=by_when, told=told)
            step.position, step.third_party = len(made.parts["risk"]), RiskStep.kept_off(area)
            made.parts["risk"].append(step)
        for position, (role, name, contact, does) in enumerate(story.involved(made.version.plan.kind)):
            row = Involved(id=self.chance.key(), **about, position=position, role=role, name=name, contact=contact, does=does)
            made.parts["involved"].append(row)

    def _agree(self, stay: StayRows, made: VersionRows, at: datetime) -> None:
        version = made.version
        for kind, part in PARTS.items():
            rows = [{"id": row.pk, "line": row.line, **{name: getattr(row, name) for name in part.FIELDS}} for row in made.parts[kind]]
            setattr(version, f"{kind}_rows", rows)
        version.state, version.agreed_at, version.agreed_by = PlanVersion.State.AGREED, at, stay.worker.person
        version.agreed_text = content.of(version).fingerprint()
        version.row_version = 3

    def _sign(self, somebody: Somebody, stay: StayRows, made: VersionRows) -> None:
        version, at = made.version, made.version.agreed_at + timedelta(minutes=self.chance.randint(5, 20))
        made.at = at
        how = self.chance.one_of({How.SCREEN: 70, How.PAPER: 21, How.DECLINED: 9})
        on_paper = how == How.PAPER
        for party, name in ((Party.CLIENT, somebody.client.full_name), (Party.KEYWORKER, stay.worker.person.name)):
            declined = party == Party.CLIENT and how == How.DECLINED
            signs = how if party == Party.CLIENT else (How.PAPER if on_paper else How.SCREEN)
            made.signatures.append(
                Signature(
                    id=self.chance.key(),
                    **somebody.about,
                    version=version,
                    party=party,
                    name=name,
                    how=signs,
                    signed_on=made.signed.on,
                    reason=self.chance.choice(sayings.DECLINED_BECAUSE) if declined else "",
                    strokes=_strokes(self.chance) if signs == How.SCREEN and self.chance.happens(0.6) else "",
                    agreed_text=version.agreed_text,
                    recorded_at=at,
                    recorded_by=stay.worker.person,
                )
            )
        made.copy_taken = self.chance.happens(0.8)
        version.shared = None  # nobody had asked by then
        version.as_signed = sheets.facts(version)

    def save(self, using: str) -> None:
        heads = [rows.plan for rows in self.plans]
        CarePlan.objects.using(using).bulk_create(heads)
        for number in range(max((len(rows.versions) for rows in self.plans), default=0)):
            _save_round([rows.versions[number] for rows in self.plans if len(rows.versions) > number], using)
        for rows in self.plans:
            _stand_as_they_are(rows)
        CarePlan.objects.using(using).bulk_update(heads, ["state", "current", "review_due_on", "risk_when_signed", "row_version"])


#: What tells one row of a plan from another of its kind.
_SAME = {"need": "words", "goal": "client_words", "action": "what", "risk": "what", "involved": "name"}


def _go_on_from(before: VersionRows, made: VersionRows) -> None:
    """Rows that say the same are the same goal, the same step: copied forward."""
    for kind, name in _SAME.items():
        known = {getattr(row, name): row.line or row.pk for row in before.parts[kind]}
        for row in made.parts[kind]:
            row.line = known.get(getattr(row, name))


def _stand_as_they_are(rows: PlanRows) -> None:
    signed = [each.version for each in rows.versions if each.signed]
    if not signed:
        return
    plan = rows.plan
    plan.current, plan.row_version = signed[-1], len(signed) + 1
    if not rows.course.closed:
        plan.state, plan.review_due_on = CarePlan.State.CURRENT, signed[-1].next_review_on
        plan.risk_when_signed = plan.episode.risk


_LOCK_PARTS = (
    "UPDATE {table} part SET locked_at = v.at FROM unnest(%s::uuid[], %s::timestamptz[]) AS v (id, at) WHERE part.version_id = v.id"
)
_LOCK_VERSIONS = """
UPDATE careplans_planversion version SET state = 'signed', signed_on = v.signed_on, locked_at = v.at, row_version = row_version + 1
FROM unnest(%s::uuid[], %s::timestamptz[], %s::date[]) AS v (id, at, signed_on) WHERE version.id = v.id
"""


def _save_round(made: list[VersionRows], using: str) -> None:
    """One version of each of many plans: written, signed, its parts locked, then itself."""
    PlanVersion.objects.using(using).bulk_create(each.version for each in made)
    for kind in ("goal", "action", "need", "risk", "involved"):
        PARTS[kind].objects.using(using).bulk_create(row for each in made for row in each.parts[kind])
    Signature.objects.using(using).bulk_create(row for each in made for row in each.signatures)
    signed = [each for each in made if each.signed]
    keys, moments = [each.version.pk for each in signed], [each.at for each in signed]
    with connections[using].cursor() as cursor:
        for model in (*PARTS.values(), Signature):
            cursor.execute(_LOCK_PARTS.format(table=model._meta.db_table), [keys, moments])
        cursor.execute(_LOCK_VERSIONS, [keys, moments, [each.signed.on for each in signed]])


def _strokes(chance: Chance) -> str:
    """A scribble in the box of 600 by 180, in whole numbers, as the page draws it."""
    parts = []
    x, y = chance.randint(60, 110), chance.randint(80, 110)
    for _stroke in range(chance.randint(1, 3)):
        parts.append(f"M{x} {y}")
        for _point in range(chance.randint(14, 30)):
            x, y = min(560, x + chance.randint(3, 14)), min(165, max(20, y + chance.randint(-34, 34)))
            parts.append(f"L{x} {y}")
        x, y = min(500, x + 15), chance.randint(70, 120)
    return "".join(parts)
