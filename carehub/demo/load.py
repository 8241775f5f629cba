"""Loads the demonstration partnership: everything is made in memory from the seed, then written, a statement a table."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import IntegrityError, transaction

from carehub import clock, context
from carehub.demo.assessed import Triages
from carehub.demo.chance import Chance
from carehub.demo.courses import courses
from carehub.demo.lives import lives
from carehub.demo.log import save_log
from carehub.demo.papers import save_papers
from carehub.demo.people import Somebody, make_people, save_people
from carehub.demo.place import PARTNERSHIP
from carehub.demo.planned import Plans
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


def load(*, today: date | None = None, seed: int = SEED) -> Loaded:
    """The same seed and day give the same rows, keys included. Raises :class:`AlreadyThere`, and outside the demonstration refuses."""
    if not settings.DEMO:
        raise RuntimeError("The demonstration partnership is loaded in the demonstration only (CAREHUB_DEMO=1).")
    today = today or clock.today()
    chance = Chance(seed)
    made = make(chance, today)
    try:
        # Its own savepoint: another process may have been first.
        with transaction.atomic(), context.on_duty(made.place.partnership.pk, "load"):
            if Partnership.objects.filter(name=PARTNERSHIP).exists():
                raise AlreadyThere
            _save(made, chance)
    except IntegrityError as problem:
        if "carehub_partnership_name" in str(problem) or "carehub_partnership_pkey" in str(problem):
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
    return Loaded(place, people, plans, triages)


def _save(made: Loaded, chance: Chance) -> None:
    save_place(made.place)
    save_people(made.people, chance)
    made.triages.save()
    made.plans.save()
    save_papers(made.plans.plans, chance, clock.now())
    save_log(made.people, made.triages.assessments, made.plans.plans, chance)
