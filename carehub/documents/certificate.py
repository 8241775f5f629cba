"""The certificate that a partnership seals its documents with: one folder a partnership, key and certificate in it.

``CAREHUB_VAR``/seal/<partnership>/ holds ``key.pem`` (0600), ``certificate.pem``, and ``retired/`` with the certificates that were
replaced, so that what they sealed can still be told from what a stranger sealed. The default run makes a certificate of
its own, once; anywhere else somebody decides: ``manage.py make_certificate``, or files from a certificate authority
under the same names.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier
from django.conf import settings
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

KEY, CERTIFICATE, RETIRED = "key.pem", "certificate.pem", "retired"
#: Long enough that a demonstration whose clock is moved on does not run out; a real one is renewed when its owner says.
LASTS = timedelta(days=3653)
#: id-kp-documentSigning (RFC 9336).
DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")


class SealUnavailable(Exception):
    """No document can be sealed now; the sentence says why and what mends it."""


@dataclass(frozen=True)
class Sealer:
    """A partnership's certificate with its key, ready to seal."""

    name: str
    begins: datetime
    ends: datetime
    #: SHA-256 of the certificate.
    fingerprint: str
    signer: SimpleSigner

    def check(self, at: datetime) -> None:
        """Raises SealUnavailable where the certificate does not hold at ``at``."""
        if at > self.ends:
            raise SealUnavailable(
                f"The seal's certificate ended on {self.ends:%-d %B %Y}. Make a new one: manage.py make_certificate --replace"
            )
        if at < self.begins:
            raise SealUnavailable(f"The seal's certificate begins only on {self.begins:%-d %B %Y}. Is this machine's clock right?")


def seal_folder(partnership: str) -> Path:
    """Where the certificate of one partnership (its key, as text) lies."""
    if not partnership or Path(partnership).name != partnership or partnership.startswith("."):
        raise ValueError(f"not a partnership's key: {partnership!r}")
    return settings.VAR / "seal" / partnership


def sealer_for(partnership: str, name: str, at: datetime) -> Sealer:
    """What seals the documents of one partnership at ``at``; the default run makes its certificate the first time."""
    folder = seal_folder(partnership)
    if not (folder / CERTIFICATE).exists() and settings.DEMO:
        make_certificate(folder, name, at)
    sealer = load_sealer(folder)
    sealer.check(at)
    return sealer


def make_certificate(folder: Path, name: str, at: datetime, *, replace: bool = False) -> bool:
    """Makes key and certificate in ``folder``, both or neither. False: there was one already, and it was left alone.

    With ``replace`` the certificate that is there moves to ``retired/`` and its key goes.
    """
    if (folder / CERTIFICATE).exists() and not replace:
        return False
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))  # 0700
    try:
        key = ec.generate_private_key(ec.SECP256R1())
        made = _self_signed(key, name, at)
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        _write(new / KEY, pem)
        _write(new / CERTIFICATE, made.public_bytes(serialization.Encoding.PEM))
        if folder.exists() and not replace:
            shutil.rmtree(new)
            return False
        if folder.exists():
            _carry_over_retired(folder, new)
            old = folder.with_name(f"{new.name}-old")
            folder.rename(old)
            new.rename(folder)
            shutil.rmtree(old)
            return True
        try:
            new.rename(folder)
        except OSError:  # another process of ours was first: a folder that holds something is never replaced by a rename
            shutil.rmtree(new)
            return False
        return True
    except BaseException:
        shutil.rmtree(new, ignore_errors=True)
        raise


def _self_signed(key: ec.EllipticCurvePrivateKey, name: str, at: datetime) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))  # a colleague's clock may be a little behind ours
        .not_valid_after(at + LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _carry_over_retired(folder: Path, new: Path) -> None:
    retired = new / RETIRED
    if (folder / RETIRED).is_dir():
        shutil.copytree(folder / RETIRED, retired)
    retired.mkdir(mode=0o700, exist_ok=True)
    if (folder / CERTIFICATE).exists():
        certificate = _certificate(folder / CERTIFICATE)
        shutil.copyfile(folder / CERTIFICATE, retired / f"{certificate.fingerprint(hashes.SHA256()).hex()}.pem")


def load_sealer(folder: Path) -> Sealer:
    """Key and certificate from ``folder``, read again only when one of the files has changed. Raises SealUnavailable."""
    stamps = []
    for name in (CERTIFICATE, KEY):
        try:
            stamps.append((folder / name).stat().st_mtime_ns)
        except FileNotFoundError:
            raise SealUnavailable(
                f"There is no {folder / name}. Make the certificate that documents are sealed with: manage.py make_certificate"
            ) from None
        except OSError as error:
            raise SealUnavailable(f"{folder / name} cannot be read: {error.strerror}.") from None
    return _load(folder, *stamps)


@lru_cache(maxsize=256)
def _load(folder: Path, certificate_stamp: int, key_stamp: int) -> Sealer:
    certificate = _certificate(folder / CERTIFICATE)
    path = folder / KEY
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SealUnavailable(f"{path} cannot be read: {error.strerror}.") from None
    except (ValueError, TypeError):
        raise SealUnavailable(f"{path} is not a private key in PEM without a passphrase.") from None
    if path.stat().st_mode & 0o077:
        raise SealUnavailable(f"{path} can be read by others on this machine. Close it: chmod 600 {path}")
    if key.public_key() != certificate.public_key():
        raise SealUnavailable(f"{path} does not belong to the certificate beside it.")
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise SealUnavailable(f"{path} is not a P-256 key: documents are sealed with ECDSA on the curve P-256.")
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return Sealer(
        name=str(names[0].value) if names else certificate.subject.rfc4514_string(),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        signer=SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
            signing_key=asn1_keys.PrivateKeyInfo.load(der),
            cert_registry=SimpleCertificateStore(),
        ),
    )


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except OSError as error:
        raise SealUnavailable(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise SealUnavailable(f"{path} is not a certificate in PEM.") from None


def known_fingerprints(root: Path | None = None) -> frozenset[str]:
    """SHA-256 of every certificate that has sealed here, of every partnership, the retired ones too."""
    root = root or seal_folder("any").parent
    found = set()
    for path in [*root.glob(f"*/{CERTIFICATE}"), *root.glob(f"*/{RETIRED}/*.pem")]:
        try:
            found.add(_certificate(path).fingerprint(hashes.SHA256()).hex())
        except SealUnavailable:
            continue
    return frozenset(found)
