"""Keyed search tokens: equal values meet, and nothing is told without the key (spec section 7)."""

import hmac

from safelight.engines.envelope.errors import KeySizeError
from safelight.engines.envelope.keys import KEY_SIZE

TOKEN_SIZE = 16


def keyed_token(key: bytes, kind: str, normalised: str) -> bytes:
    """The 16-byte token of a value: HMAC-SHA256 over the length-prefixed kind and the value.

    `kind` keeps apart equal texts of different meaning (a birth date and an identifier);
    `normalised` is the value as the caller's normalisation makes it. KeySizeError unless `key`
    has 32 bytes.
    """
    if len(key) != KEY_SIZE:
        raise KeySizeError
    # A lone surrogate has no UTF-8 form; passing it on keeps a hostile search from raising here.
    name = kind.encode("utf-8", "surrogatepass")
    value = normalised.encode("utf-8", "surrogatepass")
    message = len(name).to_bytes(4, "big") + name + value
    return hmac.digest(key, message, "sha256")[:TOKEN_SIZE]
