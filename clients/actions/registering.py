"""Registering a client: one record, how they may be reached, an episode here, and this agency's access to it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from carehub import clock, context, events, local_settings
from carehub.actors import Actor
from carehub.models import Access, Agency, Person
from clients import policies
from clients.models import Client, Episode, SafeContact
from clients.reference import new_reference

#: The likeliest; more look alike only where a name is very common.
DUPLICATES_SHOWN = 10


def register_client(
    *,
    by: Actor,
    first_name: str,
    last_name: str,
    date_of_birth: date,
    sex: str,
    referred_on: date,
    referral_source: str,
    safe_contact: Mapping[str, bool | str],
    name_used: str = "",
    telephone: str = "",
    address: str = "",
    safety_warning: str = "",
    keyworker: Person | None = None,
    looked_at_duplicates: Iterable[UUID] = (),
) -> Client:
    """A new client of ``by``'s agency, referred and waiting for triage.

    ``safe_contact``: the channels and words of SafeContact, asked today. ``keyworker``: ``by`` unless a manager names another.
    ``looked_at_duplicates``: the keys of those on record who look like the same person and are not; whoever is missing there stops
    the registration with :class:`clients.policies.LikelyDuplicates`. Nothing is looked for in other agencies.
    """
    agency_id = policies.may_register(by)
    policies.may_choose_keyworker(by, keyworker or by.person)
    policies.dates_fit(date_of_birth=date_of_birth, referred_on=referred_on)
    with transaction.atomic():
        # One registration at a time in an agency: a form that is sent twice must find the client that the first one made.
        Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
        context.catch_up()
        within_reach = Client.objects.visible_to(by, many=True)
        resembling = within_reach.resembling(first_name=first_name, last_name=last_name, date_of_birth=date_of_birth)
        policies.nobody_overlooked(resembling[:DUPLICATES_SHOWN], looked_at_duplicates)
        client = Client(
            partnership_id=by.partnership_id,
            reference=new_reference(),
            first_name=first_name,
            last_name=last_name,
            name_used=name_used,
            date_of_birth=date_of_birth,
            sex=sex,
            telephone=telephone,
            address=address,
            safety_warning=safety_warning,
            registered_at=clock.now(),
            registered_by=by.person,
        )
        episode = Episode(
            partnership_id=by.partnership_id,
            client=client,
            agency_id=agency_id,
            referred_on=referred_on,
            referral_source=referral_source,
            keyworker=keyworker or by.person,
            keyworker_since=clock.today(),
            next_due_what=Episode.NextDue.TRIAGE,
            next_due_on=referred_on + timedelta(days=local_settings.of(by.partnership).triage_within_days),
        )
        client.save(force_insert=True)
        # Access before whatever is about the client: the database lets only those write who can reach them.
        Access.objects.grant(client=client, agency=by.agency, basis=Access.Basis.EPISODE, rests_on=episode.pk)
        SafeContact.objects.create(partnership_id=by.partnership_id, client=client, asked_on=clock.today(), **safe_contact)
        episode.save(force_insert=True)
        events.record("client.registered", by=by, client=client.pk, subject=client)
    return client
