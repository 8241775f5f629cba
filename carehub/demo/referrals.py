"""What came to the demonstration by link: one link of a surgery, known to everybody, and two referrals that wait to be looked at."""

from datetime import date, timedelta

from carehub.definitions.catalogue import catalogue
from carehub.definitions.fingerprint import fingerprint
from carehub.demo.chance import Chance
from carehub.demo.staffed import Place
from carehub.models import Notice
from clients.actions.referral_links import RECEIVED, reference_of
from clients.models import ReceivedReferral, ReferralLink, SafeContact
from clients.models.referrals import mark_of
from clients.policies.referring import FORM

#: /refer/<this>/: for trying it out. A link of a real partnership is made by chance and written nowhere.
TOKEN = "0123456789abcdef0123456789abcdef01234567"
SURGERY = "Quarrygate Surgery"
#: How many days ago, at which hour, and what was sent.
SENT = (
    (
        2, 10,
        {
            "referrer_name": "Tabitha Furzemere", "referrer_role": "Practice nurse", "referrer_telephone": "01632 960 181",
            "first_name": "Marek", "last_name": "Osierwath", "date_of_birth": date(1989, 2, 14), "sex": "M",
            "telephone": "07700 900181", "address": "6 Ropery Yard, Tansybridge, ZZ1 3LB",
            "reason": "He came with an abscess. He says he is tired of it and wants a script.",
            "urgency": "week",
        },
        {"by_telephone": True, "by_voicemail": False, "by_text": True, "by_post": False, "by_visit": False},
        {"what_to_say": "Say it is Quarrygate", "who_must_not_know": "His landlord"},
        {
            "trouble": "drugs", "main-drug": "1011", "injecting": "C", "suicide": "past", "danger": ["none"],
            "advice": ["equipment", "treatment"], "how-soon": "week", "refer-to": "drug-service", "agrees-referral": "yes",
        },
    ),
    (
        1, 16,
        {
            "referrer_name": "Dr Hester Plovertarn", "referrer_role": "GP", "referrer_telephone": "01632 960 182",
            "first_name": "Corinne", "last_name": "Teaselhythe", "date_of_birth": date(1996, 9, 3), "sex": "F",
            "telephone": "07700 900182", "address": "", "name_used": "Rin",
            "reason": "She is eleven weeks pregnant and uses heroin every day. She is frightened to stop by herself.",
            "urgency": "today",
        },
        {"by_telephone": True, "by_voicemail": False, "by_text": False, "by_post": False, "by_visit": False},
        {"what_to_say": "Say it is the surgery", "who_must_not_know": "Her mother"},
        {
            "trouble": "drugs", "main-drug": "1011", "injecting": "P", "suicide": "never", "danger": ["pregnant"],
            "advice": ["not-suddenly", "overdose"], "how-soon": "today", "refer-to": "drug-service", "agrees-referral": "yes",
        },
    ),
)  # fmt: skip


class Referrals:
    """Collects the rows, then writes them."""

    def __init__(self, place: Place, chance: Chance, today: date):
        agency, [manager, *_others] = place.agencies["S"], place.in_role("S", "service-manager")
        about = {"partnership_id": place.partnership.pk, "agency": agency}
        made = chance.moment_on(today - timedelta(days=70), hour=11)
        self.link = ReferralLink(
            id=chance.key(),
            **about,
            for_whom=SURGERY,
            referral_source="3",
            token_sha256=mark_of(TOKEN),
            made_at=made,
            made_by=manager.person,
            runs_out_on=today + timedelta(days=295),
        )
        self.rows: list[ReceivedReferral] = []
        self.notices: list[Notice] = []
        form = catalogue().form(FORM)
        for days, hour, said, channels, contact, answers in SENT:
            key, day = chance.key(), today - timedelta(days=days)
            at = chance.moment_on(day, hour=hour)
            row = ReceivedReferral(
                id=key,
                **about,
                link=self.link,
                reference=reference_of(key),
                received_at=at,
                referrer_organisation=SURGERY,
                safe_contact=dict.fromkeys(SafeContact.CHANNELS, False) | channels | contact,
                form=form.name,
                form_version=form.version,
                form_fingerprint=fingerprint(form),
                answers={name: {"value": value} for name, value in answers.items()},
                **said,
            )
            self.rows.append(row)
            self.notices.append(
                Notice(id=chance.key(), partnership_id=place.partnership.pk, person=manager.person, kind=RECEIVED, subject_id=key,
                       about_day=day, made_at=at)
            )  # fmt: skip
            self.link.sent, self.link.last_sent_at, self.link.sent_that_day = self.link.sent + 1, at, 1

    def save(self, using: str) -> None:
        ReferralLink.objects.using(using).bulk_create([self.link])
        ReceivedReferral.objects.using(using).bulk_create(self.rows)
        Notice.objects.using(using).bulk_create(self.notices)
