"""Files behind a link open with its key in other people's software, and theirs opens here."""

import json
import os
import zlib
from base64 import urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK
from tests.unit.engines.smart_health_link.examples import HL7, KEY

from safelight.engines.smart_health_link import (
    HealthLinkError,
    HealthLinkFileError,
    HealthLinkInputError,
    LinkFile,
    open_file,
    read_link,
    seal_file,
)

BUNDLE = LinkFile(b'{"resourceType":"Bundle","type":"collection"}')


def b64(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")


def theirs(header: dict[str, object], content: bytes, key: bytes = KEY) -> str:
    """A file as another implementation seals it."""
    token = JWE(content, json.dumps(header))
    token.allowed_algs = ["dir", "A256GCM", "A128GCM", "A256KW"]
    token.add_recipient(JWK(kty="oct", k=b64(key)))
    sealed: str = token.serialize(compact=True)
    return sealed


def read_by_them(sealed: str) -> JWE:
    token = JWE()
    token.deserialize(sealed, JWK(kty="oct", k=b64(KEY)))
    return token


HEADER: dict[str, object] = {"alg": "dir", "enc": "A256GCM", "cty": "application/fhir+json"}
ZIPPED: dict[str, object] = {**HEADER, "zip": "DEF"}


def test_the_file_of_the_specification_opens() -> None:
    file = open_file(read_link(HL7["link"]).key, HL7["sealed_file"])

    assert file.content_type == HL7["sealed_file_type"]
    assert list(json.loads(file.content)) == ["verifiableCredential"]


@pytest.mark.parametrize("is_compressed", [False, True])
def test_another_implementation_reads_what_we_seal(*, is_compressed: bool) -> None:
    token = read_by_them(seal_file(KEY, BUNDLE, is_compressed=is_compressed))

    assert token.payload == BUNDLE.content
    assert token.jose_header == HEADER | ({"zip": "DEF"} if is_compressed else {})


@pytest.mark.parametrize("more", [{}, {"zip": "DEF"}, {"kid": "a key of theirs"}])
def test_we_read_what_another_implementation_seals(more: dict[str, object]) -> None:
    assert open_file(KEY, theirs({**HEADER, **more}, BUNDLE.content)) == BUNDLE


def test_the_same_file_is_never_sealed_the_same() -> None:
    assert len({seal_file(KEY, BUNDLE).split(".")[2] for _ in range(50)}) == 50


def test_megabytes_go_there_and_back() -> None:
    pictures = LinkFile(os.urandom(3 << 20))

    assert open_file(KEY, seal_file(KEY, pictures)) == pictures
    assert open_file(KEY, seal_file(KEY, pictures, is_compressed=True)) == pictures


def test_another_key_opens_nothing() -> None:
    with pytest.raises(HealthLinkFileError):
        open_file(bytes(32), seal_file(KEY, BUNDLE))


@pytest.mark.parametrize("part", [0, 2, 3, 4])
def test_one_changed_letter_closes_the_file(part: int) -> None:
    parts = seal_file(KEY, BUNDLE).split(".")
    parts[part] = ("A" if parts[part][0] != "A" else "B") + parts[part][1:]

    with pytest.raises(HealthLinkFileError):
        open_file(KEY, ".".join(parts))


def test_a_file_that_swells_is_given_up_early() -> None:
    bomb = seal_file(KEY, LinkFile(bytes(50 << 20)), is_compressed=True)

    assert len(bomb) < 100_000
    with pytest.raises(HealthLinkFileError):
        open_file(KEY, bomb, most_bytes=1 << 20)


def test_a_file_over_the_bound_is_refused_in_clear_too() -> None:
    with pytest.raises(HealthLinkFileError):
        open_file(KEY, seal_file(KEY, BUNDLE), most_bytes=len(BUNDLE.content) - 1)


WRONG_HEADERS: dict[str, dict[str, object]] = {
    "another type": {**HEADER, "cty": "text/html"},
    "no type": {"alg": "dir", "enc": "A256GCM"},
    "an extension that must be understood": {**HEADER, "crit": ["b64"], "b64": True},
}


@pytest.mark.parametrize("header", WRONG_HEADERS.values(), ids=WRONG_HEADERS)
def test_a_file_is_refused_though_it_is_sealed_well_with(header: dict[str, object]) -> None:
    with pytest.raises(HealthLinkFileError):
        open_file(KEY, resealed(header, BUNDLE.content))


def test_a_file_of_another_type_is_refused_though_it_is_sealed_well() -> None:
    with pytest.raises(HealthLinkFileError):
        open_file(KEY, theirs({**HEADER, "cty": "text/html"}, b"<script>"))


def test_a_file_with_a_wrapped_key_or_a_weaker_cipher_is_refused() -> None:
    for header, key in (
        ({**HEADER, "alg": "A256KW"}, KEY),
        ({**HEADER, "enc": "A128GCM"}, KEY[:16]),
    ):
        with pytest.raises(HealthLinkFileError):
            open_file(KEY, theirs(header, BUNDLE.content, key))


def test_a_stream_that_goes_on_after_its_end_is_refused() -> None:
    engine = zlib.compressobj(wbits=-15)
    stream = engine.compress(BUNDLE.content) + engine.flush()
    assert open_file(KEY, resealed(ZIPPED, stream)) == BUNDLE
    for spoiled in (stream + b"more", stream[:-1], b""):
        with pytest.raises(HealthLinkFileError):
            open_file(KEY, resealed(ZIPPED, spoiled))


def resealed(header: dict[str, object], content: bytes) -> str:
    """Sealed by hand, since no implementation would write such a file."""
    protected, nonce = b64(json.dumps(header).encode()), os.urandom(12)
    sealed = AESGCM(KEY).encrypt(nonce, content, protected.encode())
    return ".".join([protected, "", b64(nonce), b64(sealed[:-16]), b64(sealed[-16:])])


SPOILED = {
    "nothing": "",
    "no dots": "abc",
    "too few parts": "a.b.c.d",
    "too many parts": seal_file(KEY, BUNDLE) + ".x",
    "a short nonce": ".".join([*seal_file(KEY, BUNDLE).split(".")[:2], "AAAA", "AAAA", "A" * 22]),
    "a short tag": seal_file(KEY, BUNDLE)[:-4],
    "letters of another script": "ёж....",
    "a header of a megabyte": "A" * (1 << 20) + "....",
    "a header that is a list": b64(b"[]") + "." + seal_file(KEY, BUNDLE).split(".", 1)[1],
}


@pytest.mark.parametrize("sealed", SPOILED.values(), ids=SPOILED)
def test_no_file_is(sealed: str) -> None:
    with pytest.raises(HealthLinkFileError):
        open_file(KEY, sealed)


def test_only_known_types_and_whole_keys_are_sealed() -> None:
    with pytest.raises(HealthLinkInputError):
        seal_file(KEY, LinkFile(b"x", "text/html"))
    with pytest.raises(HealthLinkInputError):
        seal_file(KEY[:16], BUNDLE)


def test_a_file_is_not_shown_in_a_traceback() -> None:
    assert "Bundle" not in repr(BUNDLE)


@given(st.text() | st.lists(st.text(), min_size=5, max_size=5).map(".".join))
def test_whatever_is_opened_is_a_file_or_a_refusal(text: str) -> None:
    with pytest.raises(HealthLinkError):
        open_file(KEY, text)


@given(content=st.binary(), is_compressed=st.booleans())
def test_what_is_sealed_is_opened_again(content: bytes, *, is_compressed: bool) -> None:
    sealed = seal_file(KEY, LinkFile(content), is_compressed=is_compressed)

    assert open_file(KEY, sealed).content == content
