"""A device that keeps one passkey, made of software: what a browser would send for it, as JSON."""

import hashlib
import json
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
SEEN_AND_VERIFIED = FLAG.UP | FLAG.UV


class Device:
    """`origin` is the site it believes to be at; its owner always agrees."""

    def __init__(self, origin: str = "http://localhost") -> None:
        self.origin = origin
        self.id = token_bytes(16)
        self._key = ec.generate_private_key(ec.SECP256R1())

    def adds(self, options: dict[str, Any], *, flags: FLAG = SEEN_AND_VERIFIED) -> str:
        asked = options["publicKey"]
        public = ES256.from_cryptography_key(self._key.public_key())
        known = AttestedCredentialData.create(Aaguid.NONE, self.id, public)
        data = AuthenticatorData.create(_hash(asked["rp"]["id"]), flags | FLAG.AT, 0, known)
        told = {
            "clientDataJSON": websafe_encode(self._said("webauthn.create", asked)),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._json(told)

    def answers(self, options: dict[str, Any], *, flags: FLAG = SEEN_AND_VERIFIED) -> str:
        asked = options["publicKey"]
        data = AuthenticatorData.create(_hash(asked["rpId"]), flags, 1)
        said = self._said("webauthn.get", asked)
        signature = self._key.sign(data + said.hash, ec.ECDSA(SHA256()))
        told = {
            "clientDataJSON": websafe_encode(said),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
        }
        return self._json(told)

    def _said(self, kind: str, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, asked["challenge"], self.origin)

    def _json(self, response: dict[str, str]) -> str:
        own = websafe_encode(self.id)
        return json.dumps({"id": own, "rawId": own, "type": "public-key", "response": response})


def _hash(site: str) -> bytes:
    return hashlib.sha256(site.encode()).digest()
