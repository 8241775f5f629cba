"""A partnership decides one of its local settings anew. It holds from the next click and the next scheduled pass on."""

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events, local_settings
from carehub.actors import Actor
from carehub.models import Partnership, SettingChange
from carehub.rules import Refused


@transaction.atomic
def change_setting(*, by: Actor, name: str, number: int, decided: str, seen: int) -> SettingChange:
    """``seen``: the number that stood there when whoever changes it looked.

    Raises Refused where the number is out of bounds or at odds with another setting, where nothing changes, where nobody says who
    decided it, and where a colleague changed it meanwhile.
    """
    by.must("configure")
    about = local_settings.about(name)
    # The row is held: two who change two settings at once would each write the other's away.
    partnership = Partnership.objects.select_for_update().get(pk=by.partnership_id)
    before = getattr(local_settings.of(partnership), name)
    if before != seen:
        raise Refused(
            _("A colleague changed this meanwhile: it says %(number)s now. Save again to put yours in place.") % {"number": before}
        )
    if not about.least <= number <= about.most:
        raise _wrong("number", _("Enter a whole number from %(bounds)s") % {"bounds": about.bounds})
    if number == before:
        raise _wrong("number", _("It says %(number)s already") % {"number": number})
    if not decided.strip():
        raise _wrong("decided", _("Say who decided it, and when"))
    if clash := local_settings.at_odds(local_settings.would_be(partnership, name, number)):
        raise _wrong("number", clash)
    partnership.local_settings = (partnership.local_settings or {}) | {name: number}
    partnership.save(update_fields=["local_settings"])
    by.partnership.local_settings = partnership.local_settings
    made = SettingChange.objects.create(
        partnership=partnership,
        setting=name,
        before=before,
        after=number,
        decided=decided.strip(),
        changed_at=clock.now(),
        changed_by=by.person,
    )
    events.record("setting.changed", by=by, subject=made, reason=f"{name}: {before} → {number}")
    return made


def _wrong(field: str, sentence: str) -> Refused:
    return Refused(sentence, fields={field: [sentence]})
