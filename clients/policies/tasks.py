"""Who says that a task was done, who sees that it was, and who takes either back. Each raises with a sentence for the person who asked."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from carehub.actors import Actor, NotAllowed
from carehub.models import Task
from carehub.rules import Refused
from clients.assessed.urgent import URGENT
from clients.handing_over import REALLOCATE
from clients.policies.sharing import TELL


def _open_here(actor: Actor, task: Task) -> None:
    _of_own_agency(actor, task)
    if task.done_at is not None:
        raise Refused(_("Somebody has already said that this was done."))


def _of_own_agency(actor: Actor, task: Task) -> None:
    actor.must("assessment.write")
    if task.agency_id != actor.agency_id:
        raise NotAllowed(_("Another agency has been asked to do this."))


def may_carry_out(actor: Actor, task: Task) -> None:
    """Say what was done about what is countersigned; not while what somebody said waits for the countersignature."""
    _open_here(actor, task)
    if not task.countersigned:
        raise Refused(_("Nobody has to countersign this: say ‘Done’."))
    if task.waits:
        raise Refused(_("%(name)s has already said what was done.") % {"name": task.carried_out_by.name if task.carried_out_by else ""})


def told_fits(told: Iterable[str]) -> list[str]:
    """Who was told, each once and in the order of the list; somebody, or nobody yet (MoC 4.5)."""
    said = [each for each in Task.Told.values if each in set(told)]
    if not said:
        raise _about_told(_("Say who was told, or ‘Nobody yet’"))
    if Task.Told.NOBODY in said and len(said) > 1:
        raise _about_told(_("Choose who was told, or ‘Nobody yet’, not both"))
    return said


def may_close(actor: Actor, task: Task) -> None:
    """A task of one's own service.

    One that is countersigned by a manager alone, once it is said what was done; not by who did it, nor by who asked for it (MoC 4.5).
    """
    _open_here(actor, task)
    if task.kind == URGENT:
        raise Refused(_("This stands until the assessment is completed, or its answers no longer ask for it. Act now; then complete it."))
    if task.kind == TELL:
        actor.must("consent.record")
    if not task.countersigned:
        return
    if not actor.may("service.view"):
        raise NotAllowed(_("This stays open until your service manager has seen that it was done."))
    if task.made_by_id == actor.person_id:
        raise NotAllowed(_("You asked for this yourself: another manager sees that it was done."))
    if task.carried_out_by_id == actor.person_id:
        raise NotAllowed(_("You did this yourself: another manager countersigns."))
    if not task.waits:
        raise Refused(_("It stays open until somebody says what was done, and a manager other than them has seen it."))


def may_send_back(actor: Actor, task: Task) -> None:
    """What was done is not enough: a manager says what is still to be done. Who did it themselves may say so too."""
    _open_here(actor, task)
    if not actor.may("service.view"):
        raise NotAllowed(_("Your service manager decides whether this was enough."))
    if not task.waits:
        raise Refused(_("This does not wait for a countersignature."))


def may_reopen(actor: Actor, task: Task, *, declined: bool) -> None:
    """'Done' was a wrong click. Not of what a manager has countersigned, nor of what ended by something else than that click.

    ``declined``: the proposal that it came from was.
    """
    _of_own_agency(actor, task)
    if task.done_at is None:
        raise Refused(_("This is open already."))
    if task.countersigned:
        raise Refused(_("A manager has countersigned this: it stays closed. Say to them what is still to be done."))
    if task.kind == URGENT:
        raise Refused(_("This stands and falls with the answers of the assessment."))
    if task.kind == TELL:
        raise Refused(_("It is on record that they were told: it stands under Sharing."))
    if task.kind == REALLOCATE:
        raise Refused(_("They have another keyworker now: there is nothing left to do."))
    if declined:
        raise Refused(_("This was declined, not done: what was decided stands."))


def _about_told(sentence: str) -> Refused:
    return Refused(sentence, fields={"told": [sentence]})
