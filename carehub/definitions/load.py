"""From folders of TOML files to checked definitions. Other applications register readers for kinds of their own."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from carehub.definitions.errors import DefinitionError
from carehub.definitions.plans import Domains, read_domains, read_plan_kinds
from carehub.definitions.read_codes import read_codes
from carehub.definitions.read_form import read_form
from carehub.definitions.read_question import Words
from carehub.definitions.schema import CodeList, Definition, Form
from carehub.definitions.table import Table, read_table

#: Reads a file of one kind: (table, name, version, title, words it may refer to) → definition.
Reader = Callable[[Table, str, int, str, Words], Definition]

# What others refer to comes first.
READERS: dict[str, Reader] = {
    "codes": lambda table, name, version, title, words: read_codes(table, name, version, title),
    "domains": lambda table, name, version, title, words: read_domains(table, name, version, title),
    "form": read_form,
    "plan-kinds": read_plan_kinds,
}

Key = tuple[str, int]


def add_reader(kind: str, reader: Reader, *, before: str = "") -> None:
    """For an application above the kernel: audit templates, pathways, grids. ``before``: the kind that may refer to this one by name."""
    if READERS.setdefault(kind, reader) is not reader:
        raise ValueError(f"There is a reader for definitions of kind '{kind}' already.")
    if before:
        for later in [*READERS][[*READERS].index(before) :]:
            if later != kind:
                READERS[later] = READERS.pop(later)


def read_folders(folders: Iterable[Path]) -> tuple[dict[Key, Definition], list[DefinitionError]]:
    """Every definition in the folders and those within them, and what is wrong with the others (one error a file)."""
    errors: list[DefinitionError] = []
    waiting: list[tuple[str, Table]] = []
    for folder in folders:
        for file in sorted(folder.rglob("*.toml")):
            try:
                table = read_table(file)
                waiting.append((table.one_of("kind", READERS), table))
            except DefinitionError as error:
                errors.append(error)
    waiting.sort(key=lambda one: list(READERS).index(one[0]))
    found: dict[Key, Definition] = {}
    for kind, table in waiting:
        try:
            definition = _read(kind, table, words_of(found))
            key = (definition.name, definition.version)
            if key in found:
                raise table.wrong(f"There is another '{key[0]}' version {key[1]}: give this file the next version.", "version")
            found[key] = definition
        except DefinitionError as error:
            errors.append(error)
    return found, errors


def _read(kind: str, table: Table, words: Words) -> Definition:
    name, version, title = table.identifier("name"), table.whole("version", least=1), table.text("title")
    if table.file.stem != f"{name}-{version}":
        raise table.wrong(f"The file must be called '{name}-{version}.toml', after its name and version.", "name")
    return READERS[kind](table, name, version, title, words)


def words_of(found: Mapping[Key, Definition]) -> Words:
    """What a definition may refer to."""
    lists = [definition for definition in found.values() if isinstance(definition, Domains)]
    return Words(
        code_lists={key: definition for key, definition in found.items() if isinstance(definition, CodeList)},
        areas={area.id: domain.id for one in lists for domain in one.domains for area in domain.areas},
        domains=frozenset(domain.id for one in lists for domain in one.domains),
        forms={one.name: one for _key, one in sorted(found.items()) if isinstance(one, Form)},
        pathways=frozenset(definition.name for definition in found.values() if definition.KIND == "pathway"),
    )
