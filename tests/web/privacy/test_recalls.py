"""The recall board in the browser: filters, steps, refusals, and the certificate."""

import json
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import Cast
from tests.chasing import (
    ASKED,
    a_copy_that_left,
    a_publication_that_left,
    chased_line,
    the_day_to_answer_passes,
)
from tests.consenting import TEACHING, signed
from tests.exporting import agreed_to_a_copy, made, receiver_of
from tests.publishing import ARTICLE
from tests.recalling import takes_back
from tests.sessions import browser_of
from tests.sharing import RHEA
from tests.taking import take, take_labelled
from tests.web.portal.browsing import enter

from safelight.audit.models import Event
from safelight.consent.models import Proposal
from safelight.recall.board import due
from safelight.recall.models import Consequence
from safelight.recall.services.chasing import note_asked
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.recall import ConsequenceState, WithdrawalScope

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
NAMES = ("Petra", "Okonjo", "204817")


def page(client: Client, name: str, *args: object, show: str = "") -> str:
    answer = client.get(reverse(name, args=args), {"show": show} if show else None)
    assert answer.status_code == 200
    return answer.content.decode()


def step(client: Client, line: Consequence, **posted: str) -> tuple[int, str]:
    answer = client.post(reverse("privacy:recall_step", args=[line.withdrawal_id, line.id]), posted)
    return answer.status_code, answer.content.decode()


def listed(client: Client, show: str, withdrawal: UUID) -> bool:
    return reverse("privacy:recall", args=[withdrawal]) in page(
        client, "privacy:recalls", show=show
    )


def test_a_withdrawal_goes_through_the_filters_of_the_board(cast: Cast) -> None:
    line, priya = a_copy_that_left(cast), browser_of(cast.priya)

    def shown() -> list[str]:
        every = ("under-way", "to-ask", "overdue", "waiting", "closed")
        return [show for show in every if listed(priya, show, line.withdrawal_id)]

    assert shown() == ["under-way", "to-ask"]
    assert step(priya, line, step="asked", words=ASKED)[0] == 302
    assert shown() == ["under-way", "waiting"]
    the_day_to_answer_passes(line.id)
    assert shown() == ["under-way", "overdue"]
    assert step(priya, line, step="acknowledged", words="It is deleted.")[0] == 302
    assert shown() == ["closed"]
    assert listed(priya, "no such filter", line.withdrawal_id) is False


def test_what_is_overdue_comes_first_and_is_counted_on_the_privacy_home_page(cast: Cast) -> None:
    first = a_copy_that_left(cast)
    late = a_publication_that_left(cast)
    note_asked(cast.priya, late.id, ASKED)
    the_day_to_answer_passes(late.id)
    priya = browser_of(cast.priya)
    board = page(priya, "privacy:recalls")
    at = [board.index(str(item.withdrawal_id)) for item in (late, first)]
    assert at == sorted(at)
    home = page(priya, "privacy:break_glass")
    assert "1 recall is overdue." in home
    assert (due().to_ask, due().overdue, due().total) == (1, 1, 2)


def test_the_board_names_no_patient_and_opening_one_is_recorded(cast: Cast) -> None:
    line, priya = a_publication_that_left(cast), browser_of(cast.priya)
    board = page(priya, "privacy:recalls")
    assert ARTICLE not in board
    opened = page(priya, "privacy:recall", line.withdrawal_id)
    assert ARTICLE in opened
    assert [name for name in NAMES if name in board + opened] == []
    read = Event.objects.get(tag=EventTag.RECALL_WITHDRAWAL_READ.value)
    assert (read.actor, read.subject) == (cast.priya.staff, cast.petra)


def test_every_settled_line_shows_the_entry_that_proves_it(cast: Cast) -> None:
    line, priya = a_publication_that_left(cast), browser_of(cast.priya)
    step(priya, line, step="not-retractable", reason="printed", words="It appeared in March.")
    opened = page(priya, "privacy:recall", line.withdrawal_id)
    rows = Consequence.objects.filter(withdrawal=line.withdrawal_id)
    assert [row.id for row in rows if str(row.event) not in opened] == []
    assert "paper cannot be called back" in opened


@pytest.mark.parametrize("purpose", [Purpose.PRINT_PUBLICATION, Purpose.ONLINE_PUBLICATION])
def test_the_request_to_the_publisher_names_the_work_and_no_patient(
    cast: Cast, purpose: Purpose
) -> None:
    line = a_publication_that_left(cast, purpose)
    opened = page(browser_of(cast.priya), "privacy:recall", line.withdrawal_id)
    letter = opened.partition('class="recall-request"')[2].partition("</pre>")[0]
    assert ARTICLE in letter
    assert "The Invented Journal" in letter
    assert "withdrew the agreement" in letter
    assert ("do not print" in letter) is (purpose is Purpose.PRINT_PUBLICATION)
    assert ("search engines" in letter) is (purpose is Purpose.ONLINE_PUBLICATION)
    assert [name for name in NAMES if name in letter] == []


def test_who_received_a_copy_can_find_it_by_the_id_in_the_request(cast: Cast) -> None:
    """The id that the patient has in that copy, and in nothing else that we show."""
    picture = take_labelled(cast.alice, cast.petra)
    visit = agreed_to_a_copy(cast.alice, cast.petra, [picture])
    link = made(cast.alice, visit, [picture])
    bundle = receiver_of(link).fetch(link.passcode)
    resources = [entry["resource"] for entry in bundle["entry"]]
    [subject] = [item["id"] for item in resources if item["resourceType"] == "Patient"]
    line = chased_line(takes_back(visit, WithdrawalScope.ALL_USES))
    opened = page(browser_of(cast.priya), "privacy:recall", line.withdrawal_id)
    assert f"the patient has the id {subject}" in opened
    assert subject != str(cast.petra)


def test_the_request_for_a_copy_says_to_whom_it_goes(cast: Cast) -> None:
    line = a_copy_that_left(cast)
    opened = page(browser_of(cast.priya), "privacy:recall", line.withdrawal_id)
    assert f"To: {RHEA}" in opened
    assert "Please delete it" in opened


def test_whoever_was_asked_twice_and_is_late_is_to_be_called(cast: Cast) -> None:
    line, priya = a_copy_that_left(cast), browser_of(cast.priya)
    for _ in range(2):
        assert "Call them yourself" not in page(priya, "privacy:recall", line.withdrawal_id)
        step(priya, line, step="asked", words=ASKED)
        the_day_to_answer_passes(line.id)
    opened = page(priya, "privacy:recall", line.withdrawal_id)
    assert "Call them yourself" in opened
    assert "Asked 2 times." in opened
    assert 'value="no-answer"' in opened


def test_what_is_refused_changes_nothing_and_keeps_what_was_typed(cast: Cast) -> None:
    line, priya = a_copy_that_left(cast), browser_of(cast.priya)
    refused = [
        step(priya, line, step="asked", words=" "),
        step(priya, line, step="not-retractable", reason="no-answer", words="Nothing <came>."),
        step(priya, line, step="not-retractable", reason="nonsense", words="Nothing <came>."),
        step(priya, line, step="vanish", words="Nothing <came>."),
    ]
    assert [status for status, _ in refused] == [400] * 4
    assert all("Nothing &lt;came&gt;." in said for _, said in refused[1:])
    line.refresh_from_db()
    assert (line.state, line.times_asked) == (ConsequenceState.TO_ASK.value, 0)


def test_a_line_that_is_not_there_is_missing(cast: Cast) -> None:
    line, priya = a_copy_that_left(cast), browser_of(cast.priya)
    address = reverse("privacy:recall_step", args=[line.withdrawal_id, uuid4()])
    assert priya.post(address, {"step": "asked", "words": ASKED}).status_code == 404
    for asker in (cast.alice, cast.ada, cast.theo):
        address = reverse("privacy:recall_step", args=[line.withdrawal_id, line.id])
        posted = {"step": "asked", "words": ASKED}
        assert browser_of(asker).post(address, posted).status_code == 404
    line.refresh_from_db()
    assert line.times_asked == 0


@pytest.mark.parametrize("who", ["priya", "alice"])
def test_staff_print_the_certificate_and_save_its_proof(cast: Cast, who: str) -> None:
    line, asker = a_copy_that_left(cast), getattr(cast, who)
    space = {"priya": "privacy", "alice": "clinic"}[who]
    client = browser_of(asker)
    pdf = client.get(reverse(f"{space}:certificate", args=[line.withdrawal_id]))
    assert (pdf["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    assert pdf["Content-Disposition"] == 'attachment; filename="certificate.pdf"'
    proof = client.get(reverse(f"{space}:certificate_receipt", args=[line.withdrawal_id]))
    assert json.loads(proof.content)["statement"]["withdrawal"] == str(line.withdrawal_id)
    assert proof["Cache-Control"] == "no-store"


def test_a_certificate_that_is_not_written_yet_is_said_to_be(cast: Cast) -> None:
    line, priya = a_copy_that_left(cast), browser_of(cast.priya)
    Consequence.objects.filter(kind="health-link").update(state="waiting")
    Consequence.objects.filter(kind="agreement").update(state="waiting")
    answer = priya.get(reverse("privacy:certificate", args=[line.withdrawal_id]), follow=True)
    assert "The certificate is being written." in answer.content.decode()


def test_the_patient_saves_certificate_and_proof_and_nobody_elses(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    signed(cast.alice, cast.petra, [picture], TEACHING)
    client, visit = enter(cast.alice, Proposal.objects.get().id)
    row = takes_back(visit, WithdrawalScope.ALL_USES)
    pdf = client.get(reverse("portal:certificate", args=[row.id]))
    assert (pdf["Content-Type"], pdf.content[:4]) == ("application/pdf", b"%PDF")
    assert pdf["Content-Disposition"] == 'attachment; filename="my-certificate.pdf"'
    proof = client.get(reverse("portal:certificate_receipt", args=[row.id]))
    assert json.loads(proof.content)["format"] == "safelight-receipt"
    assert client.get(reverse("portal:certificate", args=[uuid4()])).status_code == 404
    assert client.get(reverse("portal:certificate_receipt", args=[uuid4()])).status_code == 404
    Consequence.objects.filter(withdrawal=row).update(state="waiting")
    row.certificates.all().delete()
    waits = client.get(reverse("portal:certificate", args=[row.id]))
    assert waits.status_code == 503
    assert "Your certificate is being written" in waits.content.decode()
