"""Round the covering: addresses of what is not approved, of what shows more, and old requests sent again."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.attacks.test_byte_path import address, ask
from tests.cast import Cast, hire
from tests.consenting import TEACHING, proposal_of, signed
from tests.preparing import (
    FACE,
    NOTHING_ELSE,
    ToldScanner,
    covering,
    face,
    prepare,
    scanner_that_finds,
    seated,
)
from tests.sessions import browser_of, sit_down
from tests.taking import take
from tests.web.portal.browsing import PABLOS_DAY, enter

from safelight.consent.services.proposing import People
from safelight.institution.models import Department
from safelight.people.asker import Asker
from safelight.photos.models import RenditionRow
from safelight.redaction.errors import ChangedMeanwhileError, SamePersonError
from safelight.redaction.looking import look
from safelight.redaction.models import Redaction
from safelight.redaction.selectors import checked, second_view
from safelight.redaction.services import approve, confirm, save_draft
from safelight.vocabulary.identifiability import MOST_MASKS, Overlooked, Region
from safelight.vocabulary.purposes import BY_AGREEMENT, Purpose
from safelight.vocabulary.roles import Role
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE, LECTURE = TEACHING
PREPARED = ("redacted-draft", "redacted", "redacted-thumbnail")
AS_TAKEN = ("original", "display", "thumbnail")
PAGES = ("prepare", "prepare_look", "prepare_save", "prepare_check", "prepare_second")
BOX = {"left": FACE.left, "top": FACE.top, "width": FACE.width, "height": FACE.height}
SOLID = {"region": BOX, "fill": "solid", "shape": "box"}
ANSWERS = {word.value: {"answer": "none", "reason": ""} for word in Overlooked}
SOUND = {"masks": [SOLID], "crop": None, "kept": [], "answers": ANSWERS}
WIDER = Region(FACE.left - 4, FACE.top - 4, FACE.width + 8, FACE.height + 8)


@pytest.fixture(autouse=True)
def told() -> Iterator[ToldScanner]:
    with scanner_that_finds([face()]) as scanner:
        yield scanner


@pytest.fixture
def picture(cast: Cast) -> UUID:
    """Taken, agreed to for teaching, covered; and a draft that covers more."""
    found = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [found], TEACHING)
    alice = prepare(cast.alice, found)
    look(alice, found)
    save_draft(alice, found, covering(WIDER))
    return found


@pytest.fixture
def colleague(cast: Cast) -> Asker:
    return seated(hire("bob2", Role.CLINICIAN, Department.objects.get(id=cast.dermatology)))


def gets(asker: Asker | None, picture: UUID, rendition: str, query: str = "") -> bytes:
    cookie = f"safelight={sit_down(asker)[1]}" if asker else ""
    return ask(address(picture, rendition), cookie, QUERY_STRING=query)[2]


def use(purpose: Purpose) -> str:
    return f"use={purpose.value}&people=1"


class TestDirectAddresses:
    """What somebody gets who knows every address and every id."""

    @pytest.mark.parametrize("rendition", PREPARED)
    def test_without_a_use_only_who_treats_the_patient_gets_bytes(
        self, cast: Cast, picture: UUID, rendition: str
    ) -> None:
        assert gets(cast.alice, picture, rendition)
        for stranger in (cast.bob, cast.charlie, cast.theo, cast.priya, cast.ada, None):
            assert gets(stranger, picture, rendition) == b""

    @pytest.mark.parametrize("purpose", sorted(BY_AGREEMENT))
    def test_a_draft_is_for_no_use(self, cast: Cast, picture: UUID, purpose: Purpose) -> None:
        for asker in (cast.theo, cast.alice):
            assert gets(asker, picture, "redacted-draft", use(purpose)) == b""

    @pytest.mark.parametrize("rendition", AS_TAKEN)
    def test_the_picture_as_taken_is_for_no_use_though_it_was_agreed_to(
        self, cast: Cast, picture: UUID, rendition: str
    ) -> None:
        for purpose in TEACHING:
            assert gets(cast.theo, picture, "redacted", use(purpose))
            for asker in (cast.theo, cast.alice, cast.bob):
                assert gets(asker, picture, rendition, use(purpose)) == b""

    def test_the_page_for_teaching_points_to_the_covered_form_alone(
        self, cast: Cast, picture: UUID
    ) -> None:
        page = browser_of(cast.theo).get(f"/teaching/photographs/{picture}/?{use(ONE)}")
        words = page.content.decode()
        assert address(picture, "redacted") in words
        assert not any(address(picture, item) in words for item in (*AS_TAKEN, "redacted-draft"))

    @pytest.mark.parametrize("name", PAGES)
    def test_the_pages_are_missing_for_whoever_does_not_treat_the_patient(
        self, cast: Cast, picture: UUID, name: str
    ) -> None:
        path = reverse(f"clinic:{name}", args=[picture])
        bob = browser_of(cast.bob)
        before = versions(picture)
        shut = {404, 405}  # missing, or no method of this page for anybody
        for number in range(12):
            body = {"verdict": "confirm", "version": str(number)}
            assert bob.post(path, body).status_code in shut
        assert bob.get(path).status_code in shut
        assert bob.post(path, json.dumps(SOUND), "application/json").status_code in shut
        assert versions(picture) == before

    def test_the_signer_gets_the_covered_form_and_nothing_else(
        self, cast: Cast, picture: UUID
    ) -> None:
        petra, _ = enter(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        covered = gets(cast.alice, picture, "redacted")
        assert portal_bytes(petra, picture, "display") == covered
        for rendition in ("original", "redacted-draft"):
            assert portal_bytes(petra, picture, rendition) == b""

    def test_another_patient_gets_nothing(self, cast: Cast, picture: UUID) -> None:
        own = take(cast.alice, cast.pablo)
        theirs = proposal_of(
            cast.alice,
            cast.pablo,
            [own],
            signer_role=SignerRole.GUARDIAN,
            people=People(signer="Greta Serrano", authority="Mother"),
        )
        greta, _ = enter(cast.alice, theirs, PABLOS_DAY)
        assert portal_bytes(greta, own, "display")
        for rendition in (*PREPARED, *AS_TAKEN):
            assert portal_bytes(greta, picture, rendition) == b""


def portal_bytes(client: Client, picture: UUID, rendition: str) -> bytes:
    answer = client.get(reverse("portal:picture_bytes", args=[picture, rendition]))
    return b"" if answer.status_code != 200 else bytes(answer.content)


def versions(picture: UUID) -> list[Any]:
    rows = Redaction.objects.filter(photograph=picture).order_by("number")
    return list(rows.values_list("state", "version", "display", "confirmed_at", "sent_back_at"))


class TestSentAgain:
    """Requests that were right once."""

    def test_what_was_seen_of_one_version_approves_no_later_one(
        self, cast: Cast, colleague: Asker
    ) -> None:
        picture, alice = take(cast.alice, cast.petra), seated(cast.alice)
        look(alice, picture)
        save_draft(alice, picture, covering(FACE))
        seen = checked(alice, picture).version
        approve(colleague, picture, seen, {})
        look(colleague, picture)
        save_draft(colleague, picture, covering(WIDER))
        with pytest.raises(ChangedMeanwhileError):
            approve(alice, picture, seen, {})

    def test_what_was_seen_of_one_version_confirms_no_later_one(
        self, cast: Cast, colleague: Asker
    ) -> None:
        picture = take(cast.alice, cast.petra)
        prepare(cast.alice, picture)
        seen = second_view(colleague, picture).version
        prepare(cast.alice, picture, covering(WIDER))
        with pytest.raises(ChangedMeanwhileError):
            confirm(colleague, picture, seen)
        assert not Redaction.objects.exclude(confirmed_at=None).exists()

    def test_a_number_never_comes_twice_whatever_happens_to_a_picture(
        self, cast: Cast, colleague: Asker
    ) -> None:
        picture, seen = take(cast.alice, cast.petra), []
        for wider in range(3):
            alice = seated(cast.alice)
            look(alice, picture)
            region = Region(FACE.left, FACE.top, FACE.width + wider, FACE.height)
            save_draft(alice, picture, covering(region))
            seen.append(checked(alice, picture).version)
            approve(alice, picture, seen[-1], {})
            seen.append(second_view(alice, picture).version)
            confirm(colleague, picture, seen[-1])
        assert len(set(seen)) == len(seen)

    def test_an_older_and_smaller_covering_is_refused(self, cast: Cast, picture: UUID) -> None:
        alice = browser_of(cast.alice)
        check = reverse("clinic:prepare_check", args=[picture])
        number = Redaction.objects.get(state="draft").version
        assert alice.post(check, {"version": number}).status_code == 302
        browser_look(alice, picture)
        answer = post_draft(alice, picture, SOUND)
        assert (answer.status_code, answer.json()["code"]) == (422, "uncovered")
        assert Redaction.objects.get(state="draft").display is None

    def test_an_approval_sent_twice_approves_once(self, cast: Cast, picture: UUID) -> None:
        alice = browser_of(cast.alice)
        check = reverse("clinic:prepare_check", args=[picture])
        sent = {"version": Redaction.objects.get(state="draft").version}
        for _ in range(2):
            alice.post(check, sent)
        assert Redaction.objects.filter(state="approved").count() == 1
        assert Redaction.objects.filter(photograph=picture).count() == 2

    def test_who_approved_confirms_in_no_other_session_either(self, cast: Cast) -> None:
        picture = take(cast.alice, cast.petra)
        prepare(cast.alice, picture)
        for _ in range(2):
            again = seated(cast.alice)
            with pytest.raises(SamePersonError):
                confirm(again, picture, second_view(again, picture).version)
        path = reverse("clinic:prepare_second", args=[picture])
        number = Redaction.objects.get(state="approved").version
        answer = browser_of(cast.alice).post(path, {"verdict": "confirm", "version": number})
        assert answer.status_code == 422
        assert Redaction.objects.get(state="approved").confirmed_at is None


def browser_look(client: Client, picture: UUID) -> None:
    assert client.post(reverse("clinic:prepare_look", args=[picture])).status_code == 200


def post_draft(client: Client, picture: UUID, draft: Any) -> Any:
    body = draft if isinstance(draft, bytes) else json.dumps(draft).encode()
    path = reverse("clinic:prepare_save", args=[picture])
    return client.post(path, body, "application/json")


def region(**changed: Any) -> dict[str, Any]:
    return SOUND | {"masks": [SOLID | {"region": BOX | changed}]}


def kept(*items: Any) -> dict[str, Any]:
    return SOUND | {"kept": list(items)}


def answered(value: Any) -> dict[str, Any]:
    return SOUND | {"answers": ANSWERS | {"tattoo": value}}


HOSTILE: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"{masks: []}",
    "half of it": json.dumps(SOUND).encode()[:-9],
    "no text": b"\xff\xfe\x00",
    "deep": b"[" * 100_000,
    "a list of the right words": ["masks", "crop", "kept", "answers"],
    "a word": "masks",
    "null": None,
    "one more key": SOUND | {"approved": True},
    "one key less": {key: value for key, value in SOUND.items() if key != "kept"},
    "NaN": region(left=float("nan")),
    "infinite": region(width=float("inf")),
    "1e308": json.dumps(region()).replace(f'"left": {FACE.left}', '"left": 1e308').encode(),
    "a fraction": region(left=10.0),
    "negative": region(left=-1),
    "no width": region(width=0),
    "5000 digits": json.dumps(region())
    .replace(f'"left": {FACE.left}', f'"left": {"9" * 5000}')
    .encode(),
    "beyond any picture": region(width=65_501),
    "yes for a number": region(left=True),
    "text for a number": region(left="10"),
    "many masks": SOUND | {"masks": [SOLID] * (MOST_MASKS + 1)},
    "masks as a mapping": SOUND | {"masks": {"0": SOLID}},
    "a blur": SOUND | {"masks": [SOLID | {"fill": "blur"}]},
    "another shape": SOUND | {"masks": [SOLID | {"shape": ["box"]}]},
    "a crop of nothing": SOUND | {"crop": BOX | {"width": 0}},
    "a crop beside the picture": SOUND | {"crop": BOX | {"left": 5000}},
    "kept as text": SOUND | {"kept": "1"},
    "a finding that is none": kept({"finding": "99", "reason": "it is what is taught"}),
    "another picture's id": kept({"finding": str(uuid4()), "reason": "it is what is taught"}),
    "a finding as a list": kept({"finding": ["1"], "reason": "it is what is taught"}),
    "half a character": kept({"finding": "1", "reason": "seen \ud800 by all"}),
    "a long reason": kept({"finding": "1", "reason": "x" * 301}),
    "a number for a reason": kept({"finding": "1", "reason": 7}),
    "a question nobody asks": SOUND | {"answers": ANSWERS | {"soul": ANSWERS["tattoo"]}},
    "an answer that is none": answered({"answer": "perhaps", "reason": ""}),
    "an answer as a list": answered({"answer": ["none"], "reason": ""}),
    "an answer too much": answered({"answer": "none", "reason": "", "by": "alice"}),
    "half a character for an answer": answered({"answer": "stays", "reason": "\udfff\udfff\udfff"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_plan_changes_nothing(cast: Cast, picture: UUID, name: str) -> None:
    alice = browser_of(cast.alice)
    before = versions(picture)
    answer = post_draft(alice, picture, HOSTILE[name])
    assert answer.status_code == 422
    assert answer.json()["sentence"]
    assert versions(picture) == before
    assert alice.get(reverse("clinic:prepare_check", args=[picture])).status_code == 200


def test_a_million_regions_are_not_even_read(cast: Cast, picture: UUID) -> None:
    mask = json.dumps(SOLID)
    body = json.dumps(SOUND).replace(mask, ", ".join([mask] * 1_000_000)).encode()
    before = versions(picture)
    assert post_draft(browser_of(cast.alice), picture, body).status_code in (400, 413)
    assert versions(picture) == before


def test_the_sound_plan_among_them_would_have_been_kept(cast: Cast) -> None:
    picture, alice = take(cast.alice, cast.petra), browser_of(cast.alice)
    assert post_draft(alice, picture, SOUND).status_code == 200
    assert NOTHING_ELSE.keys() == {Overlooked(key) for key in ANSWERS}


@pytest.mark.parametrize("number", ["", "-1", "1e3", "\u0661", "9" * 400, "null", "0x4", "4.0"])
def test_a_version_that_is_none_approves_nothing(cast: Cast, picture: UUID, number: str) -> None:
    check = reverse("clinic:prepare_check", args=[picture])
    assert browser_of(cast.alice).post(check, {"version": number}).status_code == 422
    assert RenditionRow.objects.filter(photograph=picture, rendition="redacted-draft").exists()
