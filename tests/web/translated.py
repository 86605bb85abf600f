"""Every page of a patient in one language, and the words that stand on a page."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.certifying import certified
from tests.consenting import proposal_of
from tests.sessions import sit_down
from tests.sharing import agreed, shared
from tests.taking import forearm, take, take_labelled
from tests.web.portal.browsing import PABLOS_DAY, SIGNATURE, decide, enter, shown_version

from safelight.audit.models import Tile
from safelight.consent.selectors.deciding import decision_view
from safelight.consent.services.proposing import People
from safelight.consent.services.visiting import Invitation, invite
from safelight.consent.visits import Visit
from safelight.people.sessions import digest
from safelight.photos.labels import label_photographs
from safelight.recall.models import Consequence, Withdrawal
from safelight.recall.services.cascade import carry_out_all
from safelight.recall.services.withdrawing import Order, withdraw
from safelight.release.facts import Asked
from safelight.release.gate import open_photograph
from safelight.sharing.guests import link_letters
from safelight.sharing.services.giving import revoke
from safelight.vocabulary.consent_forms import TextStyle
from safelight.vocabulary.photograph import Rendition, Sensitivity
from safelight.vocabulary.recall import (
    ConsequenceKind,
    ConsequenceState,
    WhyNotRetractable,
    WithdrawalScope,
)
from safelight.vocabulary.signers import SignerRole

GRETA = People(
    signer="Greta Serrano",
    authority="Madre",
    interpreter="Rhea Example",
    witness="Theo Example",
    chaperone="Bob Example",
)
WRONG_CODE = "000000"
ATTEMPTS_AT_THE_DOOR, ATTEMPTS_AT_THE_CHECK = 30, 20


@dataclass
class Traveller:
    """Keeps every page that a browser is shown."""

    client: Client
    pages: list[Any] = field(default_factory=list)

    def get(self, name: str, *args: object, **query: str) -> Any:
        return self._keep(self.client.get(reverse(name, args=args), query))

    def post(self, name: str, *args: object, **form: str) -> Any:
        return self._keep(self.client.post(reverse(name, args=args), form))

    def _keep(self, answer: Any) -> Any:
        if answer.templates:
            self.pages.append(answer)
        return answer


def asked_of_greta(cast: Cast, language: str) -> UUID:
    """About two pictures of Pablo, one of them covered."""
    plain, covered = take_labelled(cast.alice, cast.pablo), take(cast.alice, cast.pablo)
    label_photographs(cast.alice.staff, [covered], forearm(Sensitivity.INTIMATE))
    return proposal_of(
        cast.alice,
        cast.pablo,
        [plain, covered],
        language=language,
        signer_role=SignerRole.GUARDIAN,
        people=GRETA,
    )


def every_page(cast: Cast, language: str) -> list[Any]:
    """All that Greta and whoever checks a code can be shown, from door to door."""
    proposal = asked_of_greta(cast, language)
    client, visit = enter(cast.alice, proposal, PABLOS_DAY)
    greta = Traveller(client)
    _decide_and_sign(greta, visit)
    _look_around(cast, greta, visit)
    _ask_for_the_certificate(greta, visit)
    _leave(greta)
    stranger = Traveller(Client(REMOTE_ADDR="198.51.100.7", headers={"accept-language": language}))
    _knock(stranger, invite(cast.alice, asked_of_greta(cast, language)))
    _check(stranger)
    _check_certificates(cast, stranger, language)
    more = [*_waiting(cast, language), *_shared(cast, language)]
    return [*greta.pages, *stranger.pages, _too_old(language), *more]


def _too_old(language: str) -> Any:
    """A form that lay open until its token was worth nothing."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": language})
    return client.post(reverse("portal:enter"), {"code": "123456"})


def _decide_and_sign(greta: Traveller, visit: Visit) -> None:
    view = decision_view(visit)
    greta.get("portal:start")
    greta.post("portal:start", style=TextStyle.EASY_READ.value)
    greta.get("portal:start")
    greta.get("portal:read")
    for item in view.pictures:
        greta.get("portal:picture", item.id)
        greta.get("portal:picture", item.id, show="yes")
    greta.get("portal:choices")
    greta.post("portal:choices")
    yes = [item.agreement for item in view.choices]
    decide(greta.client, view, yes=yes, use=[])
    for assent in ("no", "not-able", "yes"):
        greta.client.post(reverse("portal:choices"), {"assent": assent})
        greta.get("portal:sign")
    decide(greta.client, view, yes=yes, use=[item.id for item in view.pictures])
    greta.get("portal:sign")
    greta.post("portal:sign", **SIGNATURE, version=shown_version(greta.client))


def _look_around(cast: Cast, greta: Traveller, visit: Visit) -> None:
    first, covered = (item.id for item in decision_view(visit).pictures)
    agreement = decision_view(visit).choices[0].agreement
    _, cookie = sit_down(cast.alice)
    open_photograph(Asked(digest(cookie), first, Rendition.DISPLAY))
    greta.get("portal:mine")
    greta.get("portal:my_picture", first)
    greta.get("portal:my_picture", covered)
    greta.get("portal:my_picture", agreement)
    greta.get("portal:looks")
    greta.get("portal:given")
    greta.get("portal:everything")
    greta.get("portal:ask")
    for words in ("", "a" * 5000, "؟"):
        greta.post("portal:ask", question=words)
    greta.get("portal:ask", because="question-sent")
    greta.get("portal:new_code")
    greta.post("portal:new_code")
    greta.get("portal:take_back", agreement)
    greta.get("portal:take_back_all")
    greta.get("portal:take_back_picture", first)
    taken_back = greta.post("portal:take_back", agreement)["Location"]
    carry_out_all()
    greta.get("portal:taken_back", taken_back.strip("/").rpartition("/")[2])
    greta.get("portal:take_back", agreement)
    greta.get("portal:mine")


def _ask_for_the_certificate(greta: Traveller, visit: Visit) -> None:
    """Before anybody has listed what the withdrawal reaches."""
    withdrawal = withdraw(visit, Order(WithdrawalScope.ALL_USES))
    Withdrawal.objects.filter(id=withdrawal).update(planned_at=None)
    assert greta.get("portal:certificate", withdrawal).status_code == 503


def _leave(greta: Traveller) -> None:
    kept = greta.client.cookies["safelight-visit"].value
    greta.post("portal:leave")
    greta.client.cookies["safelight-visit"] = kept
    greta.get("portal:over")


def _knock(stranger: Traveller, invitation: Invitation) -> None:
    stranger.get("portal:enter")
    door = ("portal:door", invitation.letters)
    stranger.get(*door)
    stranger.post("portal:enter")
    stranger.post(*door)
    stranger.post(*door, **PABLOS_DAY)
    for _ in range(ATTEMPTS_AT_THE_DOOR):
        answer = stranger.post(*door, **PABLOS_DAY, code=WRONG_CODE)
    assert answer.status_code == 429


def _check(stranger: Traveller) -> None:
    stranger.get("verify:code")
    for _ in range(ATTEMPTS_AT_THE_CHECK + 1):
        answer = stranger.post("verify:code", code="0000")
    assert answer.status_code == 429


def _check_certificates(cast: Cast, stranger: Traveller, language: str) -> None:
    """Everything that the page says of a certificate, and what it says when asked too often."""
    stranger.get("verify:receipt")
    genuine = certified(cast.pablo, language)
    stranger.post("verify:receipt", receipt=genuine)
    stranger.post("verify:receipt", receipt=certified(cast.pablo, language, lines=[]))
    stranger.post("verify:receipt", receipt="؟")
    stranger.post("verify:receipt", receipt=genuine.replace("2026-03", "2026-04"))
    Tile.objects.update(hashes=bytes(8192))
    stranger.post("verify:receipt", receipt=genuine)
    for _ in range(ATTEMPTS_AT_THE_CHECK):
        answer = stranger.post("verify:receipt", receipt="")
    assert answer.status_code == 429


def _waiting(cast: Cast, language: str) -> list[Any]:
    """Asked before the pictures are taken."""
    proposal = proposal_of(cast.alice, cast.petra, [], language=language)
    petra = Traveller(enter(cast.alice, proposal)[0])
    petra.get("portal:start")
    petra.get("portal:mine")
    return petra.pages


def _shared(cast: Cast, language: str) -> list[Any]:
    """What Rhea is shown, from the link to the card at the end, and what Petra reads of it."""
    picture = take_labelled(cast.alice, cast.petra)
    agreement = agreed(cast.alice, cast.petra, [picture])
    given = shared(cast.alice, agreement, [picture])
    headers = {"accept-language": language}
    rhea = Traveller(Client(REMOTE_ADDR="198.51.100.8", headers=headers))
    door = ("shared:door", link_letters(given.share))
    rhea.get(*door)
    rhea.post(*door, code="1")
    rhea.post(*door, code="00000000")
    rhea.post(*door, code=given.code)
    rhea.get("shared:home")
    rhea.post("shared:answer", answer=" ")
    rhea.post("shared:answer", answer="؟")
    rhea.get("shared:home", because="answered")
    rhea.get("shared:home", because="passkey-added")
    rhea.post("shared:add_passkey", credential="")
    petra = _given_of(cast, language)
    revoke(cast.alice, given.share)
    petra += _given_of(cast, language)
    petra += _everything_back(cast, picture, language)
    rhea.get("shared:over")
    rhea.get("health_links:manifest", "A" * 43)
    for _ in range(ATTEMPTS_AT_THE_DOOR):
        answer = rhea.post(*door, code="00000000")
    assert answer.status_code == 429
    return [*rhea.pages, *petra]


def _given_of(cast: Cast, language: str) -> list[Any]:
    petra = Traveller(
        enter(cast.alice, proposal_of(cast.alice, cast.petra, [], language=language))[0]
    )
    petra.get("portal:given")
    return petra.pages


def _everything_back(cast: Cast, picture: UUID, language: str) -> list[Any]:
    """Lines of every kind and in every state, as they are told."""
    petra = Traveller(
        enter(cast.alice, proposal_of(cast.alice, cast.petra, [picture], language=language))[0]
    )
    petra.get("portal:take_back_all")
    told = petra.post("portal:take_back_all", scope=WithdrawalScope.EVERYTHING.value)["Location"]
    withdrawal = UUID(told.strip("/").rpartition("/")[2])
    petra.get("portal:taken_back", withdrawal)
    carry_out_all()
    petra.get("portal:taken_back", withdrawal)
    Consequence.objects.filter(withdrawal=withdrawal).delete()
    for state in ConsequenceState:
        for kind in ConsequenceKind:
            Consequence.objects.create(
                withdrawal_id=withdrawal,
                kind=kind.value,
                target=picture if kind is ConsequenceKind.PICTURE else uuid4(),
                state=state.value,
            )
        petra.get("portal:taken_back", withdrawal)
        assert petra.pages[-1].status_code == 200
        Consequence.objects.filter(withdrawal=withdrawal).delete()
    for reason in WhyNotRetractable:
        Consequence.objects.create(
            withdrawal_id=withdrawal,
            kind=ConsequenceKind.COPY.value,
            target=uuid4(),
            state=ConsequenceState.NOT_RETRACTABLE.value,
            reason=reason.value,
        )
    for due_on in ("2020-02-29", "2099-12-31"):
        Consequence.objects.create(
            withdrawal_id=withdrawal,
            kind=ConsequenceKind.COPY.value,
            target=uuid4(),
            state=ConsequenceState.CHASED.value,
            due_on=due_on,
        )
    petra.get("portal:taken_back", withdrawal)
    petra.get("portal:mine")
    return petra.pages


READ_OUT = ("aria-label", "alt", "title", "placeholder")
VOID = {"br", "img", "input", "link", "meta", "use", "path"}


class Words(HTMLParser):
    """What is read on a page or read out, in pieces as they stand in it.

    Left aside is what somebody wrote (`bdi`, `dir=auto`), what is typed as it stands (`dir=ltr`)
    and what is said to be in another language.
    """

    def __init__(self, page: Any, language: str) -> None:
        super().__init__()
        self._language = language
        self._open: list[bool] = []
        self.words: list[str] = []
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.words += [said[name] or "" for name in READ_OUT if said.get(name)]
        if tag not in VOID:
            self._open.append(self._is_left_aside(tag, said))

    def _is_left_aside(self, tag: str, said: dict[str, str | None]) -> bool:
        in_other_language = tag != "html" and said.get("lang", self._language) != self._language
        is_written_by_somebody = tag == "bdi" or said.get("dir") in {"auto", "ltr"}
        return in_other_language or (tag != "html" and is_written_by_somebody)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.words.append(" ".join(data.split()))


def words_on(page: Any, language: str) -> Iterator[str]:
    return (words for words in Words(page, language).words if words)
