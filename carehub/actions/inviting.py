"""Somebody new: an account, a first role, and a mail with which they set their password."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import events, mail, role_rules
from carehub.actions.roles import give_role
from carehub.actors import Actor
from carehub.models import Agency, Membership, Partnership, Person
from carehub.rules import Refused
from carehub.signing_in import invitations


@transaction.atomic
def add_person(
    *,
    by: Actor,
    name: str,
    email: str,
    role: str,
    agency: Agency | None,
    starts_on: date,
    ends_on: date | None = None,
    job_title: str = "",
    telephone: str = "",
) -> tuple[Person, bool]:
    """The person, and whether the account was made here.

    An address that is known in this partnership is refused with the name. One that is known elsewhere gets the role here, and nothing
    else: the account stays what it is, and neither its telephone nor its other roles are seen from here.
    """
    role_rules.may_give(by, None, role=role, agency=agency, starts_on=starts_on, ends_on=ends_on)
    # Two administrators, or two clicks: the second finds whom the first has added.
    Partnership.objects.select_for_update(no_key=True).get(pk=by.partnership_id)
    email = email.strip().lower()
    person = Person.objects.select_for_update().filter(email__iexact=email).first()
    if person is None:
        person = Person.objects.create_person(email=email, name=name, job_title=job_title, telephone=telephone, account_of=by.partnership)
        give_role(by=by, person=person, role=role, agency=agency, starts_on=starts_on, ends_on=ends_on)
        invitations.ask(person=person, partnership_id=by.partnership_id)
        events.record("person.invited", by=by, subject=person)
        return person, True
    if person.account_of_id == by.partnership_id or Membership.objects.filter(person=person, partnership_id=by.partnership_id).exists():
        sentence = _("%(name)s has this address here already: find them under ‘Staff’ or ‘Have left’") % {"name": person.name}
        raise Refused(sentence, fields={"email": [sentence]})
    made = give_role(by=by, person=person, role=role, agency=agency, starts_on=starts_on, ends_on=ends_on)
    mail.leave(
        person=person,
        partnership_id=by.partnership_id,
        kind="role.given",
        about=made.pk,
        subject=_("You have a further role in CareHub"),
        body=_("%(name)s has given you a further role in CareHub. You find it under ‘Change role’ at the top of each page.")
        % {"name": by.person.name},
    )
    return person, False


@transaction.atomic
def send_link(*, by: Actor, person: Person) -> None:
    """A link to set the password: again to somebody who has not set one yet, or to somebody who has forgotten theirs."""
    role_rules.must_look_after_account(by, person)
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if not locked.has_usable_password():
        # A new stand-in for the password: the link that was sent before ends.
        locked.set_unusable_password()
        locked.save(update_fields=["password"])
    invitations.ask(person=locked, partnership_id=by.partnership_id)
    events.record("person.link-sent", by=by, subject=person)


@transaction.atomic
def change_details(*, by: Actor, person: Person, opened_at: int, name: str, job_title: str, telephone: str) -> None:
    """Raises StaleSave where somebody has changed them since version ``opened_at``."""
    role_rules.must_look_after_account(by, person)
    new = {"name": name, "job_title": job_title, "telephone": telephone}
    changed = [field for field, value in new.items() if getattr(person, field) != value]
    person.save_over(opened_at, **new)
    if changed:
        events.record("person.changed", by=by, subject=person, reason=", ".join(changed))
