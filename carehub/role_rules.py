"""What holds for agencies, staff and roles. The buttons, the actions and the tests use these; what matters most the database refuses too.

Whose is what: a partnership's administrators give and end roles in it. The *account* behind a role (name, invitation, second factor) is
looked after by the partnership that gave the person their first role, and by no other.
"""

from datetime import date

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from carehub import clock
from carehub.actors import Actor, NotAllowed
from carehub.models import Agency, Membership, Partnership, Person
from carehub.permissions import ROLES
from carehub.rules import Refused

ADMINISTRATOR = "administrator"


def _wrong(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})


def _on(day: date) -> str:
    return date_format(day, "j F Y")


# --- Whose it is --------------------------------------------------------------------------------------------------------


def must_look_after(by: Actor, person: Person) -> None:
    """``by`` is an administrator where ``person`` has, had or will have a role."""
    by.must("configure")
    if not Membership.objects.filter(person=person, partnership_id=by.partnership_id).exists():
        raise NotAllowed(_("This person does not work in your partnership."))


def looks_after_account(by: Actor, person: Person) -> bool:
    """Asked of the database, which fills it in."""
    return Person.objects.filter(pk=person.pk, account_of_id=by.partnership_id).exists()


def must_look_after_account(by: Actor, person: Person) -> None:
    must_look_after(by, person)
    if not looks_after_account(by, person):
        raise NotAllowed(_("Another administrator looks after this person’s account: they ask there."))


def must_be_of(by: Actor, membership: Membership) -> None:
    by.must("configure")
    if membership.partnership_id != by.partnership_id:
        raise NotAllowed(_("This role is not in your partnership."))


# --- Giving a role ------------------------------------------------------------------------------------------------------


def may_give(by: Actor, person: Person | None, *, role: str, agency: Agency | None, starts_on: date, ends_on: date | None) -> None:
    """Raise NotAllowed or Refused unless ``by`` may give ``person`` (None: somebody new) this role."""
    by.must("configure")
    stands_where_it_belongs(by, role=role, agency=agency)
    ends_after_start(starts_on, ends_on)
    if ends_on is not None and ends_on < clock.today():
        raise _wrong("ends_on", _("‘Until’ is over already: nobody could act in this role"))
    if person is None:
        return
    not_to_oneself(by, person)
    once_at_a_time(person, by.partnership, role=role, agency=agency, starts_on=starts_on, ends_on=ends_on)


def not_to_oneself(by: Actor, person: Person) -> None:
    """Whoever gives out roles could otherwise let themselves into every record, and nobody would be asked."""
    if person.pk == by.person_id:
        raise NotAllowed(_("You cannot give yourself a role, or more time in one: ask another administrator."))


def stands_where_it_belongs(by: Actor, *, role: str, agency: Agency | None) -> None:
    if role not in ROLES:
        raise _wrong("role", _("Choose a role"))
    title = str(ROLES[role].title)
    if ROLES[role].partnership_wide and agency is not None:
        raise _wrong("agency", _("‘%(role)s’ is a role of the whole partnership: choose ‘The whole partnership’") % {"role": title})
    if not ROLES[role].partnership_wide and agency is None:
        raise _wrong("agency", _("‘%(role)s’ is a role at an agency: choose which") % {"role": title})
    if agency is not None and agency.partnership_id != by.partnership_id:
        raise _wrong("agency", _("Choose an agency of your partnership"))


def ends_after_start(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise _wrong("ends_on", _("‘Until’ lies before ‘From’"))


def once_at_a_time(
    person: Person,
    partnership: Partnership,
    *,
    role: str,
    agency: Agency | None,
    starts_on: date,
    ends_on: date | None,
    stands_in_for: Membership | None = None,
    but: Membership | None = None,
) -> None:
    """Nobody has the same role at the same agency twice on one day: ending one would then end nothing."""
    same = Membership.objects.filter(
        person=person, partnership=partnership, role=role, agency=agency, stands_in_for=stands_in_for, ended_at__isnull=True
    )
    overlapping = same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    if ends_on is not None:
        overlapping = overlapping.filter(starts_on__lte=ends_on)
    if but is not None:
        overlapping = overlapping.exclude(pk=but.pk)
    if (there := overlapping.order_by("starts_on").first()) is None:
        return
    if there.ends_on is None:
        raise _wrong("starts_on", _("They have this role already, since %(day)s without an end") % {"day": _on(there.starts_on)})
    days = {"from": _on(there.starts_on), "until": _on(there.ends_on)}
    raise _wrong("starts_on", _("They have this role already, from %(from)s until %(until)s") % days)


# --- Ending one -----------------------------------------------------------------------------------------------------------


def may_end(by: Actor, membership: Membership, *, ends_on: date | None) -> None:
    """``ends_on``: its last day from now on; None for no end."""
    must_be_of(by, membership)
    today = clock.today()
    if membership.is_over(today):
        raise Refused(_("This role has ended already. Give it anew if it is needed again."))
    if ends_on is None:
        if membership.stands_in_for_id:
            raise _wrong("ends_on", _("Standing in for somebody has an end: say until when"))
    elif ends_on < today:
        raise _wrong("ends_on", _("‘Last day’ must be today or later. To end it at once, choose ‘Now’"))
    elif ends_on < membership.starts_on:
        raise _wrong("ends_on", _("‘Last day’ lies before the role begins, on %(day)s") % {"day": _on(membership.starts_on)})
    if _longer(ends_on, membership.ends_on):
        not_to_oneself(by, membership.person)
        _no_longer_than_the_absent(membership, ends_on)
        try:
            once_at_a_time(
                membership.person,
                membership.partnership,
                role=membership.role,
                agency=membership.agency,
                starts_on=membership.starts_on,
                ends_on=ends_on,
                stands_in_for=membership.stands_in_for,
                but=membership,
            )
        except Refused as refused:
            raise _wrong("ends_on", refused.message) from refused
    elif ends_on is not None:
        an_administrator_stays(membership, ends_on)


def _longer(new: date | None, old: date | None) -> bool:
    return old is not None and (new is None or new > old)


def _no_longer_than_the_absent(membership: Membership, ends_on: date | None) -> None:
    absent = membership.stands_in_for
    if absent is not None and absent.ends_on is not None and ends_on is not None and ends_on > absent.ends_on:
        words = {"name": absent.person.name, "day": _on(absent.ends_on)}
        raise _wrong("ends_on", _("%(name)s has this role until %(day)s: nobody stands in for them longer") % words)


def may_end_at_once(by: Actor, membership: Membership) -> None:
    must_be_of(by, membership)
    if membership.is_over(clock.today()):
        raise Refused(_("This role has ended already."))
    an_administrator_stays(membership, clock.today())


def an_administrator_stays(membership: Membership, ends_on: date) -> None:
    """Somebody who has signed in before goes on as administrator: otherwise nobody could ever give a role again."""
    if membership.role != ADMINISTRATOR or membership.stands_in_for_id:
        return
    others = Membership.objects.open_on(clock.today()).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gt=ends_on),
        role=ADMINISTRATOR,
        partnership_id=membership.partnership_id,
        stands_in_for__isnull=True,
        person__is_active=True,
        person__last_login__isnull=False,
    )
    if not others.exclude(person_id=membership.person_id).exists():
        raise Refused(_("This is the last administrator. Name another one, and wait until they have signed in."))


# --- Standing in ------------------------------------------------------------------------------------------------------------


def may_stand_in(by: Actor, absent: Membership, person: Person, *, starts_on: date, ends_on: date) -> None:
    """A colleague in the same role at the same agency, for a time within both their own."""
    must_be_of(by, absent)
    not_to_oneself(by, person)
    today = clock.today()
    if absent.is_over(today):
        raise Refused(_("This role has ended: there is nobody to stand in for."))
    if absent.stands_in_for_id:
        raise Refused(_("A deputy has no deputy: name one for whom they stand in for."))
    if person.pk == absent.person_id:
        raise _wrong("person", _("Nobody stands in for themselves: choose somebody else"))
    ends_after_start(starts_on, ends_on)
    if ends_on < today:
        raise _wrong("ends_on", _("‘Until’ must be today or later"))
    if starts_on < absent.starts_on:
        raise _wrong("starts_on", _("%(name)s has this role from %(day)s on") % {"name": absent.person.name, "day": _on(absent.starts_on)})
    if absent.ends_on is not None and ends_on > absent.ends_on:
        raise _wrong("ends_on", _("%(name)s has this role until %(day)s") % {"name": absent.person.name, "day": _on(absent.ends_on)})
    own = Membership.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=ends_on),
        person=person,
        role=absent.role,
        partnership_id=absent.partnership_id,
        agency_id=absent.agency_id,
        stands_in_for__isnull=True,
        starts_on__lte=starts_on,
        ended_at__isnull=True,
    )
    if not own.exists():
        words = {"name": person.name, "role": str(ROLES[absent.role].title), "where": absent.where}
        raise _wrong("person", _("%(name)s is not %(role)s at %(where)s for the whole of that time: give them that role first") % words)
    once_at_a_time(
        person, absent.partnership, role=absent.role, agency=absent.agency, starts_on=starts_on, ends_on=ends_on, stands_in_for=absent
    )


# --- Agencies ---------------------------------------------------------------------------------------------------------------


def name_is_free(by: Actor, name: str, *, but: Agency | None = None) -> None:
    """Two agencies of one name in a partnership: a consent would name neither."""
    same = Agency.objects.filter(partnership_id=by.partnership_id, name__iexact=name)
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        raise _wrong("name", _("Your partnership has an agency called ‘%(name)s’ already") % {"name": name})
