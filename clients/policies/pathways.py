"""Who puts a client on a pathway and ends it, and when. Each raises with a sentence."""

from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.rules import Refused
from clients.models import ClientPathway, Episode
from clients.pathways import Pathway, pathway
from clients.policies import records as policies


def may_put_on(actor: Actor, episode: Episode | None) -> None:
    """Whoever may assess them in this episode."""
    if episode is None:
        raise Refused(_("Nobody treats them here: register them first."))
    policies.may_assess(actor, episode)


def may_attach(actor: Actor, episode: Episode, name: str, because: str) -> Pathway:
    may_put_on(actor, episode)
    if (led := pathway(name)) is None:
        raise Refused(_("There is no such pathway."), fields={"pathway": [_("Choose a pathway")]})
    if not because.strip():
        raise Refused(_("Say why they are on it"), fields={"because": [_("Say why they are on it")]})
    return led


def may_end(actor: Actor, on_pathway: ClientPathway) -> None:
    actor.must("assessment.write")
    if on_pathway.agency_id != actor.agency_id:
        raise NotAllowed(_("Only the agency that began it ends it."))
    if on_pathway.ended_on is not None:
        who = on_pathway.ended_by.name if on_pathway.ended_by else ""
        raise Refused(_("%(name)s has already ended this.") % {"name": who})


def ended(how: str) -> str:
    """The words of the code ``how``."""
    code = catalogue().codes_on("pathway-endings", clock.today()).code(how)
    if code is None:
        raise Refused(_("Say how it ended"), fields={"how": [_("Say how it ended")]})
    return code.text
