"""A patient takes back: one use, one picture, everything; and reads what came of it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.formats import date_format
from tests.asking import ask_bob
from tests.at_once import at_once
from tests.cast import Cast
from tests.consenting import (
    TEACHING,
    agreement_to,
    answer_all,
    look_at_all,
    proposal_of,
    sign_now,
    signed,
    visit_to,
)
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.recalling import takes_back
from tests.sharing import RHEA, agreed, shared
from tests.taking import take_labelled
from tests.web.portal.browsing import PABLOS_DAY, PETRAS_DAY, at, enter, grow_idle, look

from safelight.audit.models import Event
from safelight.audit.services import Entry, record
from safelight.consent.errors import PictureGoneError
from safelight.consent.models import Agreement
from safelight.consent.services.deciding import note_assent
from safelight.consent.services.proposing import People
from safelight.consent.services.visiting import renew_copy_code
from safelight.consent.visits import Visit
from safelight.institution.models import RetentionVersion
from safelight.institution.selectors import current_zone
from safelight.photos.models import Photograph
from safelight.photos.moving import MoveReason, move_photograph
from safelight.recall.models import Consequence, Withdrawal
from safelight.recall.services.cascade import carry_out_all
from safelight.recall.services.withdrawing import Order, withdraw_for
from safelight.vault import ports as vault_ports
from safelight.vault.errors import VaultLockedError
from safelight.vocabulary.agreements import Assent
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import ConsequenceState, WhyNotRetractable, WithdrawalScope
from safelight.vocabulary.signers import SignerRole

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ONE = TEACHING[0]
EVERYTHING = WithdrawalScope.EVERYTHING
ERASED, SEALED = PhotographState.ERASED, PhotographState.LEGAL_CUSTODY


@pytest.fixture
def picture(cast: Cast) -> UUID:
    return take_labelled(cast.alice, cast.petra)


@pytest.fixture
def petra(cast: Cast, picture: UUID) -> tuple[Client, Visit]:
    visit = signed(cast.alice, cast.petra, [picture], TEACHING)
    return enter(cast.alice, visit.proposal)


def greta_for(cast: Cast, picture: UUID) -> tuple[Client, Visit]:
    """Pablo's mother signed for teaching, and comes in."""
    greta = People(signer="Greta Serrano", authority="Mother")
    asked = proposal_of(
        cast.alice, cast.pablo, [picture], signer_role=SignerRole.GUARDIAN, people=greta
    )
    visit = visit_to(cast.alice, asked)
    look_at_all(visit)
    answer_all(visit, TEACHING)
    note_assent(visit, Assent.YES)
    sign_now(visit)
    return enter(cast.alice, asked, PABLOS_DAY)


def by_copy(visit: Visit) -> Client:
    """In by the code on the copy, as its QR leads."""
    invitation = renew_copy_code(visit)
    client = Client()
    door = reverse("portal:door", args=[invitation.letters])
    answer = client.post(door, {**PETRAS_DAY, "code": invitation.code})
    assert answer["Location"] == reverse("portal:start")
    return client


def read(client: Client, name: str, *args: object) -> str:
    answer = client.get(reverse(f"portal:{name}", args=args))
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


def send(client: Client, name: str, *args: object, **form: str) -> Any:
    return client.post(reverse(f"portal:{name}", args=args), form)


def told(client: Client, answer: Any) -> str:
    """The page to which taking back led."""
    assert answer.status_code == 302, answer.content.decode()
    assert "/portal/taken-back/" in answer["Location"]
    page = client.get(answer["Location"]).content.decode()
    return str(page.replace("\u2068", "").replace("\u2069", ""))


def erase_all() -> None:
    rule = {"fate": "erase", "years": 0, "ground": ""}
    RetentionVersion.objects.create(rules={item.value: rule for item in Sensitivity})


def state_of(picture: UUID) -> PhotographState:
    return PhotographState(Photograph.objects.get(id=picture).state)


def test_one_use_is_taken_back_with_one_tap_and_the_others_go_on(petra) -> None:
    client, visit = petra
    agreement, other = (agreement_to(visit, item) for item in TEACHING)
    page = read(client, "take_back", agreement.id)
    assert "It stops at once" in page
    assert "cannot be called back" in page
    assert page.count("<li>") == 3
    assert "For 1 picture" in page
    assert "reason" not in page.replace("You need no reason", "")
    page = told(client, send(client, "take_back", agreement.id))
    assert "No more: Teaching one learner" in page
    assert "Lecture" not in page
    agreement.refresh_from_db()
    other.refresh_from_db()
    assert (agreement.status, other.status) == ("inactive", "active")


def test_what_happened_has_its_own_address_and_is_listed(petra) -> None:
    client, visit = petra
    answer = send(client, "take_back", agreement_to(visit, ONE).id)
    assert answer["Location"] in read(client, "mine")
    row = Withdrawal.objects.get()
    page = client.get(answer["Location"]).content.decode()
    assert "One use · Teaching one learner" in page
    assert (
        f", {date_format(row.at.astimezone(current_zone()), 'TIME_FORMAT')}, nobody can see" in page
    )
    assert "+1 555 010 0199" in page


@pytest.mark.parametrize(
    ("scope", "state"), [("picture-uses", PhotographState.VERIFIED), ("picture", SEALED)]
)
def test_one_picture_is_taken_from_all_uses_or_from_the_record_too(
    cast: Cast, petra, picture: UUID, scope: str, state: PhotographState
) -> None:
    client, visit = petra
    other = take_labelled(cast.alice, cast.petra)
    link = reverse("portal:take_back_picture", args=[picture])
    assert link in read(client, "my_picture", picture)
    page = read(client, "take_back_picture", picture)
    assert 'value="picture-uses"' in page
    assert 'value="picture"' in page
    told(client, send(client, "take_back_picture", picture, scope=scope))
    assert state_of(picture) is state
    assert state_of(other) is PhotographState.VERIFIED
    assert (str(picture) in read(client, "mine")) is (scope == "picture-uses")
    for item in TEACHING:
        assert agreement_to(visit, item).status == "inactive"


def test_everything_leaves_the_pages_of_the_patient_who_is_told_so_kindly(petra, picture) -> None:
    client, _ = petra
    page = read(client, "take_back_all")
    assert "Get a copy of my pictures first" in page
    page = told(client, send(client, "take_back_all", scope="everything"))
    assert "1 picture is locked away" in page
    assert "The law makes hospitals keep" in page
    assert "Nobody can open it alone" in page
    mine = read(client, "mine")
    assert str(picture) not in mine
    assert "You took your pictures back" in mine
    assert "Take everything back" not in mine
    assert "There is nothing left to take back" in read(client, "take_back_all")
    bytes_of = reverse("portal:picture_bytes", args=[picture, "thumbnail"])
    assert client.get(bytes_of).status_code == 404


def test_a_picture_that_was_moved_here_says_why_it_waits(cast: Cast, petra) -> None:
    """Everything had been taken back before, so it is dark; a move alone destroys nothing."""
    client, _ = petra
    others = take_labelled(cast.alice, cast.pablo)
    erase_all()
    address = send(client, "take_back_all", scope="everything")["Location"]
    move_photograph(
        others, cast.petra, actor=cast.alice.staff, reason=MoveReason.WRONG_PATIENT_OPEN
    )
    carry_out_all()
    page = client.get(address).content.decode()
    _before, soon = page.split("This is deleted soon")
    assert "We wait these days so that nothing is deleted by mistake" in soon
    assert "not you who asked" not in page


def test_nothing_is_asked_any_more_about_pictures_that_were_taken_back(cast: Cast, picture) -> None:
    """The request that waited: neither on their pages nor at its own address."""
    client, visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
    assert "You still have something to decide" in read(client, "mine")
    told(client, send(client, "take_back_all", scope="everything"))
    assert "You still have something to decide" not in read(client, "mine")
    assert "We ask you nothing any more" in read(client, "start")
    for step in ("read", "pictures", "choices", "sign"):
        assert client.get(reverse(f"portal:{step}"))["Location"] == reverse("portal:start")
    assert not Agreement.objects.filter(proposal=visit.proposal, status="active").exists()


def test_what_is_erased_is_said_to_be_erased_and_counted(cast: Cast, petra, picture) -> None:
    client, _ = petra
    take_labelled(cast.alice, cast.petra)
    erase_all()
    page = told(client, send(client, "take_back_all", scope="everything"))
    assert "2 pictures are deleted" in page
    assert "The law makes us keep" not in page
    assert state_of(picture) is ERASED


def test_who_looked_is_still_told_once_the_picture_is_gone(petra, picture) -> None:
    client, _ = petra
    look(client, picture)
    erase_all()
    send(client, "take_back_all", scope="everything")
    page = read(client, "looks")
    assert "<strong>You</strong>" in page
    assert str(picture) not in page


def test_all_uses_end_and_the_pictures_stay_for_care(petra, picture) -> None:
    client, visit = petra
    page = told(client, send(client, "take_back_all", scope="all-uses"))
    assert "No more: Teaching one learner" in page
    assert "No more: A lecture for our own students and staff" in page
    assert state_of(picture) is PhotographState.VERIFIED
    assert 'value="all-uses"' not in read(client, "take_back_all")
    assert 'value="everything"' in read(client, "take_back_all")
    assert not any(agreement_to(visit, item).status == "active" for item in TEACHING)


def test_who_it_was_shown_to_is_named_and_who_has_a_copy_is_asked(cast: Cast, picture) -> None:
    visit = agreed(cast.alice, cast.petra, [picture])
    for _twice in range(2):
        shared(cast.alice, visit, [picture])
    copy = agreed_to_a_copy(cast.alice, cast.petra, [picture], "Olga, Invented Clinic")
    link = made(cast.alice, copy, [picture])
    receiver_of(link).fetch(link.passcode)
    ask_bob(cast, [picture])
    client, _ = enter(cast.alice, visit.proposal)
    page = told(client, send(client, "take_back_all", scope="everything"))
    assert page.count(f"{RHEA} cannot see them any more") == 1
    assert "Bob clinician was asked about them" in page
    assert "Olga, Invented Clinic has a copy" in page
    assert "1 copy is with somebody else" in page


def test_late_answers_and_what_cannot_come_back_are_told_as_they_are(cast: Cast, picture) -> None:
    visit = agreed_to_a_copy(cast.alice, cast.petra, [picture])
    links = [made(cast.alice, visit, [picture]) for _ in range(2)]
    for link in links:
        receiver_of(link).fetch(link.passcode)
    client, _ = enter(cast.alice, visit.proposal)
    answer = send(client, "take_back_all", scope="all-uses")
    late, gone = Consequence.objects.filter(state=ConsequenceState.TO_ASK.value).order_by("id")
    late.state, late.due_on = ConsequenceState.CHASED.value, "2020-02-29"
    late.save()
    gone.state = ConsequenceState.NOT_RETRACTABLE.value
    gone.reason = WhyNotRetractable.KEPT_BY_RECIPIENT.value
    gone.save()
    page = told(client, answer)
    assert "should have come by" in page
    assert "has not. We go on asking" in page
    assert "This cannot be brought back" in page
    assert WhyNotRetractable.KEPT_BY_RECIPIENT.display in page


def test_a_guardian_may_take_back_what_she_signed_and_no_picture_from_the_record(cast) -> None:
    picture = take_labelled(cast.alice, cast.pablo)
    client, visit = greta_for(cast, picture)
    for name, args in (("take_back_all", ()), ("take_back_picture", (picture,))):
        page = read(client, name, *args)
        assert 'value="everything"' not in page
        assert 'value="picture"' not in page
    for name, args, scope in (
        ("take_back_all", (), "everything"),
        ("take_back_picture", (picture,), "picture"),
    ):
        answer = send(client, name, *args, scope=scope)
        assert answer["Location"].startswith(reverse("portal:mine"))
        sentence = client.get(answer["Location"]).content.decode()
        assert "by the patient in person, or by calling us" in sentence
    assert not Withdrawal.objects.exists()
    assert state_of(picture) is PhotographState.VERIFIED
    told(client, send(client, "take_back_all", scope="all-uses"))
    assert agreement_to(visit, ONE).status == "inactive"


def test_a_guardian_reads_nothing_of_what_somebody_else_took_back(cast: Cast) -> None:
    picture = take_labelled(cast.alice, cast.pablo)
    greta, visit = greta_for(cast, picture)
    other, _ = greta_for(cast, picture)
    row = takes_back(visit, WithdrawalScope.USE, agreement_to(visit, ONE).id)
    assert "What I took back" in read(greta, "mine")
    read(greta, "taken_back", row.id)
    assert "What I took back" not in read(other, "mine")
    assert other.get(reverse("portal:taken_back", args=[row.id])).status_code == 404


def test_by_the_code_on_the_copy_it_is_two_pages_away(cast: Cast, petra, picture) -> None:
    client = by_copy(petra[1])
    first = client.get(reverse("portal:start"), follow=True).content.decode()
    assert reverse("portal:take_back_all") in first
    assert 'value="everything"' in read(client, "take_back_all")
    told(client, send(client, "take_back_all", scope="everything"))
    assert Withdrawal.objects.get().channel == "copy"


class TestBadInput:
    def test_twice_is_as_good_as_once(self, petra) -> None:
        client, visit = petra
        one = agreement_to(visit, ONE).id
        calls: list[Callable[[], Any]] = [
            lambda: send(client, "take_back", one),
            lambda: send(client, "take_back_all", scope="everything"),
        ]
        for call in calls:
            first, second = call()["Location"], call()["Location"]
            assert first == second
        assert Withdrawal.objects.count() == 2
        assert "You took your yes back" in read(client, "take_back", one)

    def test_from_two_devices_at_once(self, cast: Cast, petra, picture: UUID) -> None:
        first, visit = petra
        second = by_copy(visit)
        answers = at_once(
            *(
                lambda who=who: send(who, "take_back_all", scope="everything")
                for who in (first, second)
            )
        )
        assert len({answer["Location"] for answer in answers}) == 1
        assert Withdrawal.objects.count() == 1
        assert state_of(picture) is SEALED

    def test_with_a_cookie_that_is_over(self, petra, picture: UUID) -> None:
        client, visit = petra
        grow_idle(visit)
        answer = send(client, "take_back_all", scope="everything")
        assert answer["Location"] == reverse("portal:over")
        assert state_of(picture) is PhotographState.VERIFIED

    def test_with_no_cookie_or_somebodys_guess(self, petra, picture: UUID) -> None:
        for client in (Client(), at("guess"), at("x" * 5000)):
            answer = send(client, "take_back_all", scope="everything")
            assert answer.status_code == 302
            assert "/portal/taken-back/" not in answer["Location"]
        assert not Withdrawal.objects.exists()

    def test_what_is_another_patients_is_not_there(self, cast: Cast, petra, picture) -> None:
        client, _ = petra
        pablos_picture = take_labelled(cast.alice, cast.pablo)
        greta, visit = greta_for(cast, pablos_picture)
        row = takes_back(visit, WithdrawalScope.USE, agreement_to(visit, TEACHING[1]).id)
        for scope in ("picture", "picture-uses"):
            for picture_id in (pablos_picture, uuid4()):
                answer = send(client, "take_back_picture", picture_id, scope=scope)
                assert answer.status_code == 404
        for agreement in (agreement_to(visit, ONE).id, uuid4()):
            assert send(client, "take_back", agreement).status_code == 404
        for withdrawal in (row.id, uuid4()):
            url = reverse("portal:taken_back", args=[withdrawal])
            assert client.get(url).status_code == 404
        assert Withdrawal.objects.count() == 1
        assert agreement_to(visit, ONE).status == "active"
        assert look(greta, pablos_picture)

    @pytest.mark.parametrize(
        "scope", ["", "use", "picture", "all-uses\0", "EVERYTHING", "x" * 9000]
    )
    def test_with_words_that_are_none(self, petra, picture: UUID, scope: str) -> None:
        client, _ = petra
        answer = send(client, "take_back_all", scope=scope)
        assert answer["Location"] == reverse("portal:take_back_all")
        assert not Withdrawal.objects.exists()

    def test_while_the_same_patient_signs_about_the_picture(
        self, cast: Cast, petra, picture
    ) -> None:
        client, _ = petra
        signing = visit_to(cast.alice, proposal_of(cast.alice, cast.petra, [picture]))
        look_at_all(signing)
        answer_all(signing, TEACHING)
        first, second = at_once(
            lambda: send(client, "take_back_all", scope="everything"),
            lambda: sign_now(signing),
        )
        assert first.status_code == 302
        assert state_of(picture) is SEALED
        if not isinstance(second, PictureGoneError):
            # The signature was the earlier word, and went with everything.
            assert agreement_to(signing, ONE).status == "inactive"

    def test_signing_after_it_is_refused_and_says_why(self, cast: Cast, petra, picture) -> None:
        client, _ = petra
        asked = proposal_of(cast.alice, cast.petra, [picture])
        signing = visit_to(cast.alice, asked)
        look_at_all(signing)
        answer_all(signing, TEACHING)
        send(client, "take_back_all", scope="everything")
        with pytest.raises(PictureGoneError):
            sign_now(signing)
        assert agreement_to(signing, ONE).status == "proposed"

    def test_purposes_of_a_copy_are_named_by_their_recipient_after_the_key_is_gone(
        self, cast: Cast, picture
    ) -> None:
        visit = agreed(cast.alice, cast.petra, [picture])
        client, _ = enter(cast.alice, visit.proposal)
        agreement = agreement_to(visit, Purpose.SECOND_OPINION).id
        assert RHEA in told(client, send(client, "take_back", agreement))


class TestLockedVault:
    """The root key is gone, or the service that keeps it does not answer."""

    @pytest.fixture(autouse=True)
    def _locked(self, monkeypatch: pytest.MonkeyPatch, petra) -> None:
        monkeypatch.setattr(vault_ports.wiring, "root", None)

    def test_everything_is_taken_back_all_the_same(self, petra, picture: UUID) -> None:
        client, visit = petra
        page = told(client, send(client, "take_back_all", scope="everything"))
        assert "1 picture is dark: nobody can see it" in page
        assert state_of(picture) is PhotographState.WITHDRAWN
        assert not any(agreement_to(visit, item).status == "active" for item in TEACHING)
        event = Event.objects.get(tag=EventTag.RECALL_WITHDRAWN.value)
        assert (event.actor, bytes(event.sealed_details)) == (visit.access, b"")

    def test_the_rest_follows_once_it_is_open_again(
        self, petra, picture: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client, _ = petra
        answer = send(client, "take_back_all", scope="everything")
        monkeypatch.undo()
        carry_out_all()
        assert state_of(picture) is SEALED
        assert "1 picture is locked away" in told(client, answer)

    def test_so_does_staff_who_take_the_call(self, cast: Cast, petra, picture: UUID) -> None:
        order = Order(WithdrawalScope.EVERYTHING)
        row = withdraw_for(cast.alice, cast.petra, order, "birth date, called back")
        assert Withdrawal.objects.get(id=row).taken_by_id == cast.alice.staff
        assert state_of(picture) is PhotographState.WITHDRAWN

    def test_nothing_else_is_done_without_its_event(self, cast: Cast, petra, picture) -> None:
        with pytest.raises(VaultLockedError):
            record(Entry(tag=EventTag.PHOTOGRAPH_LABELLED, actor=None, details={"why": "test"}))
