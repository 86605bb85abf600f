"""At the patient's door: cookies that are not theirs, ids of others, letters that lead elsewhere."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    proposal_of,
    visit_to,
)
from tests.sessions import browser_of, sit_down
from tests.taking import take
from tests.web.portal.browsing import COOKIE, PETRAS_DAY, at, decide, enter, shown_version

from safelight.consent.models import Agreement, PatientAccess, PatientSession, Proposal
from safelight.consent.rules.signature import MOST_POINTS
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.proposing import People
from safelight.consent.services.visiting import hand_over, invite, leave, take_back
from safelight.consent.verification import differences, signed_record
from safelight.consent.visits import Visit, find_visit
from safelight.release.copies import copy_for_signer
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]

ONE, LECTURE = TEACHING
PAGES = ["start", "read", "pictures", "choices", "sign", "copy", "mine", "looks"]
STAFF_PAGES = ["/clinic/", "/clinic/patients/", "/forms/", "/teaching/", "/privacy/"]


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take(cast.alice, cast.petra)


@pytest.fixture
def petra(cast: Cast, picture: UUID) -> tuple[Client, Visit]:
    return enter(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))


@pytest.fixture
def pablos(cast: Cast) -> Visit:
    """Greta at a proposal about Pablo: everything in it is another patient's."""
    return visit_to(
        cast.alice,
        proposal_of(
            cast.alice,
            cast.pablo,
            [take(cast.alice, cast.pablo)],
            signer_role=SignerRole.GUARDIAN,
            people=People(signer="Greta Serrano", authority="Mother"),
        ),
    )


def picture_of(visit: Visit) -> UUID:
    return decision_view(visit).pictures[0].id


def bytes_of(client: Client, photograph: UUID, rendition: str = "display") -> int:
    path = reverse("portal:picture_bytes", args=[photograph, rendition])
    return client.get(path).status_code


def is_shut(client: Client) -> bool:
    """Every page of the portal leads to where one comes in."""
    answers = [client.get(reverse(f"portal:{page}")) for page in PAGES]
    doors = {reverse("portal:over"), reverse("portal:enter")}
    return all(answer.get("Location") in doors for answer in answers)


def snapshot() -> list[object]:
    """Everything that a signer could have changed."""
    return [
        list(Proposal.objects.order_by("id").values()),
        list(Agreement.objects.order_by("id").values()),
    ]


class TestIdsOfOthers:
    def test_the_control_sees_its_own(self, petra: tuple[Client, Visit], picture: UUID) -> None:
        assert bytes_of(petra[0], picture) == 200

    @pytest.mark.parametrize("rendition", ["display", "thumbnail", "original", "redacted", "x"])
    def test_bytes_of_another_patient_are_missing(
        self, petra: tuple[Client, Visit], pablos: Visit, rendition: str
    ) -> None:
        assert bytes_of(petra[0], picture_of(pablos), rendition) == 404

    def test_the_original_is_not_given_even_to_its_patient(
        self, petra: tuple[Client, Visit], picture: UUID
    ) -> None:
        assert bytes_of(petra[0], picture, "original") == 404

    def test_pages_about_what_is_another_patients_are_missing(
        self, petra: tuple[Client, Visit], pablos: Visit
    ) -> None:
        client, _ = petra
        agreement = agreement_to(pablos, ONE).id
        for name, key in (
            ("picture", picture_of(pablos)),
            ("my_picture", picture_of(pablos)),
            ("take_back", agreement),
        ):
            path = reverse(f"portal:{name}", args=[key])
            unknown = reverse(f"portal:{name}", args=[uuid4()])
            assert client.get(path).status_code == client.get(unknown).status_code != 200
            assert client.post(path).status_code == client.post(unknown).status_code

    def test_answers_to_what_is_another_patients_change_nothing(
        self, petra: tuple[Client, Visit], pablos: Visit
    ) -> None:
        before = snapshot()
        fields = {f"use-{agreement_to(pablos, item).id}": "yes" for item in TEACHING}
        petra[0].post(reverse("portal:choices"), fields)
        petra[0].post(reverse("portal:picture", args=[picture_of(pablos)]), {"answer": "yes"})
        petra[0].post(reverse("portal:take_back", args=[agreement_to(pablos, ONE).id]))
        assert snapshot() == before

    def test_a_guardian_sees_no_picture_outside_the_proposal(
        self, cast: Cast, pablos: Visit
    ) -> None:
        other = take(cast.alice, cast.pablo)
        client = at(hand_over(sit_down(cast.alice)[0], pablos.proposal))
        assert bytes_of(client, picture_of(pablos)) == 200
        assert bytes_of(client, other) == 404


class TestCookies:
    @pytest.mark.parametrize("end", ["left", "new link", "expired", "idle", "access ended"])
    def test_the_cookie_of_a_visit_that_is_over_opens_nothing(
        self, cast: Cast, petra: tuple[Client, Visit], picture: UUID, end: str
    ) -> None:
        client, visit = petra
        secret = client.cookies[COOKIE].value
        past = timezone.now() - timedelta(hours=5)
        session = PatientSession.objects.filter(key=visit.key)
        {
            "left": lambda: leave(visit),
            "new link": lambda: invite(cast.alice, visit.proposal),
            "expired": lambda: session.update(expires_at=past),
            "idle": lambda: session.update(last_active_at=past),
            "access ended": lambda: PatientAccess.objects.update(ended_at=past),
        }[end]()
        again = at(secret)
        assert is_shut(again)
        assert bytes_of(again, picture) == 404

    def test_a_tablet_that_was_taken_back_opens_nothing(self, cast: Cast, picture: UUID) -> None:
        alice, _ = sit_down(cast.alice)
        client = at(hand_over(alice, proposal_of(cast.alice, cast.petra, [picture])))
        assert bytes_of(client, picture) == 200
        take_back(alice.session_key)
        assert bytes_of(client, picture) == 404
        assert is_shut(client)

    def test_a_staff_cookie_opens_no_page_of_the_portal(
        self, cast: Cast, picture: UUID, petra: tuple[Client, Visit]
    ) -> None:
        client = browser_of(cast.alice)
        client.cookies[COOKIE] = client.cookies["safelight"].value
        assert is_shut(client)
        assert bytes_of(client, picture) == 404

    @pytest.mark.parametrize("path", STAFF_PAGES)
    def test_a_patients_cookie_opens_no_page_of_the_staff(
        self, petra: tuple[Client, Visit], path: str
    ) -> None:
        client, _ = petra
        client.cookies["safelight"] = client.cookies[COOKIE].value
        answer = client.get(path)
        assert answer.status_code in {302, 404}
        assert not answer.get("Location", "").startswith(path)

    def test_the_device_in_the_patients_hands_opens_no_page_of_the_staff(
        self, cast: Cast, picture: UUID
    ) -> None:
        """One browser with both cookies: Alice's is asleep until she shows who she is."""
        alice, cookie = sit_down(cast.alice)
        secret = hand_over(alice, proposal_of(cast.alice, cast.petra, [picture]))
        client = at(secret)
        client.cookies["safelight"] = cookie
        assert client.get(reverse("portal:start")).status_code == 200
        for path in (*STAFF_PAGES, f"/clinic/patients/{cast.petra}/"):
            assert client.get(path).status_code in {302, 403, 404}, path
        answer = client.get(f"/clinic/photographs/{picture}/bytes/display")
        assert answer.get("Location", "").startswith("/accounts/locked/")

    def test_a_row_with_the_hash_of_a_cookie_of_her_own_is_no_visit(
        self, cast: Cast, petra: tuple[Client, Visit], picture: UUID
    ) -> None:
        """Mallory writes a session for Petra's access, keyed by what anybody can compute."""
        hers = "a-cookie-of-my-own"
        row = PatientSession.objects.get(key=petra[1].key)
        for key in (hashlib.sha256(hers.encode()).hexdigest(), hers):
            row.key = key
            row.save(force_insert=True)
        assert find_visit(hers) is None
        assert bytes_of(at(hers), picture) == 404

    def test_stolen_rows_do_not_tell_letters(self, cast: Cast, picture: UUID) -> None:
        """Sixty bits can be tried at leisure only where the hash needs no key."""
        invited = invite(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        plain = hashlib.sha256(invited.letters.encode()).hexdigest()
        assert not PatientAccess.objects.filter(token_digest=plain).exists()


class TestRowsThatAreExchanged:
    """Mallory came in by a link of her own, and writes another patient into its rows."""

    def test_a_visit_cannot_be_moved_to_another_access(
        self, petra: tuple[Client, Visit], pablos: Visit
    ) -> None:
        PatientSession.objects.filter(key=petra[1].key).update(access=pablos.access)
        assert is_shut(petra[0])
        assert bytes_of(petra[0], picture_of(pablos)) == 404

    @pytest.mark.parametrize("what", ["patient", "proposal", "both"])
    def test_an_access_cannot_be_moved_to_another_patient(
        self, petra: tuple[Client, Visit], pablos: Visit, what: str
    ) -> None:
        changes = {"patient": pablos.patient, "proposal": pablos.proposal}
        changed = changes if what == "both" else {what: changes[what]}
        PatientAccess.objects.filter(id=petra[1].access).update(**changed)
        assert is_shut(petra[0])
        assert bytes_of(petra[0], picture_of(pablos)) == 404

    @pytest.mark.parametrize("what", ["code_hash", "token_digest"])
    def test_the_code_of_her_own_link_opens_no_other(
        self, cast: Cast, petra: tuple[Client, Visit], picture: UUID, what: str
    ) -> None:
        mine = invite(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        hers = invite(cast.alice, petra[1].proposal)
        row = PatientAccess.objects.get(id=hers.access)
        hers_was = {"code_hash": row.code_hash, "token_digest": row.token_digest}
        PatientAccess.objects.filter(id=hers.access).update(token_digest="moved away")
        PatientAccess.objects.filter(id=mine.access).update(**{what: hers_was[what]})
        letters = hers.letters if what == "token_digest" else mine.letters
        code = hers.code if what == "code_hash" else mine.code
        client = Client()
        client.post(f"/p/{letters}/", {**PETRAS_DAY, "code": code})
        assert COOKIE not in client.cookies


class TestSigningPages:
    def ready(self, petra: tuple[Client, Visit]) -> tuple[Client, str]:
        client, visit = petra
        view = decision_view(visit)
        decide(client, view, yes=[item.agreement for item in view.choices],
               use=[item.id for item in view.pictures])  # fmt: skip
        return client, shown_version(client)

    @pytest.mark.parametrize(
        "version", ["", "-1", "0", "999999", "9" * 400, "1e3", "٣", "null", "3.0", "+3"]
    )
    def test_a_forged_version_signs_nothing(
        self, petra: tuple[Client, Visit], version: str
    ) -> None:
        client, seen = self.ready(petra)
        assert version != seen
        client.post(reverse("portal:sign"), {"typed": "Petra Okonjo", "version": version})
        assert Proposal.objects.get().signed_at is None

    def test_a_version_that_was_seen_before_a_change_signs_nothing(
        self, cast: Cast, petra: tuple[Client, Visit]
    ) -> None:
        """The page is replayed after another device has turned a no into a yes."""
        client, seen = self.ready(petra)
        other = visit_to(cast.alice, petra[1].proposal)
        answer_all(other, [ONE])
        client.post(reverse("portal:sign"), {"typed": "Petra Okonjo", "version": seen})
        assert Proposal.objects.get().signed_at is None

    def test_the_same_page_sent_twice_signs_once(self, petra: tuple[Client, Visit]) -> None:
        client, seen = self.ready(petra)
        fields = {"typed": "Petra Okonjo", "version": seen}
        client.post(reverse("portal:sign"), fields)
        record = bytes(Proposal.objects.get().sealed_record)
        assert record
        client.post(reverse("portal:sign"), fields)
        assert bytes(Proposal.objects.get().sealed_record) == record

    def strokes(self) -> Iterator[str]:
        yield "[" * 200_000
        yield f"[[{','.join(['[0.1,0.9]'] * (MOST_POINTS + 1))}]]"
        yield f"[{','.join(['[[0.1,0.9],[0.2,0.1]]'] * 201)}]"
        yield "[[[1e999,0.1],[0.9,0.9]]]"
        yield f"[[[{'9' * 5000},0.1],[0.9,0.9]]]"
        yield '{"__proto__": []}'
        yield '[[["0.1","0.2"],["0.9","0.9"]]]'
        yield "[[[true,false],[true,true]]]"

    def test_strokes_that_are_none_or_far_too_many_sign_nothing(
        self, petra: tuple[Client, Visit]
    ) -> None:
        client, seen = self.ready(petra)
        for strokes in self.strokes():
            answer = client.post(reverse("portal:sign"), {"strokes": strokes, "version": seen})
            assert answer.status_code in {302, 400, 413}, strokes[:40]
            assert Proposal.objects.get().signed_at is None

    def test_very_many_answers_are_not_read(self, petra: tuple[Client, Visit]) -> None:
        before = snapshot()
        client = petra[0]
        fields = {f"use-{UUID(int=number)}": "yes" for number in range(20_000)}
        assert client.post(reverse("portal:choices"), fields).status_code == 400
        assert snapshot() == before


NAMES = [
    "<script>alert(1)</script>",
    '#eval(read("/etc/passwd")) $x$ *b* _i_ @ref \\ //c /*d*/',
    "\u202eartep\u2069\u2066 X",
    "Ренэ 李雪 🩺 e\u0301\u0301\u0301 \ufdfd",
    "a\x00b\nc\td\r\x1b[31m",
    "{contact_phone} {named} %s %(n)s",
    "W" * 200,
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_whatever_a_name_is_made_of_it_is_signed_and_copied_as_it_is(
    cast: Cast, picture: UUID, name: str
) -> None:
    people = People(signer=name, interpreter=name, witness=name, chaperone=name)
    proposal = proposal_of(
        cast.alice, cast.petra, [picture], [Purpose.RESEARCH], people=people, language="ar"
    )
    client, visit = enter(cast.alice, proposal)
    view = decision_view(visit)
    decide(client, view, yes=[item.agreement for item in view.choices], use=[picture])
    fields = {"typed": f"{name} Petra", "version": shown_version(client)}
    assert client.post(reverse("portal:sign"), fields).status_code == 200
    assert signed_record(proposal).data["signer"]["name"] == name.strip()
    assert differences(proposal) == []
    page = client.get(reverse("portal:mine"))
    assert b"<script>alert" not in page.content
    copy = copy_for_signer(visit, "http://testserver", with_thumbnails=False)
    assert copy.content.startswith(b"%PDF")


class TestLetters:
    @pytest.mark.parametrize(
        "letters",
        ["..", "%2e%2e%2fclinic", "..%2f..%2fetc", "%00", "'--", "A" * 5000, "\u202e", "{{7*7}}"],
    )
    def test_whatever_stands_in_the_address_the_door_stays_shut(
        self, cast: Cast, letters: str
    ) -> None:
        client = Client()
        for answer in (
            client.get(f"/p/{letters}/"),
            client.post(f"/p/{letters}/", {**PETRAS_DAY, "code": "123456"}),
        ):
            assert answer.status_code in {200, 302, 404}
            assert COOKIE not in client.cookies or not client.cookies[COOKIE].value
        assert not PatientSession.objects.exists()

    def test_one_address_guesses_thirty_times_and_is_told_to_wait(
        self, cast: Cast, picture: UUID
    ) -> None:
        client = Client()
        statuses = [
            client.post("/p/000000000000/", {**PETRAS_DAY, "code": "123456"}).status_code
            for _ in range(32)
        ]
        assert statuses == [200] * 30 + [429] * 2
