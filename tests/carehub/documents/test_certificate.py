"""The certificate that seals: made once, replaceable, and plain words where it is missing, ended or unreadable."""

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.management import call_command

from carehub.documents.certificate import (
    CERTIFICATE,
    KEY,
    SealUnavailable,
    known_fingerprints,
    load_sealer,
    make_certificate,
    seal_folder,
    sealer_for,
)

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def folder(settings, tmp_path):
    settings.VAR = tmp_path
    return seal_folder("northmere")


def test_the_default_run_makes_one_once(folder):
    sealer = sealer_for("northmere", "Northmere Partnership", NOW)
    assert sealer.name == "Northmere Partnership"
    assert sealer_for("northmere", "Another name", NOW + timedelta(days=900)).fingerprint == sealer.fingerprint
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sealer_for("southmere", "Southmere Partnership", NOW).fingerprint != sealer.fingerprint


def test_production_brings_its_own(folder, settings):
    settings.DEMO = False
    with pytest.raises(SealUnavailable, match=r"make_certificate"):
        sealer_for("northmere", "Northmere Partnership", NOW)


def test_many_processes_at_once_agree_on_one(folder):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: make_certificate(folder, "Northmere Partnership", NOW), range(16)))
    assert sum(made) == 1
    load_sealer(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["northmere"]


def test_a_new_one_keeps_the_old_certificate_and_not_its_key(folder):
    first = sealer_for("northmere", "Northmere Partnership", NOW)
    old_key = (folder / KEY).read_bytes()
    assert make_certificate(folder, "Northmere Partnership", NOW, replace=True)
    second = load_sealer(folder)
    assert make_certificate(folder, "Northmere Partnership", NOW, replace=True)
    third = load_sealer(folder)
    assert known_fingerprints() == {first.fingerprint, second.fingerprint, third.fingerprint}
    assert all(old_key not in path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("at", "words"), [(NOW + timedelta(days=3660), "ended on 3 March 2036"), (NOW - timedelta(days=2), "begins only on 2 March 2026")]
)
def test_outside_its_time_it_seals_nothing(folder, at, words):
    make_certificate(folder, "Northmere Partnership", NOW)
    with pytest.raises(SealUnavailable, match=words):
        sealer_for("northmere", "Northmere Partnership", at)


def _not_a_key(folder):
    (folder / KEY).write_text("nothing")


def _no_key(folder):
    (folder / KEY).unlink()


def _not_a_certificate(folder):
    (folder / CERTIFICATE).write_text("nothing")


def _another_key(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / KEY).write_bytes(key.private_bytes(*form))


def _locked_key(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x"))
    (folder / KEY).write_bytes(key.private_bytes(*form))


def _open_key(folder):
    (folder / KEY).chmod(0o644)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_no_key, "There is no .*key.pem"),
        (_not_a_key, "not a private key in PEM"),
        (_locked_key, "without a passphrase"),
        (_another_key, "does not belong to the certificate"),
        (_open_key, "chmod 600"),
        (_not_a_certificate, "not a certificate in PEM"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(folder, spoil, words):
    make_certificate(folder, "Northmere Partnership", NOW)
    load_sealer(folder)
    spoil(folder)
    for name in (KEY, CERTIFICATE):  # a change within the clock's grain is not seen otherwise
        if (folder / name).exists():
            os.utime(folder / name, ns=(1, 1))
    with pytest.raises(SealUnavailable, match=words):
        load_sealer(folder)


@pytest.mark.parametrize("key", ["", "..", "../x", "a/b", ".hidden"])
def test_a_key_is_not_a_path(key):
    with pytest.raises(ValueError):
        seal_folder(key)


def test_the_command_makes_keeps_and_replaces(folder):
    def say(*more: str) -> str:
        out = StringIO()
        call_command("make_certificate", "--partnership", "northmere", "--name", "Northmere Partnership", *more, stdout=out)
        return out.getvalue()

    assert "made" in say()
    kept = say()
    assert "left alone" in kept
    assert "made" in (new := say("--replace"))
    assert new.split()[-1] != kept.split()[-1]
