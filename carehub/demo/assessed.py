"""The rows of the triages: answers, the risks they raise, what had to be done the same day."""

from datetime import date, timedelta

from carehub.definitions.catalogue import catalogue
from carehub.definitions.findings import proposed
from carehub.definitions.fingerprint import fingerprint
from carehub.definitions.forward import Stamp
from carehub.definitions.schema import Form
from carehub.demo.chance import Chance
from carehub.demo.courses import SETTINGS
from carehub.demo.people import Somebody, StayRows
from carehub.demo.staffed import Place
from carehub.demo.triage import answered
from carehub.models import Notice, Task
from clients import risk
from clients.actions.written_down import SAME_DAY, fills
from clients.assessed.findings import cannot_wait
from clients.assessed.recorded import stamp_of, stamps_of
from clients.models import Assessment, RiskFound

FORM = "triage"
#: A task that a triage asked for is done within so many days, and read about by the manager.
DONE_WITHIN = timedelta(days=2)
SEEN_TO = "Stayed with them, made a safety plan together and rang the surgery. They go home with a friend."


class Triages:
    """Collects the rows of all triages, then writes each kind at once."""

    def __init__(self, place: Place, chance: Chance, today: date):
        self.place, self.chance, self.today = place, chance, today
        self.form: Form = catalogue().form(FORM)
        self.fingerprint = fingerprint(self.form)
        self.assessments: list[Assessment] = []
        self.completed: list[Assessment] = []
        self.risks: list[RiskFound] = []
        self.tasks: list[Task] = []
        self.notices: list[Notice] = []
        #: Episode's key → its completed triage.
        self.of_episode: dict[object, Assessment] = {}

    def add(self, somebody: Somebody, stay: StayRows) -> None:
        day = stay.stay.triaged_on or (stay.stay.referred_on if stay.stay.triage_begun else None)
        if day is None:
            return
        began = self.chance.moment_on(day)
        complete = stay.stay.triaged_on is not None
        assessment = Assessment(
            id=self.chance.key(),
            **somebody.about,
            episode=stay.episode,
            agency=stay.episode.agency,
            form=self.form.name,
            form_version=self.form.version,
            form_fingerprint=self.fingerprint,
            answers=answered(self.form, somebody.life, self.chance, day, all_of_it=complete),
            sections={section.id: {"on": day.isoformat(), "by": [stay.worker.person.name]} for section in self.form.sections},
            took_place_on=day,
            started_at=began,
            started_by=stay.worker.person,
        )
        self.assessments.append(assessment)
        if complete:
            self._complete(somebody, stay, assessment)

    def _complete(self, somebody: Somebody, stay: StayRows, assessment: Assessment) -> None:
        found = risk.picture(risk.Told(self.form, assessment.answers, Stamp(assessment.took_place_on, stay.worker.person.name), {}))
        at = assessment.started_at + timedelta(minutes=self.chance.randint(15, 35))
        assessment.state, assessment.completed_at, assessment.locked_at = Assessment.State.COMPLETE, at, at
        assessment.completed_by, assessment.risk = stay.worker.person, found.level
        assessment.row_version = 3
        episode = stay.episode
        episode.risk, episode.risk_words, episode.risk_asked_on = found.level, found.words, found.asked_on
        episode.main_substance = somebody.life.main
        episode.urgency = fills(self.form, assessment.answers, "urgency")
        if episode.state == episode.State.TRIAGE and fills(self.form, assessment.answers, "comprehensive") == "yes":
            episode.comprehensive_due_on = assessment.took_place_on + timedelta(days=SETTINGS.comprehensive_within_days)
        self.completed.append(assessment)
        self.of_episode[episode.pk] = assessment
        self.risks += [
            RiskFound(
                id=self.chance.key(),
                **somebody.about,
                assessment=assessment,
                area=each.area,
                level=risk.kept_level(each.level),
                words=each.words[: risk.LONGEST_WORDS],
                third_party=each.third_party,
            )
            for each in found.found
        ]
        self._for_today(somebody, stay, assessment)

    def _for_today(self, somebody: Somebody, stay: StayRows, assessment: Assessment) -> None:
        """What the answers asked for on the day itself, as the action writes it; by now most of it is done."""
        found = proposed(self.form, assessment.answers, asked=stamp_of(assessment), sections=stamps_of(assessment))
        urgent = [each for each in found if cannot_wait(each.trigger)]
        if not urgent:
            return
        day, at = assessment.took_place_on, assessment.completed_at
        done = at + timedelta(hours=self.chance.randint(1, 5)) if self.today - day >= DONE_WITHIN else None
        about = {"partnership_id": stay.episode.partnership_id, "client_id": somebody.client.pk, "made_at": at}
        managers = [each for each in self.place.in_role(stay.stay.agency, "service-manager") if each.person != stay.worker.person]
        for each in urgent:
            countersign = each.trigger.countersign
            closer = (managers[0] if managers else None) if countersign else stay.worker
            # Seen to within the hour by who asked for it; what is of yesterday still waits for the manager.
            carried_out = {
                "carried_out_at": at + timedelta(minutes=40),
                "carried_out_by": stay.worker.person,
                "carried_out_words": SEEN_TO,
                "told": [Task.Told.MANAGER, Task.Told.GP],
            }
            self.tasks.append(
                Task(
                    id=self.chance.key(),
                    **about,
                    kind=f"trigger.{each.trigger.id}"[:60],
                    subject_id=assessment.pk,
                    words=each.trigger.text[:300],
                    why=each.why,
                    countersigned=countersign,
                    **(carried_out if countersign and closer and day < self.today else {}),
                    due_on=day,
                    agency=stay.episode.agency,
                    made_by=stay.worker.person,
                    done_at=done if closer else None,
                    done_by=closer.person if done and closer else None,
                )
            )
        for manager in self.place.in_role(stay.stay.agency, "service-manager"):
            self.notices.append(
                Notice(
                    id=self.chance.key(),
                    **about,
                    person=manager.person,
                    kind=SAME_DAY,
                    subject_id=stay.episode.pk,
                    about_day=day,
                    read_at=done,
                )
            )

    def save(self, using: str) -> None:
        """Begun first, then locked: risks before the triage that they belong to, as the database demands. The episodes know all by now."""
        finished = ("state", "completed_at", "completed_by", "risk", "locked_at")
        as_finished = {row.pk: {name: getattr(row, name) for name in finished} for row in self.completed}
        for row in self.completed:
            row.state, row.completed_at, row.completed_by, row.risk, row.locked_at = Assessment.State.DRAFT, None, None, "", None
        Assessment.objects.using(using).bulk_create(self.assessments)
        RiskFound.objects.using(using).bulk_create(self.risks)
        for row in self.completed:
            for name, value in as_finished[row.pk].items():
                setattr(row, name, value)
        for found in self.risks:
            found.locked_at = found.assessment.locked_at
        RiskFound.objects.using(using).bulk_update(self.risks, ["locked_at"])
        Assessment.objects.using(using).bulk_update(self.completed, finished)
        Task.objects.using(using).bulk_create(self.tasks)
        Notice.objects.using(using).bulk_create(self.notices)
