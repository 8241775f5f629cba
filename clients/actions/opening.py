"""A record is opened without consent: with a reason, for an hour, the keyworker and the managers told in the same breath; then judged."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _

from carehub import clock, context, events, mail
from carehub.actors import Actor
from carehub.models import Access, Membership, Notice, Person
from carehub.models.access import ALL_PARTS
from carehub.rules import Refused
from clients.finding.reference import normalise
from clients.models import Client, Episode, Opening
from clients.policies import sharing as rules

#: How long a record stays open.
LASTS = timedelta(minutes=60)
#: Notice.kind: to the keyworker, to the managers of the agencies that treat the client.
OPENED, OPENED_IN_SERVICE = "record.opened", "record.opened-in-service"
MAIL_KIND = "record-opened"


def find_to_open(*, reference: str = "", first_name: str = "", last_name: str = "", date_of_birth: date | None = None) -> UUID | None:
    """The key of the one client of the partnership with exactly this reference, or this name and date of birth; the database finds
    them past row security, gives the key and nothing else (clients.protection).
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT clients_to_open(%s, %s, %s, %s)", [normalise(reference) or "", first_name.strip(), last_name.strip(), date_of_birth]
        )
        return cursor.fetchone()[0]


def open_record(*, by: Actor, client_id: UUID, reason: str, words: str) -> Opening:
    """``by`` reads everything about the client for an hour. Raises Refused or NotAllowed before anything opens."""
    rules.may_open(by, reason=reason, words=words)
    now = clock.now()
    with transaction.atomic():
        opening = Opening(
            id=uuid4(),
            partnership_id=by.partnership_id,
            client_id=client_id,
            membership=by.membership,
            reason=reason,
            words=words.strip(),
            opened_at=now,
            until=now + LASTS,
        )
        Access.objects.create(
            partnership_id=by.partnership_id,
            client_id=client_id,
            membership=by.membership,
            basis=Access.Basis.BREAK_GLASS,
            parts=list(ALL_PARTS),
            rests_on=opening.pk,
            since=context.moment(),
            until=opening.until,
        )
        opening.save(force_insert=True)
        _tell(opening, by)
        events.record("record.opened", by=by, client=client_id, subject=opening, reason=f"{reason}: {opening.words}")
    return opening


def _tell(opening: Opening, by: Actor) -> None:
    """Each time, and whoever else was told today: a notice to keyworker and managers, and a mail that names nobody."""
    today, now = clock.today(), clock.now()
    stays = Episode.objects.visible_to(by).filter(client_id=opening.client_id)
    of = list((stays.open() if stays.open().exists() else stays).values_list("agency_id", "keyworker_id"))
    at_work = Membership.objects.at_work_on(today).filter(partnership_id=opening.partnership_id)
    agencies, held = {agency for agency, _keyworker in of}, {keyworker for _agency, keyworker in of}
    keyworkers = set(at_work.filter(agency_id__in=agencies, person_id__in=held - {None}).values_list("person_id", flat=True))
    managers = set(at_work.managers_of(agencies, today).values_list("person_id", flat=True))
    about = {"partnership_id": opening.partnership_id, "client_id": opening.client_id, "subject_id": opening.pk, "made_at": now}
    told = [(person, OPENED_IN_SERVICE) for person in sorted(managers)]
    told += [(person, OPENED) for person in sorted(keyworkers - managers)]
    Notice.objects.bulk_create(Notice(**about, person_id=person, kind=kind, about_day=today) for person, kind in told)
    for person in Person.objects.filter(pk__in=[person for person, _kind in told]):
        mail.leave(
            person=person,
            partnership_id=opening.partnership_id,
            kind=MAIL_KIND,
            about=opening.pk,
            subject=_("A record was opened without consent"),
            body=_("Sign in to CareHub and open 'Notices': it says which record, by whom and why."),
        )
    if not managers:
        # Nobody leads the service today: who leads the partnership reads no record, and asks there.
        for above in at_work.filter(role="partnership-manager").exclude(person=by.person).select_related("person"):
            mail.leave(
                person=above.person,
                partnership_id=opening.partnership_id,
                kind=MAIL_KIND,
                about=opening.pk,
                subject=_("A record was opened without consent"),
                body=_("No manager of the service could be told. See that somebody there looks at it in CareHub, under ‘Opened records’."),
            )


def close_record(*, by: Actor, opening: Opening) -> None:
    """Before the hour is over. Whoever opened it closes it, and nobody else needs to: it ends by itself."""
    if opening.membership_id != by.membership.pk or not opening.is_open:
        raise Refused(_("This record is not open to you any more."))
    with transaction.atomic():
        events.record("record.closed", by=by, client=opening.client_id, subject=opening)
        Opening.objects.filter(pk=opening.pk, closed_at__isnull=True).update(closed_at=clock.now())
        Access.objects.reached_by(by).filter(client_id=opening.client_id, rests_on=opening.pk).end()


def judge_opening(*, by: Actor, client: Client, opening: Opening, justified: bool, words: str) -> None:
    """A manager says whether it was right. Not justified stays on record against nobody's erasing it."""
    rules.may_judge(by, opening, client, words=words)
    with transaction.atomic():
        judged = Opening.objects.filter(pk=opening.pk, judged_at__isnull=True).update(
            justified=justified, judged_words=words.strip(), judged_at=clock.now(), judged_by=by.person
        )
        if not judged:
            raise Refused(_("Somebody has judged this already."))
        verdict = "justified" if justified else "not-justified"
        events.record(f"record.judged-{verdict}", by=by, client=client.pk, subject=opening, reason=words.strip())
