"""A notice has no place for anything but what it may say."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safelight.vocabulary.notices import (
    WITHOUT_LINK,
    MailRefusedError,
    Notice,
    NoticeKind,
    check_recipient,
)

GOOD: dict[str, Any] = {
    "kind": NoticeKind.PICTURES_SHARED,
    "language": "en",
    "recipient": "rhea@clinic.example",
    "institution": "Harbour Hospital",
    "phone": "+33 1 23 45 67 89",
    "path": "/share/7Qm2/",
    "ends_at": datetime(2026, 6, 9, 18, 30, tzinfo=UTC),
}


def test_there_is_no_place_for_a_text_a_subject_or_a_file() -> None:
    assert {field.name for field in fields(Notice)} == set(GOOD)
    assert Notice(**GOOD).recipient == "rhea@clinic.example"


def test_a_one_time_code_is_no_kind_of_mail() -> None:
    assert not [kind for kind in NoticeKind if "code" in kind or "pass" in kind]


GOOD_ADDRESSES = [
    "rhea@clinic.example",
    "rhea.of-the+clinic@sub.clinic.example",
    "o'rhea@clinic.example",
    "rhea@xn--klinik-5ya.example",
    "1234567@hospital.example",
    "a@b.co",
]


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_an_address_is(address: str) -> None:
    check_recipient(address)


BAD_ADDRESSES = [
    "",
    "rhea",
    "@clinic.example",
    "rhea@",
    "rhea@clinic",
    "rhea@clinic.example.",
    "rhea@.example",
    "rhea@-clinic.example",
    "rhea@10.0.0.1",
    "rhea@[10.0.0.1]",
    "rhea@localhost",
    "rhea@clinic.example, mallory@evil.example",
    "rhea@clinic.example;mallory@evil.example",
    "rhea@evil@clinic.example",
    "Rhea <rhea@clinic.example>",
    "<rhea@clinic.example>",
    '"rhea"@clinic.example',
    '"Petra Okonjo"@clinic.example',
    "rhea(Petra)@clinic.example",
    " rhea@clinic.example",
    "rhea@clinic.example ",
    "rhea@clinic.example\n",
    "rhea@clinic.example\r\nBcc: mallory@evil.example",
    "rhea\x00@clinic.example",
    ".rhea@clinic.example",
    "rhea..x@clinic.example",
    "rhéa@clinic.example",
    "rhea@clínic.example",
    "r" * 65 + "@clinic.example",
    "rhea@" + "a." * 125 + "example",
    "+33123456789",
    "tel:+33123456789",
    "mailto:rhea@clinic.example ",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_no_address_is(address: str) -> None:
    with pytest.raises(MailRefusedError):
        Notice(**{**GOOD, "recipient": address})


@pytest.mark.parametrize(
    "address",
    [
        "5551234567@vtext.com",
        "5551234567@TXT.ATT.NET",
        "rhea@sms.carrier.example",
        "1@mms.x.example",
    ],
)
def test_no_mail_becomes_a_text_message(address: str) -> None:
    with pytest.raises(MailRefusedError, match="text messages"):
        check_recipient(address)


REFUSED: dict[str, dict[str, Any]] = {
    "another kind": {"kind": "one-time-code"},
    "a kind by its name": {"kind": "pictures-shared"},
    "a language without words": {"language": "tlh"},
    "no institution": {"institution": " "},
    "an institution of two lines": {"institution": "Harbour\r\nBcc: mallory@evil.example"},
    "an institution as long as a letter": {"institution": "x" * 201},
    "no number": {"phone": ""},
    "a number in words": {"phone": "ask Petra about her skin"},
    "a number of two lines": {"phone": "112\n113"},
    "no link": {"path": ""},
    "no end": {"ends_at": None},
    "an end without a zone": {"ends_at": datetime(2026, 6, 9)},  # noqa: DTZ001 # that is the point
    "a link elsewhere": {"path": "https://evil.example/"},
    "a link to another host": {"path": "//evil.example/"},
    "a link without a slash": {"path": "evil.example/"},
    "a link with an account": {"path": "@evil.example/"},
    "a link with a query": {"path": "/share/?patient=petra"},
    "a link with a fragment": {"path": "/share/#petra"},
    "a link with escapes": {"path": "/share/%0d%0a"},
    "a link upwards": {"path": "/share/../admin/"},
    "a link with a backslash": {"path": "/\\evil.example"},
    "a link of two lines": {"path": "/share/\n"},
    "a link as long as a letter": {"path": "/" + "a" * 200},
}


@pytest.mark.parametrize("changes", REFUSED.values(), ids=REFUSED)
def test_no_notice_has(changes: dict[str, Any]) -> None:
    with pytest.raises(MailRefusedError):
        Notice(**{**GOOD, **changes})


@pytest.mark.parametrize("kind", sorted(WITHOUT_LINK))
def test_what_has_ended_leads_nowhere(kind: NoticeKind) -> None:
    assert Notice(**{**GOOD, "kind": kind, "path": "", "ends_at": None}).path == ""
    with pytest.raises(MailRefusedError):
        Notice(**{**GOOD, "kind": kind})


@given(st.text() | st.emails())
def test_whatever_is_taken_as_an_address_has_one_at_and_no_space(text: str) -> None:
    try:
        check_recipient(text)
    except MailRefusedError:
        return
    assert text.count("@") == 1
    assert text.isascii()
    assert text.isprintable()
    assert not set(' <>,;:"()[]\\') & set(text)
