"""What the saved answers of an unfinished assessment ask for today: one open task, until they no longer do or its proposals take over."""

from collections.abc import Iterable, Sequence

from carehub import clock, events
from carehub.actors import Actor
from carehub.definitions.answers import is_asked
from carehub.definitions.because import in_one_line
from carehub.definitions.findings import Finding, risks
from carehub.definitions.schema import Form
from carehub.models import Person, Task
from clients.actions.proposing import asked_for_anew
from clients.assessed.findings import cannot_wait
from clients.assessed.urgent import URGENT
from clients.models import Assessment, Episode

_WORDS = Task._meta.get_field("words").max_length or 0
_WHY = Task._meta.get_field("why").max_length or 0


def keep_in_sight(assessment: Assessment, form: Form, by: Actor) -> None:
    """After a save of a draft, which is locked: its task is there where an answer cannot wait, once, and is not where none does.

    What an earlier assessment found and nobody has asked again is not among them: it has its proposals.
    """
    held = [each for each in asked_for_anew(assessment, form, assessment.answers) if cannot_wait(each.trigger)]
    if not held:
        if over(assessment, by, why="answers"):
            _keep(assessment, [])
        return
    gravest = sorted(held, key=lambda each: not each.trigger.countersign)
    said = {"words": _words(gravest), "why": _why(gravest)}
    _tell_banner(assessment, form, held)
    tasks = Task.objects.filter(kind=URGENT, subject_id=assessment.pk)
    if task := tasks.open().first():
        if said != {"words": task.words, "why": task.why}:
            tasks.filter(pk=task.pk).update(**said)
            events.record("assessment.urgent", by=by, client=assessment.client_id, subject=assessment)
        return
    today = clock.today()
    whose = {"made_at": clock.now(), "made_by": by.person, "person": by.person}
    # Taken back and given again on one day it is the same task: it is one a day.
    if not tasks.filter(due_on=today).update(**said, **whose, done_at=None, done_by=None):
        about = {"partnership_id": assessment.partnership_id, "client_id": assessment.client_id, "agency_id": assessment.agency_id}
        Task.objects.create(**about, kind=URGENT, subject_id=assessment.pk, due_on=today, **said, **whose)
    events.record("assessment.urgent", by=by, client=assessment.client_id, subject=assessment)


def over(assessment: Assessment, by: Actor, *, why: str) -> bool:
    """Whether there was a task. ``why``: 'answers', which ask for nothing today any more; or 'completed', and its proposals stand in
    its place, and on the episode what is written down of it.
    """
    open_ones = Task.objects.open().filter(kind=URGENT, subject_id=assessment.pk)
    found = bool(open_ones.update(done_at=clock.now(), done_by=by.person))
    if found:
        events.record("assessment.urgent-over", by=by, client=assessment.client_id, subject=assessment, reason=why)
    return found


def goes_to(assessment: Assessment, person: Person) -> None:
    """With the draft."""
    Task.objects.open().filter(kind=URGENT, subject_id=assessment.pk).update(person=person)


def _tell_banner(assessment: Assessment, form: Form, held: Sequence[Finding]) -> None:
    """The risks behind it, on the episode: until it is completed no other page may say that risk is not assessed."""
    asked = {because.question for each in held for because in each.because if is_asked(assessment.answers.get(because.question, {}))}
    found = [each for each in risks(form, assessment.answers) if each.question in asked]
    words = "; ".join(dict.fromkeys(each.words for each in found))
    about = {"assessment": str(assessment.pk), "on": clock.today().isoformat(), "words": words}
    _keep(assessment, [about | {"third_party": any(each.third_party for each in found)}] if words else [])


def _keep(assessment: Assessment, found: list[dict[str, object]]) -> None:
    """Beside what other unfinished assessments have found. Not a change of the episode that anybody could have been making: no version."""
    episodes = Episode.objects.filter(pk=assessment.episode_id)
    stands = episodes.select_for_update(no_key=True).values_list("risk_begun", flat=True).get()
    now = [each for each in stands if each["assessment"] != str(assessment.pk)] + found
    if now != stands:
        episodes.update(risk_begun=now)


def _words(held: Sequence[Finding]) -> str:
    """As many whole sentences as there is room for, the gravest first; the rest stands with the answers, in ``why``."""
    said = ""
    for each in held:
        longer = f"{said} {each.trigger.text}".strip()
        if len(longer) <= _WORDS:
            said = longer
    return said or held[0].trigger.text[:_WORDS]


def _why(held: Iterable[Finding]) -> str:
    answers = {because.question: because for each in held for because in each.because}
    return in_one_line(list(answers.values()))[:_WHY]
