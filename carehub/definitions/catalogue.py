"""Every definition there is, by name and version. Loaded once; a file that is wrong stops the start."""

import logging
import time
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from django.apps import apps
from django.conf import settings

from carehub.definitions.errors import DefinitionError, UnknownDefinition
from carehub.definitions.load import Key, read_folders, words_of
from carehub.definitions.plans import Domains, PlanKinds
from carehub.definitions.read_question import Words
from carehub.definitions.schema import CodeList, Definition, Form

_log = logging.getLogger(__name__)
_D = TypeVar("_D", bound=Definition)


class Catalogue:
    def __init__(self, definitions: dict[Key, Definition]) -> None:
        self._definitions = definitions

    @classmethod
    def load(cls, folders: Iterable[Path]) -> "Catalogue":
        """Raises the first DefinitionError."""
        found, errors = read_folders(folders)
        if errors:
            raise errors[0]
        return cls(found)

    def __iter__(self) -> Iterator[Definition]:
        return iter(self._definitions.values())

    def get(self, name: str, version: int) -> Definition:
        try:
            return self._definitions[name, version]
        except KeyError:
            raise UnknownDefinition(
                f"There is no definition '{name}' version {version}; there is {self.versions(name) or 'none'}."
            ) from None

    def latest(self, name: str) -> Definition:
        return self.get(name, max(self.versions(name), default=0))

    def versions(self, name: str) -> list[int]:
        return sorted(version for known, version in self._definitions if known == name)

    def form(self, name: str, version: int | None = None) -> Form:
        return _of(Form, self.latest(name) if version is None else self.get(name, version))

    def forms(self, level: str = "") -> list[Form]:
        """The newest version of each form, of one level or of all."""
        names = sorted({one.name for one in self._definitions.values() if isinstance(one, Form)})
        return [form for form in map(self.form, names) if level in ("", form.level)]

    def codes(self, name: str, version: int | None = None) -> CodeList:
        return _of(CodeList, self.latest(name) if version is None else self.get(name, version))

    def codes_on(self, name: str, day: date) -> CodeList:
        """The list in force on a day: whether a discharge was planned depends on it."""
        lists = [self.codes(name, version) for version in self.versions(name)]
        in_force = [one for one in lists if one.in_force_on(day)]
        if not in_force:
            raise UnknownDefinition(f"No version of the code list '{name}' was in force on {day}.")
        return in_force[-1]

    def rests_on(self, form: str) -> frozenset[str]:
        """The questions of a form that definitions beside it look at: what is proposed for a care plan."""
        return frozenset(question for one in self for question in one.rests_on(form))

    def words(self) -> Words:
        """What a question that is added later may refer to."""
        return words_of(self._definitions)

    def domains(self) -> Domains:
        return _of(Domains, self.latest("domains"))

    def plan_kinds(self, version: int | None = None) -> PlanKinds:
        return _of(PlanKinds, self.latest("plan-kinds") if version is None else self.get("plan-kinds", version))


def _of(kind: type[_D], definition: Definition) -> _D:
    if not isinstance(definition, kind):
        raise UnknownDefinition(f"'{definition.name}' is no {kind.__name__} but a {type(definition).__name__}.")
    return definition


def folders() -> tuple[Path, ...]:
    """Our applications' own definitions, then those of the partnership (DEFINITION_FOLDERS)."""
    ours = (Path(app.path) / "definitions" for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR)
    return tuple(folder for folder in (*ours, *map(Path, getattr(settings, "DEFINITION_FOLDERS", ()))) if folder.is_dir())


@lru_cache(maxsize=4)
def _loaded(places: tuple[Path, ...], stamps: tuple[tuple[str, int], ...]) -> Catalogue:
    return Catalogue.load(places)


class _Watched:
    """The catalogue where somebody is at work on the forms: files are looked at once a second at most."""

    def __init__(self) -> None:
        self.looked_at = 0.0
        self.places: tuple[Path, ...] = ()
        self.good: Catalogue | None = None

    def current(self, places: tuple[Path, ...]) -> Catalogue:
        if self.good is not None and places == self.places and time.monotonic() - self.looked_at < 1:
            return self.good
        stamps = tuple((str(file), file.stat().st_mtime_ns) for folder in places for file in sorted(folder.rglob("*.toml")))
        try:
            self.good = _loaded(places, stamps)
        except DefinitionError as error:
            if self.good is None or places != self.places:
                raise
            _log.error("definition not taken over: %s", error)
        self.places, self.looked_at = places, time.monotonic()
        return self.good


_watched = _Watched()


def catalogue() -> Catalogue:
    """The catalogue of this installation.

    Where somebody is at work on the forms (DEBUG, or the demonstration) a changed file is read again within a second; a wrong
    one is reported in the log, and what was loaded before stays.
    """
    places = folders()
    return _watched.current(places) if settings.DEBUG or settings.DEMO else _loaded(places, ())


def get(name: str, version: int) -> Definition:
    return catalogue().get(name, version)


def latest(name: str) -> Definition:
    return catalogue().latest(name)
