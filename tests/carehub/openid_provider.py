"""A small OpenID provider for tests: it serves HTTP, knows one client, checks its secret, address, code and PKCE, and signs."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from carehub.signing_in.openid_settings import OpenID

CLIENT, SECRET = "carehub-test", "a secret that both sides know"


class TestProvider(ThreadingHTTPServer):
    """Whoever comes to its sign-in page is ``person``, at once. ``claims``, ``key`` and ``describe`` may be turned wrong."""

    daemon_threads = True
    __test__ = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.key = self.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.person: dict[str, Any] = {}
        self.claims: Callable[[dict], dict] = lambda claims: claims
        self.sign: Callable[[dict], str] = lambda claims: jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "one"})
        self.describe: Callable[[dict], dict] = lambda said: said
        self.userinfo: dict[str, Any] = {}
        self.asked: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}

    def settings(self, **more: Any) -> OpenID:
        return OpenID(issuer=self.issuer, client_id=CLIENT, client_secret=SECRET, name="Larkrise account", **more)

    def description(self) -> dict:
        at = self.issuer
        return self.describe(
            {
                "issuer": at,
                "authorization_endpoint": f"{at}/authorize",
                "token_endpoint": f"{at}/token",
                "userinfo_endpoint": f"{at}/userinfo",
                "jwks_uri": f"{at}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    def keys(self) -> dict:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.published.public_key(), as_dict=True)
        return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, sent: dict[str, str], authorization: str) -> dict | None:
        asked = self._codes.pop(sent.get("code", ""), None)
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        proof = base64.urlsafe_b64encode(hashlib.sha256(sent.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if asked is None or authorization != expected or sent.get("redirect_uri") != asked["redirect_uri"]:
            return None
        if asked.get("code_challenge_method") != "S256" or proof != asked.get("code_challenge"):
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "auth_time": now, "nonce": asked["nonce"]}
        id_token = self.sign(self.claims(claims | self.person))
        return {"access_token": "of-no-use", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}


class _Answers(BaseHTTPRequestHandler):
    server: TestProvider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            where = self.server.authorize({name: values[0] for name, values in parse_qs(parts.query).items()})
            self.send_response(302)
            self.send_header("Location", where)
            self.end_headers()
            return
        known = {"/.well-known/openid-configuration": self.server.description, "/keys": self.server.keys}
        self._json({"/userinfo": lambda: self.server.userinfo, **known}[parts.path]())

    def do_POST(self) -> None:
        sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        made = self.server.token({name: values[0] for name, values in sent.items()}, self.headers.get("Authorization", ""))
        self._json(made or {"error": "invalid_grant"}, 200 if made else 400)

    def _json(self, said: dict, status: int = 200) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def running() -> Iterator[TestProvider]:
    server = TestProvider()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
