"""Referrals received: looked at, accepted into the record with their screening, declined, deleted after their days; once, and by one."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from carehub import clock, context
from carehub.actors import NotAllowed
from carehub.definitions.catalogue import catalogue
from carehub.models import Event, Task
from carehub.rules import Refused
from clients.actions import referring
from clients.actions.written_down import how_soon
from clients.forms.registering import RegisterForm
from clients.models import Assessment, Client, Episode, Proposal, ReceivedReferral
from tests import factories
from tests.careplans.test_two_at_once import at_once
from tests.clients.referring import registration
from tests.queries import at_most

OTHER_AGENCIES = "We do not look in other agencies. Ask for consent to check other agencies."
WHO = {"first_name": "Sorrel", "last_name": "Larkrise", "date_of_birth": "1981-03-27", "sex": "F"}


@pytest.fixture
def link(keyworker):
    return factories.referral_link(keyworker.agency, by=keyworker)


@pytest.fixture
def sent(link):
    return factories.referral(link, **WHO)


def place(page: str, referral) -> str:
    return reverse(page, args=[referral.pk])


def again(actor, referral) -> ReceivedReferral:
    with context.acting(actor):
        return ReceivedReferral.objects.select_related("client").get(pk=referral.pk)


@pytest.mark.django_db
class TestOnePerson:
    def test_accepting_registers_what_was_sent_and_files_the_screening(self, signed_in, keyworker, link):
        grave = factories.SCREENED | {"suicide": {"value": "plan"}, "how-soon": {"value": "today"}}
        sent = factories.referral(link, **WHO, answers=grave, urgency="today", received_at=clock.now() - timedelta(days=1))
        browser = signed_in(keyworker)
        shown = browser.get(place("referral-accept", sent))
        form: RegisterForm = shown.context["form"]
        assert {name: form[name].initial for name in ("first_name", "last_name", "referral_source", "by_telephone", "what_to_say")} == {
            "first_name": "Sorrel", "last_name": "Larkrise", "referral_source": "3", "by_telephone": True, "what_to_say": "It is Sam",
        }  # fmt: skip
        assert OTHER_AGENCIES in shown.content.decode()
        yesterday = clock.today() - timedelta(days=1)
        of_day = {f"referred_on_{part}": getattr(yesterday, part) for part in ("day", "month", "year")}
        answer = browser.post(place("referral-accept", sent), registration(**of_day))
        row = again(keyworker, sent)
        assert answer["Location"] == reverse("client", args=[row.client_id])
        assert (row.state, row.decided_by_id, row.client.full_name) == ("accepted", keyworker.person_id, "Sorrel Larkrise")
        with context.acting(keyworker):
            episode = Episode.objects.get(client=row.client)
            screening = Assessment.objects.get(client=row.client)
            assert (episode.state, episode.urgency, episode.risk, episode.referral_source) == ("referral", "today", "high", "3")
            assert (screening.state, screening.took_place_on, screening.by_link_from) == ("complete", yesterday, row.sent_by)
            assert screening.sections["questions"] == {"on": yesterday.isoformat(), "by": [row.sent_by]}
            assert Task.objects.filter(client_id=row.client_id, kind="trigger.suicide-today").exists()
            event = Event.objects.get(verb="client.registered")
        assert {"referral.accepted", "assessment.completed"} <= {each["verb"] for each in event.also}
        said = browser.get(reverse("assessments", args=[row.client_id])).content.decode()
        told = f"told by Sage Fennimore, The Elms surgery, by link; accepted by {keyworker.person.name}"
        assert told in " ".join(said.split())
        assert told in " ".join(browser.get(reverse("client", args=[row.client_id])).content.decode().split())

    def test_what_the_screening_asks_for_today_is_a_task_and_who_sent_it_is_told(self, signed_in, keyworker, link):
        grave = factories.SCREENED | {"danger": {"value": ["overdose"]}}
        sent = factories.referral(link, **WHO, answers=grave, urgency="today")
        browser = signed_in(keyworker)
        shown = browser.get(reverse("referrals")).content.decode()
        assert "Overdose in the last four weeks" in shown
        assert "High risk" in shown
        browser.post(place("referral-accept", sent), registration())
        today = clock.today()
        with context.acting(keyworker):
            asked = {each.kind: (each.due_on, each.words) for each in Task.objects.filter(client_id=again(keyworker, sent).client_id)}
            proposed = set(Proposal.objects.values_list("trigger", flat=True))
            assert Episode.objects.get().urgency == "today"
        assert {kind: due_on for kind, (due_on, _words) in asked.items()} == {
            "trigger.overdose-now": today,
            "referral.tell-sender": today + timedelta(days=1),
        }
        assert "01632 960456" in asked["referral.tell-sender"][1]
        assert proposed == {"overdose-now"}
        home = browser.get(reverse("caseload")).content.decode()
        assert asked["trigger.overdose-now"][1] in home

    def test_of_what_cannot_wait_something_is_for_today_whatever_the_answers_ask_for(self, signed_in, keyworker, link):
        sent = factories.referral(link, **WHO, urgency="today")
        signed_in(keyworker).post(place("referral-accept", sent), registration())
        with context.acting(keyworker):
            assert Task.objects.get(kind="referral.cannot-wait").due_on == clock.today()

    @pytest.mark.parametrize(
        ("said", "danger", "suicide", "found"),
        [
            ("usual", "overdose", "never", "today"),
            ("week", "none", "plan", "today"),
            ("usual", "pregnant", "never", "week"),
            ("today", "pregnant", "never", "today"),
            ("usual", "none", "past", "usual"),
        ],
    )
    def test_the_graver_of_the_senders_word_and_the_answers_counts(self, said, danger, suicide, found):
        answers = {"how-soon": {"value": said}, "danger": {"value": [danger]}, "suicide": {"value": suicide}}
        assert how_soon(catalogue().form("screening"), factories.SCREENED | answers) == found

    def test_accepted_twice_is_accepted_once(self, signed_in, keyworker, manager, sent):
        signed_in(keyworker).post(place("referral-accept", sent), registration())
        for page, typed in (("referral-accept", registration()), ("referral-decline", {"why": "sent-twice", "referrer_told": "yes"})):
            said = signed_in(manager).post(place(page, sent), typed, follow=True).content.decode()
            assert f"by {keyworker.person.name}" in said
        with context.acting(keyworker):
            assert Client.objects.count() == 1

    def test_of_the_same_person_no_second_record_is_made(self, signed_in, keyworker, sent, other_agency):
        known = factories.client_of(keyworker.agency, keyworker=keyworker, first_name="Sorrel", last_name="Larkrise")
        factories.client_of(other_agency, first_name="Sorrel", last_name="Larkrise", telephone="07700 900999")
        browser = signed_in(keyworker)
        shown = browser.get(place("referral-show", sent)).content.decode()
        assert known.reference in shown
        asked = browser.post(place("referral-accept", sent), registration())
        assert "Is this the same person?" in asked.content.decode()
        assert len(asked.context["rows"]) == 1
        answer = browser.post(place("referral-accept", sent), registration(same=str(known.pk)))
        row = again(keyworker, sent)
        assert (answer["Location"], row.client_id) == (reverse("client", args=[known.pk]), known.pk)
        with context.acting(keyworker):
            assert Client.objects.count() == 1
            assert Assessment.objects.get(client=known).episode == Episode.objects.get(client=known)

    def test_whoever_came_back_begins_another_episode(self, signed_in, keyworker, sent):
        known = factories.client_of(keyworker.agency, keyworker=keyworker, first_name="Sorrel", last_name="Larkrise", state="referral")
        day = clock.today() - timedelta(days=3)
        with factories.loading(known.partnership_id):
            over = {"state": "discharged", "discharged_on": day, "discharge_reason": "80", "ending": "planned"}
            Episode.objects.filter(client=known).update(**over, next_due_what="", next_due_on=None)
        signed_in(keyworker).post(place("referral-accept", sent), registration(same=str(known.pk)))
        with context.acting(keyworker):
            assert sorted(Episode.objects.filter(client=known).values_list("state", flat=True)) == ["discharged", "referral"]
            assert Assessment.objects.get(client=known).episode.state == "referral"

    def test_a_wrong_click_files_nothing_with_somebody_else(self, keyworker, sent):
        other = factories.client_of(keyworker.agency, keyworker=keyworker, first_name="Piran", last_name="Oxbow")
        said = {"referred_on": clock.today(), "referral_source": "3", **WHO}
        with pytest.raises(Refused, match="does not resemble"), context.acting(keyworker):
            referring.accept_for(by=keyworker, referral=sent, client_id=other.pk, registered=said | {"date_of_birth": clock.today()})
        assert again(keyworker, sent).is_waiting

    @pytest.mark.parametrize("kinds", [0, 1])
    def test_the_sentence_about_other_agencies_is_the_same_whoever_is_known_there(self, signed_in, keyworker, sent, other_agency, kinds):
        for _ in range(kinds):
            factories.client_of(other_agency, first_name="Sorrel", last_name="Larkrise")
        said = signed_in(keyworker).get(place("referral-show", sent)).content.decode()
        assert said.count(OTHER_AGENCIES) == 1
        assert "Nobody here looks like the same person." in said

    def test_declining_says_why_and_whether_they_were_told(self, signed_in, keyworker, sent):
        browser = signed_in(keyworker)
        wrong = {"": ("why", "referrer_told"), "other": ("why_words",)}
        for why, fields in wrong.items():
            told = {} if not why else {"referrer_told": "no"}
            assert set(browser.post(place("referral-decline", sent), {"why": why, **told}).context["form"].errors) == set(fields)
        browser.post(place("referral-decline", sent), {"why": "outside-area", "referrer_told": "no"})
        row = again(keyworker, sent)
        assert (row.state, row.why, row.referrer_told, row.client_id) == ("declined", "outside-area", False, None)
        assert "who sent it has not been told" in browser.get(reverse("referrals")).content.decode()
        with pytest.raises(DatabaseError, match="not rewritten"), context.acting(keyworker), transaction.atomic():
            ReceivedReferral.objects.filter(pk=sent.pk).update(why="other")

    @pytest.mark.parametrize("role", ["reception", "prescriber", "commissioner", "administrator", "peer-auditor", "elsewhere"])
    def test_nobody_else_decides_or_reads(self, agency, other_agency, sent, role):
        who = factories.actor(agency=other_agency) if role == "elsewhere" else factories.actor(role=role, agency=agency)
        with context.acting(who):
            for deed in (
                lambda: referring.decline(by=who, referral=sent, why="sent-twice", told=True),
                lambda: referring.accept_as_new(by=who, referral=sent, registered={"referred_on": clock.today()}),
            ):
                with pytest.raises((NotAllowed, ReceivedReferral.DoesNotExist)):
                    deed()

    def test_the_most_urgent_stands_first_and_today_says_how_many(self, signed_in, keyworker, manager, link):
        for urgency in ("usual", "today", "week"):
            factories.referral(link, urgency=urgency, first_name=urgency.title())
        browser = signed_in(keyworker)
        assert [each.urgency for each, _look, _words in browser.get(reverse("referrals")).context["waiting"]] == ["today", "week", "usual"]
        for who, home in ((keyworker, "caseload"), (manager, "service")):
            assert "3 referrals wait to be looked at" in signed_in(who).get(reverse(home)).content.decode()
        factories.client_of(keyworker.agency, keyworker=keyworker)
        assert "3 referrals wait to be looked at" in signed_in(manager).get(reverse("service")).content.decode()
        for who, home in ((keyworker, "caseload"), (manager, "service")):
            html = signed_in(who).get(reverse(home)).content.decode()
            assert "1 for today" in html
            assert "Overdue: " not in html
        clock.move_on(1)
        for who, home in ((keyworker, "caseload"), (manager, "service")):
            assert "Overdue: 1" in signed_in(who).get(reverse(home)).content.decode()
        assert [each.is_late for each, _look, _words in browser.get(reverse("referrals")).context["waiting"]] == [True, False, False]
        prescriber = factories.actor(role="prescriber", agency=keyworker.agency)
        assert "wait to be looked at" not in signed_in(prescriber).get(reverse("caseload")).content.decode()
        with at_most(8):
            browser.get(reverse("referrals"))


@pytest.mark.usefixtures("committed")
class TestCommitted:
    @pytest.fixture
    def keyworker(self):
        return factories.actor()

    def test_of_two_at_once_one_accepts(self, keyworker, sent):
        colleague = factories.actor(agency=keyworker.agency)

        def deed(who):
            def accept():
                with context.acting(who):
                    form = RegisterForm(registration(), actor=who)
                    assert form.is_valid(), form.errors
                    return referring.accept_as_new(by=who, referral=sent, registered=form.told)

            return accept

        outcomes = at_once(deed(keyworker), deed(colleague))
        assert sorted(type(each).__name__ for each in outcomes) == ["Client", "Refused"], outcomes
        with context.acting(keyworker):
            assert Client.objects.count() == Assessment.objects.count() == 1

    def test_what_nobody_accepted_is_deleted_after_its_days_and_that_is_on_record(self, keyworker, link):
        partnership = keyworker.partnership
        partnership.local_settings = {"referral_kept_days": 20}
        partnership.save()
        now = clock.now()
        old, older = now - timedelta(days=21), now - timedelta(days=60)
        no = {"state": "declined", "why": "other", "referrer_told": True, "decided_by": keyworker.person}
        gone = [factories.referral(link, received_at=old), factories.referral(link, received_at=older, decided_at=old, **no)]
        stay = [
            factories.referral(link, received_at=now - timedelta(days=19)),
            factories.referral(link, received_at=older, decided_at=now, **no),
            factories.referral(link, received_at=older, client=factories.client_of(keyworker.agency), by=keyworker),
        ]
        assert referring.delete_old(partnership) == 2
        assert referring.delete_old(partnership) == 0
        with context.acting(keyworker):
            assert set(ReceivedReferral.objects.values_list("pk", flat=True)) == {each.pk for each in stay}
            said = Event.objects.filter(verb="referral.deleted").values_list("subject_id", "reason")
            assert set(said) == {(gone[0].pk, "nobody decided"), (gone[1].pk, "declined")}
        with pytest.raises(DatabaseError, match="rows stay"), factories.loading(partnership.pk):
            ReceivedReferral.objects.filter(pk=stay[2].pk).delete()
