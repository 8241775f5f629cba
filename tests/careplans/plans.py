"""Plans for tests, made by the actions themselves: begun, written, agreed, signed."""

from datetime import date, timedelta
from typing import Any

from carehub import clock, context, stale
from carehub.actors import Actor
from careplans import content
from careplans.actions.agreeing import agree
from careplans.actions.signing import sign
from careplans.actions.starting import start_plan
from careplans.actions.writing import save_plan
from careplans.content import Content
from careplans.models import PlanVersion
from clients.models import Client, Episode
from tests import factories

#: Answers to the triage with something in every domain, and one thing that is not for paper.
ANSWERS = {
    "main-drug": {"value": "1011"},
    "overdose": {"value": "year"},
    "housing": {"value": "1"},
    "mental-health": {"value": "past"},
    "harm-from-others": {"value": "now-other"},
}


def triaged(keyworker: Actor, **fields: Any) -> Client:
    """A client whose triage is complete."""
    client = factories.client_of(keyworker.agency, keyworker=keyworker, state="triage", **fields)
    factories.assessment(client, by=keyworker, state="complete", risks=0, answers=ANSWERS)
    return client


def episode_of(client: Client, by: Actor) -> Episode:
    with context.acting(by):
        return Episode.objects.visible_to(by).get(client=client, agency=by.agency)


def begun(client: Client, by: Actor) -> PlanVersion:
    with context.acting(by):
        return start_plan(episode=Episode.objects.get(client=client, agency=by.agency), kind="initial", by=by)


def soon(days: int = 7) -> str:
    return (clock.today() + timedelta(days=days)).isoformat()


def filled(said: Content, words: str = "I want to sleep through", **action: str) -> Content:
    """A goal with one action, complete enough to be agreed; the goal's key is 'g', the action's 'a'."""
    said.rows["goal"]["g"] = {"domain": "health", "client_words": words, "service_words": "Sleeps six hours a night"}
    said.rows["action"]["a"] = {"goal_id": "g", "what": "Keep a sleep diary", "who": "client", "by_when": soon(), **action}
    return said


def said_of(version: PlanVersion, by: Actor) -> Content:
    with context.acting(by):
        return content.of(PlanVersion.objects.get(pk=version.pk))


def save(
    version: PlanVersion, said: Content, by: Actor, *, opened: dict[str, str] | None = None, expected: int | None = None
) -> PlanVersion:
    """As the form would: opened with what stands there now, unless said otherwise."""
    with context.acting(by):
        now = PlanVersion.objects.get(pk=version.pk)
        return save_plan(
            version=version,
            expected=now.row_version if expected is None else expected,
            opened_marks=stale.marks(content.of(now).flat()) if opened is None else opened,
            said=said,
            by=by,
        )


def written(client: Client, by: Actor, **action: str) -> PlanVersion:
    version = begun(client, by)
    return save(version, filled(said_of(version, by), **action), by)


def agreed(client: Client, by: Actor) -> PlanVersion:
    version = written(client, by)
    with context.acting(by):
        return agree(version=version, by=by, seen_text=content.of(version).fingerprint())


def word(**more: Any) -> dict[str, Any]:
    return {"how": "screen", "name": "Somebody", **more}


def signed(someone: Client, by: Actor, /, *, version: PlanVersion | None = None, **words: Any) -> PlanVersion:
    version = version or agreed(someone, by)
    words = {"client": word(name=someone.full_name), "keyworker": {"how": "screen", "name": by.person.name}, **words}
    with context.acting(by):
        return sign(version=version, by=by, seen_text=version.agreed_text, **words)


def day(text: str) -> date:
    return date.fromisoformat(text)
