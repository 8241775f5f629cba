"""When a document of a plan may be made, and which one is to be chosen first."""

from django.utils.translation import gettext as _

from carehub.actors import Actor, NotAllowed
from carehub.models import Document
from carehub.rules import Refused
from careplans.models import PlanVersion
from clients.models import Client


def check_make(version: PlanVersion, actor: Actor) -> None:
    """Of the plan in force, by the agency that wrote it: an older one must not be given to anybody as if it held."""
    actor.must("document.make")
    if version.agency_id != actor.agency_id:
        raise NotAllowed(_("Only the agency that wrote the plan prints it for the client."))
    if version.state != PlanVersion.State.SIGNED:
        raise Refused(_("This version is not signed yet. Documents are made of a signed plan."))
    if version.plan.current_id != version.pk:
        raise Refused(_("This version is no longer in force. Print the current one."))


def check_make_again(document: Document, actor: Actor) -> None:
    actor.must("document.make")
    if document.agency_id != actor.agency_id:
        raise NotAllowed(_("Only the agency that wrote the plan prints it for the client."))
    if document.state != Document.State.FAILED:
        raise Refused(_("This document is being made, or stands there already."))


def discreet_first(client: Client) -> bool:
    """They said no to post, or that somebody must not know, or have not been asked: what they carry says nothing."""
    safe = getattr(client, "safe_contact", None)
    return safe is None or not safe.by_post or bool(safe.who_must_not_know)


def is_for(document: Document, actor: Actor) -> bool:
    """A summary made for one agency is not another's to read; whoever wrote the plan reads all."""
    return document.to_id is None or actor.agency_id in (document.agency_id, document.to_id)
