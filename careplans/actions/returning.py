"""A manager sends a plan back; whoever mends it says how. The signed text stays as it is."""

from django.db import transaction
from django.utils.translation import gettext as _

from carehub import clock, events
from carehub.actors import Actor
from carehub.models import Membership, Notice
from carehub.rules import Refused
from careplans import policies
from careplans.actions.writing import load
from careplans.models import PlanReturn, PlanVersion
from careplans.policies.returning import LONGEST

#: Told to the keyworker; see careplans.notices.
RETURNED, RETURNED_FOR_REVIEW = "plan.returned", "plan.returned-for-review"
_NOTICES = {PlanReturn.Mend.NOW: RETURNED, PlanReturn.Mend.AT_REVIEW: RETURNED_FOR_REVIEW}


def return_version(*, version: PlanVersion, mend: str, words: str, by: Actor) -> PlanReturn:
    """``mend``: a value of PlanReturn.Mend; ``words``: what is to be mended. Said twice in the same words it is one return."""
    with transaction.atomic():
        now = load(version.pk, by)
        policies.same_client(now, version.client_id)
        policies.check_return(now, by)
        words = _said(words, _("Say what is to be mended"))
        if mend not in PlanReturn.Mend.values:
            raise Refused(_("Choose when it is to be mended"), fields={"mend": [_("Choose when it is to be mended")]})
        if PlanReturn.objects.open().filter(version=now, words=words).exists():
            raise Refused(_("This was returned already in the same words, and is not mended yet."))
        about = {"partnership_id": now.partnership_id, "client_id": now.client_id, "agency_id": now.plan.agency_id}
        returned = PlanReturn.objects.create(**about, version=now, mend=mend, words=words, returned_at=clock.now(), returned_by=by.person)
        _tell(now, returned)
        events.record("plan.returned", by=by, client=now.client_id, subject=returned)
    return returned


def mend(*, returned: PlanReturn, words: str, by: Actor) -> PlanReturn:
    """``words``: how it was mended. Raises WrongState where somebody was first."""
    with transaction.atomic():
        now = PlanReturn.objects.visible_to(by).select_for_update(of=("self",)).get(pk=returned.pk)
        policies.check_mend(now, by)
        said = {"mended_at": clock.now(), "mended_by": by.person, "mended_words": _said(words, _("Say how it was mended"))}
        PlanReturn.objects.filter(pk=now.pk).update(**said)
        events.record("plan.mended", by=by, client=now.client_id, subject=now)
    return now


def _said(words: str, empty: str) -> str:
    words = words.strip()
    if not words or len(words) > LONGEST:
        sentence = _("Use %(most)s characters or fewer") % {"most": LONGEST} if words else empty
        raise Refused(sentence, fields={"words": [sentence]})
    return words


def _tell(version: PlanVersion, returned: PlanReturn) -> None:
    """The keyworker; where there is none who still works there, whoever agreed the version."""
    keyworker = version.plan.episode.keyworker_id
    at_work = Membership.objects.at_work_on(clock.today()).filter(agency_id=version.plan.agency_id, person_id=keyworker)
    person = keyworker if at_work.exists() else version.agreed_by_id
    if person is None or person == returned.returned_by_id:
        return
    Notice.objects.create(
        partnership_id=version.partnership_id,
        client_id=version.client_id,
        person_id=person,
        kind=_NOTICES[PlanReturn.Mend(returned.mend)],
        subject_id=returned.pk,
        about_day=clock.today(),
        made_at=returned.returned_at,
    )
