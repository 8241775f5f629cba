"""Every definition by name and version: side by side, dated, loaded once, changed only with a new version."""

import datetime as dt
import logging
import os
import time
from pathlib import Path

import pytest

from carehub.definitions import catalogue as catalogues
from carehub.definitions.catalogue import Catalogue
from carehub.definitions.errors import DefinitionError, UnknownDefinition
from carehub.definitions.fingerprint import fingerprint
from tests.carehub.definitions.writing import HEAD, SHIPPED, form_of, question, write

SECTION = '\n[[section]]\nid = "one"\ntitle = "One"\n'


def test_two_versions_live_side_by_side(tmp_path: Path) -> None:
    write(tmp_path, HEAD + SECTION + question("q", text="Old?"))
    write(tmp_path, HEAD.replace("version = 1", "version = 2") + SECTION + question("q", text="New?"), "local-2")
    found = Catalogue.load([*SHIPPED, tmp_path])
    assert found.versions("local") == [1, 2]
    assert found.form("local", 1).question("q").text == "Old?"
    assert found.latest("local").version == 2
    assert [form.version for form in found.forms("local")] == [2]


def test_folders_together_make_one_catalogue(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "theirs" / "deeper").mkdir(parents=True)
    write(tmp_path / "ours", HEAD + SECTION + question("q"))
    write(tmp_path / "theirs" / "deeper", HEAD.replace("local", "own", 1) + SECTION + question("q"), "own-1")
    found = Catalogue.load([tmp_path / "ours", tmp_path / "theirs"])
    assert {definition.name for definition in found} == {"local", "own"}


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    found = Catalogue.load([*SHIPPED])
    with pytest.raises(UnknownDefinition, match="There is no definition 'triage' version 3"):
        found.get("triage", 3)
    with pytest.raises(UnknownDefinition, match="'route' is no Form but a CodeList"):
        found.form("route")


def test_a_code_list_is_that_of_its_day(tmp_path: Path) -> None:
    for version, dates, end in ((1, "from = 2003-04-01\nuntil = 2009-03-31", "planned"), (2, "from = 2009-04-01", "neutral")):
        text = (
            f'kind = "codes"\nname = "reason"\nversion = {version}\ntitle = "R"\n{dates}\n'
            f'code = [{{ value = "5", text = "Referred on", end = "{end}" }}]\n[properties]\nend = ["planned", "neutral"]\n'
        )
        write(tmp_path, text, f"reason-{version}")
    found = Catalogue.load([tmp_path])
    for day, expected in ((dt.date(2009, 3, 31), "planned"), (dt.date(2009, 4, 1), "neutral")):
        assert found.codes_on("reason", day).code("5").property("end") == expected
    with pytest.raises(UnknownDefinition, match="No version of the code list 'reason' was in force on 2003-03-31"):
        found.codes_on("reason", dt.date(2003, 3, 31))


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Another text?"},
        {"mandatory": True},
        {"kind": "text"},
        {"hint": "A hint"},
        {"not_answers": ["declined"]},
        {"expectations": ["sharing"]},
    ],
)
def test_a_fingerprint_tells_any_change(tmp_path: Path, change: dict[str, object]) -> None:
    before = fingerprint(form_of(tmp_path, question("q")))
    assert before == fingerprint(form_of(tmp_path, "# a comment and blank lines\n\n\n" + question("q")))
    assert before != fingerprint(form_of(tmp_path, question("q", **change)))


def test_a_fingerprint_tells_a_code_list_that_was_changed_underneath(tmp_path: Path) -> None:
    codes = 'kind = "codes"\nname = "mine"\nversion = 1\ntitle = "M"\nfrom = 2006-04-01\ncode = [{ value = "1", text = "One" }, { value = "2", text = "Two" }]\n'  # noqa: E501
    write(tmp_path, codes, "mine-1")
    asked = question("q", "one-of", codes="mine/1")
    before = fingerprint(form_of(tmp_path, asked))
    write(tmp_path, codes.replace("Two", "Second"), "mine-1")
    assert fingerprint(form_of(tmp_path, asked)) != before


def test_loaded_once(tmp_path: Path, settings) -> None:
    settings.DEMO = False
    assert catalogues.catalogue() is catalogues.catalogue()
    assert catalogues.latest("triage") is catalogues.get("triage", catalogues.catalogue().versions("triage")[-1])


def test_a_partnership_s_own_folder_is_added_by_setting(tmp_path: Path, settings) -> None:
    settings.DEMO = False
    settings.DEFINITION_FOLDERS = [tmp_path]
    write(tmp_path, HEAD + SECTION + question("q"))
    assert catalogues.catalogue().form("local").title == "A local form"


def test_where_forms_are_worked_on_a_change_is_seen_and_a_mistake_stops_nobody(tmp_path: Path, settings, caplog) -> None:
    settings.DEMO = True
    settings.DEFINITION_FOLDERS = [tmp_path]
    watched = catalogues._Watched()
    places = (*SHIPPED, tmp_path)
    file = write(tmp_path, HEAD + SECTION + question("q", text="Old?"))
    assert watched.current(places).form("local").question("q").text == "Old?"

    def changed(text: str) -> Catalogue:
        file.write_text(text)
        os.utime(file, ns=(time.time_ns(), time.time_ns() + 10**9))
        watched.looked_at = 0.0
        return watched.current(places)

    assert changed(file.read_text().replace("Old?", "New?")).form("local").question("q").text == "New?"
    with caplog.at_level(logging.ERROR):
        assert changed("kind = ").form("local").question("q").text == "New?"
    assert "local-1.toml, line 1" in caplog.text


def test_the_first_start_with_a_mistake_stops(tmp_path: Path) -> None:
    write(tmp_path, "kind = ")
    with pytest.raises(DefinitionError):
        catalogues._Watched().current((tmp_path,))
