"""A client's pathways: begun by a proposal that is accepted, or by hand; ended with how."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.rules import Refused
from clients.models import ClientPathway, Episode, Proposal
from clients.pathways import pathway
from clients.policies import pathways as rules
from clients.policies import records as policies


def begin_from(*, by: Actor, proposal: Proposal) -> None:
    """The pathway that ``proposal`` names, in its newest version. Nothing where the client is on it, or there is none any more."""
    led = pathway(proposal.pathway.split("/")[0]) if proposal.pathway else None
    if led is None:
        return
    if ClientPathway.objects.open().filter(episode_id=proposal.episode_id, pathway=led.name).exists():
        return
    began = ClientPathway(
        partnership_id=proposal.partnership_id,
        client_id=proposal.client_id,
        episode_id=proposal.episode_id,
        agency_id=proposal.agency_id,
        pathway=led.name,
        version=led.version,
        started_on=clock.today(),
        started_by=by.person,
        proposal=proposal,
        because=proposal.why or proposal.words,
        third_party=proposal.third_party,
    )
    # Two proposals that name it, accepted at once: one of them begins it.
    ClientPathway.objects.bulk_create([began], ignore_conflicts=True)
    events.record("pathway.began", by=by, client=proposal.client_id, subject=began)


def attach(*, by: Actor, client_id: UUID, episode: Episode, name: str, because: str) -> ClientPathway:
    """Somebody who treats the client puts them on a pathway, and says why."""
    policies.about(client_id, episode)
    led = rules.may_attach(by, episode, name, because)
    with transaction.atomic():
        Episode.objects.select_for_update(no_key=True).get(pk=episode.pk)
        if ClientPathway.objects.open().filter(episode=episode, pathway=led.name).exists():
            raise Refused(_("They are on this pathway already."), fields={"pathway": [_("They are on this pathway already")]})
        began = ClientPathway.objects.create(
            partnership_id=episode.partnership_id,
            client_id=episode.client_id,
            episode=episode,
            agency_id=episode.agency_id,
            pathway=led.name,
            version=led.version,
            started_on=clock.today(),
            started_by=by.person,
            because=because.strip(),
        )
        events.record("pathway.began", by=by, client=episode.client_id, subject=began)
    return began


def end(*, by: Actor, client_id: UUID, on_pathway: ClientPathway, how: str, words: str = "") -> ClientPathway:
    """``how``: a code of the list 'pathway-endings'. Raises Refused where somebody has ended it already."""
    policies.about(client_id, on_pathway)
    with transaction.atomic():
        now = ClientPathway.objects.visible_to(by).select_for_update(of=("self",)).select_related("ended_by").get(pk=on_pathway.pk)
        rules.may_end(by, now)
        rules.ended(how)
        now.ended_on, now.ended_by, now.ended_how, now.ended_words = clock.today(), by.person, how, words.strip()
        now.save(update_fields=["ended_on", "ended_by", "ended_how", "ended_words"])
        events.record("pathway.ended", by=by, client=now.client_id, subject=now)
    return now
