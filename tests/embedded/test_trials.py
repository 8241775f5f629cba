"""Where a server that is thrown away keeps its data."""

from types import SimpleNamespace

import pytest

from carehub.embedded import trials


@pytest.fixture
def memory(monkeypatch, tmp_path):
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(trials, "MEMORY", folder)
    monkeypatch.setattr(trials.shutil, "disk_usage", lambda _place: SimpleNamespace(free=trials.ENOUGH))
    return folder


def test_in_memory_under_a_name_of_its_own(memory, tmp_path):
    place = trials._in_memory(tmp_path / "var")
    assert place.parent == memory
    assert place == trials._in_memory(tmp_path / "var") != trials._in_memory(tmp_path / "other")


def test_on_the_disk_where_there_is_too_little_memory(memory, tmp_path, monkeypatch):
    monkeypatch.setattr(trials.shutil, "disk_usage", lambda _place: SimpleNamespace(free=trials.ENOUGH - 1))
    assert trials._in_memory(tmp_path / "var") == tmp_path / "var"


def test_on_the_disk_where_the_system_has_no_such_folder(memory, tmp_path, monkeypatch):
    monkeypatch.setattr(trials, "MEMORY", tmp_path / "nowhere")
    assert trials._in_memory(tmp_path / "var") == tmp_path / "var"


def test_what_somebody_else_put_in_its_place_is_left_alone(memory, tmp_path):
    place, theirs = trials._in_memory(tmp_path / "var"), tmp_path / "theirs"
    place.rmdir()
    theirs.mkdir()
    place.symlink_to(theirs)
    assert trials._in_memory(tmp_path / "var") == tmp_path / "var"
