"""Files lie under the hash of what they contain, whole or not at all."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.core.files.storage import InMemoryStorage

from carehub.files import store


@pytest.fixture
def root(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    }
    return tmp_path / "files"


def test_what_is_put_in_comes_out(root, chance):
    data = chance.randbytes(5000)
    sha256 = store.put(data)
    assert store.get(sha256) == data
    assert store.put(data) == sha256
    assert [path.name for path in root.rglob("*") if path.is_file()] == [sha256]


def test_only_this_service_may_read(root):
    os.umask(before := os.umask(0))
    store.put(b"a scan")
    os.umask(before)
    for path in [root, *root.rglob("*")]:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_what_is_damaged_is_told_and_mended(root):
    sha256 = store.put(b"a scan")
    path = root / store.name_of(sha256)
    path.write_bytes(b"b scan")
    with pytest.raises(store.Damaged):
        store.get(sha256)
    store.put(b"a scan")
    assert store.get(sha256) == b"a scan"


def test_what_is_not_there_is_told(root):
    with pytest.raises(store.NotStored):
        store.get("0" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_hash_is_a_name(root, name):
    with pytest.raises(ValueError):
        store.get(name)


def test_another_storage_does_too(settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{InMemoryStorage.__module__}.InMemoryStorage"}}
    sha256 = store.put(b"a scan")
    assert store.put(b"a scan") == sha256
    assert store.get(sha256) == b"a scan"
    with pytest.raises(store.NotStored):
        store.get("0" * 64)


WRITER = """
import hashlib, sys
from pathlib import Path
from carehub.files.store import _write_whole
from carehub.files import store
root, number = Path(sys.argv[1]), 0
while True:
    data = str(number).encode() * 200_000
    _write_whole(root / store.name_of(hashlib.sha256(data).hexdigest()), data)
    number += 1
"""


@pytest.mark.promise(8)
def test_a_kill_leaves_whole_files_only(root, settings, seed, how_many, report):
    chance = random.Random(seed)
    kills = how_many(20, 100)
    for _ in range(kills):
        writer = subprocess.Popen([sys.executable, "-c", WRITER, str(root)], cwd=settings.BASE_DIR)
        time.sleep(0.5 + chance.random() * 0.2)
        writer.send_signal(signal.SIGKILL)
        writer.wait(timeout=10)
    whole = 0
    for path in root.rglob("*"):
        if path.is_file() and not path.name.startswith(store.UNFINISHED):
            store.get(path.name)
            whole += 1
    unfinished = set(root.rglob(f"{store.UNFINISHED}*"))
    assert set(store.left_behind(root, older_than=-1)) == unfinished
    assert not set(store.kept(root, older_than=-1)) & unfinished
    assert whole
    report(f"{kills} kills while files were written: {whole} files, all whole")
