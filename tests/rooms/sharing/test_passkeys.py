"""A passkey in the place of the code: added by who is in, good for that share and that site alone."""

import json
from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

import pytest
from fido2.webauthn import AuthenticatorData
from tests.cast import Cast
from tests.passkeys import Device
from tests.sharing import agreed, come_in, row_of, shared
from tests.taking import take

from safelight.audit.models import Event
from safelight.consent.visits import Visit
from safelight.sharing.errors import CodeRefusedError, PasskeyRefusedError, ShareOverError
from safelight.sharing.guests import Guest, find_guest, link_letters
from safelight.sharing.looks import show
from safelight.sharing.models import SharePasskey
from safelight.sharing.services.entering import enter
from safelight.sharing.services.giving import GivenCode, renew_code, revoke
from safelight.sharing.services.passkeys import (
    Site,
    add_passkey,
    ask_at_the_door,
    ask_to_add,
    enter_by_passkey,
)
from safelight.vocabulary.events import EventTag

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
SITE = Site("localhost", "Test Hospital")
SEEN = AuthenticatorData.FLAG.UP


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def visit(cast: Cast, picture: UUID) -> Visit:
    return agreed(cast.alice, cast.petra, [picture])


@pytest.fixture
def given(cast: Cast, picture: UUID, visit: Visit) -> GivenCode:
    return shared(cast.alice, visit, [picture])


def add(guest: Guest, device: Device) -> None:
    question = ask_to_add(guest, SITE)
    add_passkey(guest, SITE, question.state, device.adds(question.options))


def come_by(device: Device, given: GivenCode) -> str:
    question = ask_at_the_door(SITE)
    answer = device.answers(question.options)
    return enter_by_passkey(link_letters(given.share), SITE, question.state, answer)


def test_a_passkey_opens_the_link_and_the_code_is_void(given: GivenCode, picture: UUID) -> None:
    device = Device()
    add(come_in(given, "Asia/Tokyo"), device)
    for _ in range(6):
        with pytest.raises(CodeRefusedError):
            enter(link_letters(given.share), given.code)
    guest = find_guest(come_by(device, given))
    assert guest is not None
    assert guest.zone == "Asia/Tokyo"
    assert show(guest, picture).content
    assert row_of(given).locked_at is None
    assert Event.objects.filter(tag=EventTag.SHARING_PASSKEY_ADDED).count() == 1


def test_a_new_code_takes_the_passkey_away(cast: Cast, given: GivenCode) -> None:
    device = Device()
    add(come_in(given), device)
    renewed = renew_code(cast.alice, given.share)
    with pytest.raises(CodeRefusedError):
        come_by(device, given)
    assert come_in(renewed).share == given.share


def test_a_passkey_of_one_share_opens_no_other(
    cast: Cast, given: GivenCode, picture: UUID, visit: Visit
) -> None:
    device, other = Device(), shared(cast.alice, visit, [picture])
    add(come_in(given), device)
    with pytest.raises(CodeRefusedError):
        come_by(device, other)
    SharePasskey.objects.update(share=other.share)
    with pytest.raises(CodeRefusedError):
        come_by(device, other)


def test_another_device_and_another_site_open_nothing(given: GivenCode) -> None:
    device = Device()
    add(come_in(given), device)
    forged = Device()
    forged.id = device.id
    for wrong in (Device(), forged, _like(device, origin="https://elsewhere.example")):
        with pytest.raises(CodeRefusedError):
            come_by(wrong, given)


def _like(device: Device, *, origin: str) -> Device:
    twin = Device(origin)
    twin.id, twin._key = device.id, device._key
    return twin


def test_an_answer_is_good_once_and_only_for_its_question(given: GivenCode) -> None:
    device = Device()
    add(come_in(given), device)
    first, second = ask_at_the_door(SITE), ask_at_the_door(SITE)
    answer, letters = device.answers(first.options), link_letters(given.share)
    for state in (second.state, None, {}):
        with pytest.raises(CodeRefusedError):
            enter_by_passkey(letters, SITE, state, answer)
    assert enter_by_passkey(letters, SITE, first.state, answer)


def test_who_is_only_seen_and_not_recognised_by_the_device_is_refused(given: GivenCode) -> None:
    device, guest = Device(), come_in(given)
    question = ask_to_add(guest, SITE)
    with pytest.raises(PasskeyRefusedError):
        add_passkey(guest, SITE, question.state, device.adds(question.options, flags=SEEN))
    add(guest, device)
    asked = ask_at_the_door(SITE)
    answer = device.answers(asked.options, flags=SEEN)
    with pytest.raises(CodeRefusedError):
        enter_by_passkey(link_letters(given.share), SITE, asked.state, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        "x" * 30_000,
        '{"id": 1}',
        "[" * 9000,
        json.dumps({"a": {}}),
    ],
)
def test_nonsense_adds_nothing_and_opens_nothing(given: GivenCode, answer: str) -> None:
    guest = come_in(given)
    with pytest.raises(PasskeyRefusedError):
        add_passkey(guest, SITE, ask_to_add(guest, SITE).state, answer)
    add(guest, Device())
    with pytest.raises(CodeRefusedError):
        enter_by_passkey(link_letters(given.share), SITE, ask_at_the_door(SITE).state, answer)


def spoilt(answer: str, part: str) -> Iterator[str]:
    """The answer with one letter of a part altered, or cut off there; the last one may mean nothing."""
    whole = json.loads(answer)
    letters = whole["response"][part]
    for place in range(0, len(letters) - 1, 7):
        other = "A" if letters[place] != "A" else "Q"
        for said in (f"{letters[:place]}{other}{letters[place + 1 :]}", letters[:place]):
            yield json.dumps({**whole, "response": {**whole["response"], part: said}})


@pytest.mark.parametrize("part", ["clientDataJSON", "attestationObject"])
def test_a_spoilt_answer_is_refused_or_adds_a_passkey_and_never_breaks(
    given: GivenCode, part: str
) -> None:
    guest, device = come_in(given), Device()
    question = ask_to_add(guest, SITE)
    for answer in spoilt(device.adds(question.options), part):
        with suppress(PasskeyRefusedError):
            add_passkey(guest, SITE, question.state, answer)
    assert ask_to_add(guest, SITE).options


@pytest.mark.parametrize("part", ["clientDataJSON", "authenticatorData", "signature"])
def test_a_spoilt_answer_opens_nothing(given: GivenCode, part: str) -> None:
    device, letters = Device(), link_letters(given.share)
    add(come_in(given), device)
    question = ask_at_the_door(SITE)
    answer = device.answers(question.options)
    for wrong in spoilt(answer, part):
        with pytest.raises(CodeRefusedError):
            enter_by_passkey(letters, SITE, question.state, wrong)
    assert enter_by_passkey(letters, SITE, question.state, answer)


def test_nobody_who_is_out_adds_a_passkey_and_none_opens_what_is_over(
    cast: Cast, given: GivenCode
) -> None:
    device, guest = Device(), come_in(given)
    question = ask_to_add(guest, SITE)
    answer = device.adds(question.options)
    add(guest, device)
    revoke(cast.alice, given.share)
    with pytest.raises(ShareOverError):
        add_passkey(guest, SITE, question.state, answer)
    with pytest.raises(ShareOverError):
        ask_to_add(guest, SITE)
    with pytest.raises(ShareOverError):
        come_by(device, given)


def test_the_door_asks_the_same_whatever_the_link_is(given: GivenCode) -> None:
    add(come_in(given), Device())
    asked = json.dumps(ask_at_the_door(SITE).options)
    assert "allowCredentials" not in asked
    assert str(given.share) not in asked
