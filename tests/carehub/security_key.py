"""A security key for tests, in software: it makes a credential and signs what it is asked, as WebAuthn (level 2, sections 6 and 7) says."""

import hashlib
import html
import json
import re
import secrets
from typing import Any

from allauth.mfa.webauthn.internal.auth import WebAuthn
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from carehub.models import Person

HOST = "testserver"


class SecurityKey:
    def __init__(self, person: Person) -> None:
        """``person`` has it, as if set up long ago."""
        self.private = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        known = AttestedCredentialData.create(b"\0" * 16, self.id, ES256.from_cryptography_key(self.private.public_key()))
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
        data = AuthenticatorData.create(self._whom(HOST), flags, 0, known)
        said = CollectedClientData.create("webauthn.create", secrets.token_bytes(32), f"https://{HOST}")
        made = {"clientDataJSON": websafe_encode(said), "attestationObject": websafe_encode(AttestationObject.create("none", data, {}))}
        WebAuthn.add(person, "Key of a test", self._with(made))

    def answer(self, question: str, *, host: str = HOST) -> str:
        """What the browser would send after the key was touched."""
        asked = json.loads(question)
        challenge = websafe_decode(asked.get("publicKey", asked)["challenge"])
        said = CollectedClientData.create("webauthn.get", challenge, f"https://{host}")
        data = AuthenticatorData.create(self._whom(host), AuthenticatorData.FLAG.UP, 1)
        signed = self.private.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        parts = {"clientDataJSON": said, "authenticatorData": data, "signature": signed}
        return json.dumps(self._with({name: websafe_encode(part) for name, part in parts.items()}))

    def _with(self, response: dict[str, str]) -> dict[str, Any]:
        mine = websafe_encode(self.id)
        return {"id": mine, "rawId": mine, "type": "public-key", "response": response, "clientExtensionResults": {}}

    @staticmethod
    def _whom(host: str) -> bytes:
        return hashlib.sha256(host.encode()).digest()


def asked_on(page: str) -> str:
    """The question that a page's button holds; '' where it has none."""
    found = re.search(r'data-security-key-asked="([^"]*)"', page)
    return html.unescape(found[1]) if found else ""
