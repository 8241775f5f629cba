"""Loads the demonstration partnership: everything is made in memory from the seed, then written, a statement a table."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction

from carehub import clock, context
from carehub.demo.afterwards import Afterwards
from carehub.demo.assessed import Triages
from carehub.demo.chance import Chance
from carehub.demo.comprehensive import Comprehensives
from carehub.demo.courses import courses
from carehub.demo.lives import lives
from carehub.demo.log import save_log
from carehub.demo.papers import save_papers
from carehub.demo.people import Somebody, make_people, save_people
from carehub.demo.place import PARTNERSHIP
from carehub.demo.planned import Plans
from carehub.demo.profiles import Profiles
from carehub.demo.proposed import Proposals
from carehub.demo.put_off import PutOffs
from carehub.demo.referrals import Referrals
from carehub.demo.risk_plans import RiskPlans
from carehub.demo.sharing import Sharing, make_sharing, save_sharing
from carehub.demo.staffed import Place, make_place, save_place
from carehub.models import Partnership

SEED = 2006


class AlreadyThere(Exception):
    """The demonstration has been loaded into this database before."""


@dataclass(frozen=True)
class Loaded:
    place: Place
    people: list[Somebody]
    plans: Plans
    triages: Triages
    proposals: Proposals
    sharing: Sharing
    comprehensives: Comprehensives
    risk_plans: RiskPlans
    profiles: Profiles
    afterwards: Afterwards
    put_offs: PutOffs
    referrals: Referrals


def load(*, today: date | None = None, seed: int = SEED, using: str = "default") -> Loaded:
    """The same seed and day give the same rows, keys included. Raises :class:`AlreadyThere`, and outside the demonstration refuses.

    ``using``: the database as the application's role or, faster by half since row security does not look at each row, as the owner's.
    """
    if not settings.DEMO:
        raise RuntimeError("The demonstration partnership is loaded in the demonstration only (CAREHUB_DEMO=1).")
    chance = Chance(seed)
    made = make(chance, today or clock.today())
    duty = context.on_duty(made.place.partnership.pk, "load") if using == "default" else nullcontext()
    try:
        # Its own savepoint: another process may have been first.
        with transaction.atomic(using=using), duty:
            if Partnership.objects.using(using).filter(name=PARTNERSHIP).exists():
                raise AlreadyThere
            _save(made, chance, using)
    except IntegrityError as problem:
        if "carehub_partnership" in str(problem):
            raise AlreadyThere from None
        raise
    return made


def make(chance: Chance, today: date) -> Loaded:
    """All rows, unsaved; no query is made."""
    place = make_place(chance, today)
    stories = courses(chance, today)
    people = make_people(place, stories, lives(chance, len(stories), [story.stays[0].agency == "C" for story in stories]), chance, today)
    triages, plans = Triages(place, chance, today), Plans(place, chance, today)
    for somebody in people:
        for stay in somebody.stays:
            triages.add(somebody, stay)
            plans.add(somebody, stay, triages.of_episode.get(stay.episode.pk))
    sharing = make_sharing(place, people, chance, today)
    comprehensives, risk_plans = Comprehensives(chance, today), RiskPlans(chance, today)
    for somebody in people:
        for stay in somebody.stays:
            comprehensives.add(somebody, stay, triages.of_episode.get(stay.episode.pk))
            risk_plans.add(somebody, stay, triages.of_episode.get(stay.episode.pk))
    # A chance of its own: whoever adds a trigger changes nobody else's story.
    proposals = Proposals(triages, Chance(chance.getrandbits(64)), today)
    profiles = Profiles(Chance(chance.getrandbits(64)), today)
    for somebody in people:
        for stay in somebody.stays:
            profiles.add(somebody, stay)
    afterwards = Afterwards(place, Chance(chance.getrandbits(64)), today)
    afterwards.add(plans.plans)
    put_offs = PutOffs(Chance(chance.getrandbits(64)), today)
    put_offs.add(plans.plans)
    referrals = Referrals(place, Chance(chance.getrandbits(64)), today)
    return Loaded(place, people, plans, triages, proposals, sharing, comprehensives, risk_plans, profiles, afterwards, put_offs, referrals)


def _save(made: Loaded, chance: Chance, using: str) -> None:
    save_place(made.place, using)
    save_people(made.people, chance, using)
    save_sharing(made.sharing, using)
    made.triages.save(using)
    made.comprehensives.save(using)
    made.profiles.save(using)
    made.proposals.save(using)
    made.risk_plans.save(using)
    made.plans.save(using)
    made.afterwards.save(using)
    made.put_offs.save(using)
    made.referrals.save(using)
    save_papers(made.plans.plans, chance, clock.now(), using)
    save_log(made.people, [*made.triages.assessments, *made.profiles.rows], made.plans.plans, chance, using, more=made.afterwards.deeds)
