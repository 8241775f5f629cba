"""Registering a client: one record, how they may be reached, an episode here, and this agency's access to it."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from carehub import clock, context, events, local_settings
from carehub.actors import Actor
from carehub.models import Access, Agency, Person
from clients.finding.reference import new_reference
from clients.models import Client, Episode, SafeContact
from clients.policies import records as policies

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
    the registration with :class:`clients.policies.records.LikelyDuplicates`. Nothing is looked for in other agencies.
    """
    agency_id = _may_begin(by, date_of_birth, referred_on, keyworker)
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
        client.save(force_insert=True)
        _begin_episode(client, by=by, referred_on=referred_on, referral_source=referral_source, keyworker=keyworker)
        SafeContact.objects.create(partnership_id=by.partnership_id, client=client, asked_on=clock.today(), **safe_contact)
        events.record("client.registered", by=by, client=client.pk, subject=client)
    return client


def begin_episode(*, by: Actor, client: Client, **referred: Any) -> Episode:
    """Somebody on record comes (back) to ``by``'s agency. ``referred``: as for :func:`episode_here`; Refused where one is open."""
    with transaction.atomic():
        policies.may_begin_episode(by, _stays_here(by, client))
        return episode_here(by=by, client=client, **referred)


def episode_here(*, by: Actor, client: Client, referred_on: date, referral_source: str, keyworker: Person | None = None) -> Episode:
    """The open episode of somebody on record with ``by``'s agency, begun now where there is none.

    For somebody who was referred and is known here already: a second record is never made.
    """
    _may_begin(by, client.date_of_birth, referred_on, keyworker)
    with transaction.atomic():
        stays = _stays_here(by, client)
        if found := next((stay for stay in stays if stay.state != Episode.State.DISCHARGED), None):
            return found
        policies.not_before_the_last_ended(referred_on, stays)
        episode = _begin_episode(client, by=by, referred_on=referred_on, referral_source=referral_source, keyworker=keyworker)
        events.record("episode.begun", by=by, client=client.pk, subject=episode)
    return episode


def _stays_here(by: Actor, client: Client) -> list[Episode]:
    """With ``by``'s agency, as they stand while nobody else there registers."""
    agency_id = policies.may_register(by)
    Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    context.catch_up()
    return list(Episode.objects.visible_to(by).of_agency(agency_id).filter(client=client))


def _may_begin(by: Actor, date_of_birth: date, referred_on: date, keyworker: Person | None) -> UUID:
    agency_id = policies.may_register(by)
    policies.may_choose_keyworker(by, keyworker or by.person)
    policies.dates_fit(date_of_birth=date_of_birth, referred_on=referred_on)
    return agency_id


def _begin_episode(client: Client, *, by: Actor, referred_on: date, referral_source: str, keyworker: Person | None) -> Episode:
    episode = Episode(
        partnership_id=by.partnership_id,
        client=client,
        agency=by.agency,
        referred_on=referred_on,
        referral_source=referral_source,
        keyworker=keyworker or by.person,
        keyworker_since=clock.today(),
        next_due_what=Episode.NextDue.TRIAGE,
        next_due_on=referred_on + timedelta(days=local_settings.of(by.partnership).triage_within_days),
    )
    # Access before whatever is about the client: the database lets only those write who can reach them.
    Access.objects.grant(client=client, agency=by.agency, basis=Access.Basis.EPISODE, rests_on=episode.pk)
    episode.save(force_insert=True)
    return episode
