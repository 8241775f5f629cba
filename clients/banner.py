"""The banner over every page about a client: who it is, so that nobody writes into the wrong record, and what to beware of."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from carehub import clock, local_settings
from carehub.actors import Actor
from carehub.pages import Banner, Risk
from clients.models import Client, Episode
from clients.models.episodes import EpisodeQuerySet


def stays_of(client: Client, actor: Actor) -> list[Episode]:
    """All that ``actor`` can see, the nearest first: the banner speaks of that. One query."""
    return list(_stays(client, actor))


def episode_for_banner(client: Client, actor: Actor) -> Episode | None:
    """The stay that the banner speaks of: the open one with ``actor``'s agency, else the latest that they can see. One query."""
    return _stays(client, actor).first()


def _stays(client: Client, actor: Actor) -> EpisodeQuerySet:
    episodes = Episode.objects.visible_to(actor).filter(client_id=client.pk).select_related("keyworker", "agency")
    return episodes.nearest_first(actor)


def banner(client: Client, episode: Episode | None, actor: Actor, *, on: UUID | None = None) -> Banner:
    """``client`` comes with its safe_contact; ``on``: the assessment whose page it is.

    Risk is for those who may read the clinical record; the safety warning is for everybody.
    """
    clinical = actor.may("client.view")
    found = _begun(episode, actor, on) + risks(episode) + _amiss(episode, actor) if clinical else ()
    return Banner(
        name=f"{client.name_used} ({client.full_name})" if client.name_used else client.full_name,
        reference=client.reference,
        born=client.date_of_birth,
        keyworker=episode.keyworker.name if episode and episode.keyworker else "",
        agency=episode.agency.name if episode and episode.agency_id != actor.agency_id else "",
        must_not_know=contact.who_must_not_know if (contact := getattr(client, "safe_contact", None)) else "",
        risks=_safety(client) + found if clinical else _safety(client) or None,
        facts=tuple(_facts(client)),
        url=reverse("client" if clinical else "client-contact", args=[client.pk]),
    )


def _safety(client: Client) -> tuple[Risk, ...]:
    return (Risk("staff-safety", _("Staff safety: %(warning)s") % {"warning": client.safety_warning}),) if client.safety_warning else ()


def _begun(episode: Episode | None, actor: Actor, on: UUID | None) -> tuple[Risk, ...]:
    """What an unfinished assessment has found that cannot wait: its end is not waited for.

    On its own page the client may sit beside it, and it stands there in its place: the banner says no more than that there is something.
    """
    found = []
    for each in episode.risk_begun if episode else ():
        if each["assessment"] == str(on):
            found.append(Risk("risk-begun"))
            continue
        goes_on = episode.agency_id == actor.agency_id and actor.may("assessment.write")
        url = reverse("assessment-edit", args=[episode.client_id, each["assessment"]]) if goes_on else ""
        words = _("Reported, assessment not completed: %(risks)s") % {"risks": each["words"]}
        found.append(Risk("risk-begun", words, date.fromisoformat(each["on"]), each["third_party"], url))
    return tuple(found)


def _amiss(episode: Episode | None, actor: Actor) -> tuple[Risk, ...]:
    """What makes the risks above less sure than they look: asked long ago, or nothing planned against them."""
    if episode is None or episode.state == Episode.State.DISCHARGED:
        return ()
    found = []
    if risk_is_stale(episode, actor):
        found.append(Risk("risk-stale", asked=episode.risk_asked_on))
    if new := episode.new_since_risk_plan:
        words = "; ".join(each["words"] for each in new)
        third_party = any(each.get("third_party") for each in new)
        found.append(Risk("risk-plan-new", _("New since the plan was agreed: %(risks)s") % {"risks": words}, third_party=third_party))
    elif episode.risk_plan_look:
        found.append(Risk(episode.risk_plan_look))
    return tuple(found)


def risk_is_stale(episode: Episode, actor: Actor) -> bool:
    """Asked longer ago than the partnership allows."""
    weeks = local_settings.of(actor.partnership).risk_again_weeks
    return bool(episode.risk_asked_on) and episode.risk_asked_on < clock.today() - timedelta(weeks=weeks)


def risks(episode: Episode | None) -> tuple[Risk, ...]:
    """Every risk from medium up and, of an area with none of those, the gravest low one: each with the day it was last asked.

    What was asked and not answered is said too. All that was found stands on the page of the risk management plan.
    """
    if episode is None or not episode.risk_asked_on:
        return () if episode and episode.risk_begun else (Risk("risk-unknown"),)
    if not episode.risk_words:
        return (Risk("risk-none", asked=episode.risk_asked_on),)
    found, areas = [], set()
    for each in episode.risk_words:
        if each["level"] != Episode.Risk.LOW or each["area"] not in areas:
            found.append(said(each))
        areas.add(each["area"])
    return tuple(found)


def said(each: Mapping[str, Any]) -> Risk:
    """One entry of Episode.risk_words."""
    asked = date.fromisoformat(each["asked_on"]) if each.get("asked_on") else None
    return Risk(f"risk-{each['level'] or 'unknown'}", each["words"], asked, bool(each.get("third_party")))


def _facts(client: Client):
    contact = getattr(client, "safe_contact", None)
    if contact is not None:
        allowed = contact.allowed()
        yield _("May be contacted by"), ", ".join(allowed) if allowed else _("nothing: do not contact them")
