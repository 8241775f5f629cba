"""Unusual access is found by a scheduled pass, told to the managers, and looked into by one of them.

The pass is set-based, one statement a rule, and writes a row for a rule, a role and a day once: run twice, late or after a crash it finds
the same and tells nobody twice.
"""

from collections import defaultdict
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils.translation import gettext as _

from carehub import clock, context, events, local_settings, mail
from carehub.actors import Actor, NotAllowed
from carehub.models import Membership, Notice, Partnership, Person
from carehub.rules import Refused
from clients.looked.unusual import RULES, VERSION, Rule, asked
from clients.models import UnusualAccess

#: Notice.kind and OutgoingMail.kind.
FOUND = "access.unusual"
#: How far back a pass looks, and the first one of a day: what stood still over a long weekend is caught up with.
USUALLY, ONCE_A_DAY = timedelta(days=1), timedelta(days=14)

_FIND = """
INSERT INTO clients_unusualaccess
    (id, partnership_id, agency_id, membership_id, rule, version, "limit", day, times, first_at, last_at, found_at, words)
SELECT gen_random_uuid(), m.partnership_id, m.agency_id, m.id, %(rule)s, %(version)s, %(limit)s,
       f.day, f.times, f.first_at, f.last_at, %(now)s, ''
FROM ({found}) AS f (membership_id, day, times, first_at, last_at) JOIN carehub_membership m ON m.id = f.membership_id
ON CONFLICT (membership_id, rule, day) DO UPDATE SET times = excluded.times, last_at = excluded.last_at
WHERE clients_unusualaccess.last_at < excluded.last_at
"""


def find_unusual_access(partnership: Partnership, *, today: date | None = None) -> int:
    """One pass over one partnership. Returns how many findings were new or had grown."""
    today = today or clock.today()
    chosen = local_settings.of(partnership)
    with context.on_duty(partnership.pk, "unusual"):
        # The first pass of a day finds nothing of today yet.
        caught_up = UnusualAccess.objects.filter(partnership=partnership, found_at__date=today).exists()
        since = today - (USUALLY if caught_up else ONCE_A_DAY)
        about = asked(partnership.pk, chosen, since=since, until=today) | {"now": clock.now(), "version": VERSION}
        found = sum(_find(rule, about | {"rule": rule.name, "limit": rule.limit(chosen)}) for rule in RULES.values())
        _tell(partnership, today=today)
    return found


def _find(rule: Rule, about: dict) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_FIND.format(found=rule.sql), about)
        return cursor.rowcount


def _tell(partnership: Partnership, *, today: date) -> None:
    """Of what is grave and was not told yet: a notice and a mail to each manager, one a day. Who was told today hears the rest tomorrow."""
    grave = [rule.name for rule in RULES.values() if rule.grave]
    untold = UnusualAccess.objects.filter(partnership=partnership, rule__in=grave, told_at__isnull=True, looked_at__isnull=True)
    told_today = set(Notice.objects.filter(partnership=partnership, kind=FOUND, about_day=today).values_list("person_id", flat=True))
    telling: dict[Person, list[UnusualAccess]] = defaultdict(list)
    for finding in untold.select_related("membership").order_by("first_at"):
        for manager in Membership.objects.overseers_of(finding.membership, today).select_related("person"):
            if manager.person_id not in told_today:
                telling[manager.person].append(finding)
    now = clock.now()
    for person, findings in telling.items():
        Notice.objects.create(partnership=partnership, person=person, kind=FOUND, subject_id=findings[0].pk, about_day=today, made_at=now)
        mail.leave(
            person=person,
            partnership_id=partnership.pk,
            kind=FOUND,
            subject=_("Unusual access to look into"),
            body=_("Sign in to CareHub and open ‘Unusual access’: it says who, what and when."),
        )
    told = {finding.pk for findings in telling.values() for finding in findings}
    UnusualAccess.objects.filter(pk__in=told).update(told_at=now)


def may_look_into(actor: Actor, finding: UnusualAccess) -> None:
    """Somebody else than who did it, while nobody has."""
    actor.must("staff.seen")
    if finding.membership.person_id == actor.person_id:
        raise NotAllowed(_("This is about what you did yourself: somebody else looks into it."))
    if not finding.is_open:
        raise Refused(_("Somebody has looked into this already."))


def look_into(*, by: Actor, finding: UnusualAccess, words: str) -> None:
    """What it was, in words. They stay in the log, also where there is more of it later and somebody looks again."""
    may_look_into(by, finding)
    if not words.strip():
        sentence = _("Say what it was")
        raise Refused(sentence, fields={"words": [sentence]})
    with transaction.atomic():
        now = clock.now()
        still = UnusualAccess.objects.visible_to(by).to_look_into().filter(pk=finding.pk)
        if not still.update(looked_at=now, looked_by=by.person, words=words.strip()):
            raise Refused(_("Somebody has looked into this already."))
        events.record("staff.looked-into", by=by, subject=finding, reason=words.strip())
