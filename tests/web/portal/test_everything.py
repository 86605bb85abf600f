"""A copy of everything: what is in it, who gets it, and what is not in it says so."""

import hashlib
import json
import re
from base64 import b64decode
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4
from zipfile import BadZipFile, ZipFile

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from tests.asking import ask_bob
from tests.cast import Cast
from tests.consenting import proposal_of, signed
from tests.preparing import FACE, covering, prepare, scanner_that_finds
from tests.publishing import ARTICLE, agreed_work
from tests.taking import forearm, take
from tests.unit.engines.fhir.profile import faults_of_bundle
from tests.web.portal.browsing import at, enter

from safelight.audit.models import Event
from safelight.consent.models import PatientSession, Proposal
from safelight.consent.services.visiting import hand_over, leave
from safelight.consent.visits import Reader
from safelight.people.models import AttemptLimit
from safelight.photos.labels import label_photographs
from safelight.photos.models import Photograph, RenditionRow
from safelight.photos.selectors import timeline_photographs
from safelight.release.certificates import Certificate
from safelight.release.opened import Opened
from safelight.vault.custodians import Holder, drop_grants
from safelight.vault.errors import KeyMissingError
from safelight.vault.kinds import CustodianKind
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.photograph import PhotographState, Sensitivity
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole
from safelight.web.own_copy import contents
from safelight.web.own_copy.responding import BUCKET

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]
ARCHIVE_URL = "/portal/everything/archive/"


def ask(client: Client) -> Any:
    return client.post(ARCHIVE_URL)


def read(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def body(answer: Any) -> bytes:
    assert isinstance(answer, StreamingHttpResponse)
    return answer.getvalue()


def unpacked(client: Client) -> dict[str, bytes]:
    return read(body(ask(client)))


def signed_in(cast: Cast, pictures: list[UUID]) -> Client:
    signed(cast.alice, cast.petra, pictures, [Purpose.LECTURE])
    newest = Proposal.objects.order_by("-created_at").values_list("id", flat=True)[0]
    return enter(cast.alice, newest)[0]


def covered(cast: Cast) -> UUID:
    picture = take(cast.alice, cast.petra)
    with scanner_that_finds():
        prepare(cast.alice, picture, covering(FACE))
    return picture


def listed(cast: Cast) -> list[UUID]:
    """In the order in which the copy numbers them."""
    return [item.id for item in timeline_photographs(cast.petra, cast.alice.staff)]


def index_of(found: dict[str, bytes]) -> str:
    return found["index.html"].decode()


def resources(found: dict[str, bytes], kind: str, name: str = "fhir/record.json") -> list[Any]:
    bundle = json.loads(found[name])
    told = [entry["resource"] for entry in bundle["entry"]]
    return [item for item in told if item["resourceType"] == kind]


def copied() -> list[Event]:
    return list(Event.objects.filter(tag=EventTag.PATIENT_RECORD_COPIED.value))


def test_everything_of_hers_is_in_it_and_the_index_leads_to_each(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    label_photographs(cast.alice.staff, [picture], forearm(description="a mole"))
    ask_bob(cast, [picture])
    agreed_work(cast)
    client = signed_in(cast, [picture])
    client.get(reverse("portal:copy"))
    found = unpacked(client)
    index = index_of(found)
    for name in found:
        assert f'"{name}"' in index or name in {"index.html", "fhir/looks-001.json"}, name
    for words in ("Petra Okonjo-Müller", "H-204817", "Forearm, left", "a mole", "Bob", ARTICLE):
        assert words in index
    assert "There is no certificate." in index
    assert "Because you asked to see them" in index  # this very copy is among the looks
    assert found["agreements/001-signed.pdf"].startswith(b"%PDF-")
    assert "pictures/small/002-as-taken.jpg" in found


def test_the_resources_hang_together_and_name_the_files_as_they_are(cast: Cast) -> None:
    found = unpacked(signed_in(cast, [take(cast.alice, cast.petra), take(cast.alice, cast.petra)]))
    for name in ("fhir/record.json", "fhir/looks-001.json"):
        assert faults_of_bundle(json.loads(found[name])) == []
    documents = resources(found, "DocumentReference")
    assert len(documents) == 2
    for item in (each["attachment"] for each in documents[0]["content"]):
        content = found[item["url"]]
        assert len(content) == item["size"]
        assert hashlib.sha1(content, usedforsecurity=False).digest() == b64decode(item["hash"])
    assert resources(found, "Consent")
    assert resources(found, "AuditEvent", "fhir/looks-001.json")


def test_one_event_names_the_pictures_and_no_look_is_added_for_each(cast: Cast) -> None:
    pictures = [take(cast.alice, cast.petra) for _ in range(3)]
    client = signed_in(cast, pictures)
    before = Event.objects.count()
    unpacked(client)
    [event] = copied()
    assert {item.object_id for item in event.objects_told.all()} == set(pictures)
    assert event.purpose == "PATRQT"
    assert Event.objects.count() == before + 1


def test_the_event_is_there_before_the_first_byte(cast: Cast) -> None:
    client = signed_in(cast, [take(cast.alice, cast.petra)])
    answer = ask(client)
    assert len(copied()) == 1
    answer.close()


def test_what_staff_or_patients_typed_is_text_in_the_index_and_never_in_a_name(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>../../etc'
    label_photographs(cast.alice.staff, [picture], forearm(description=evil))
    found = unpacked(signed_in(cast, [picture]))
    index = index_of(found)
    assert "<script" not in index
    assert "&lt;script&gt;" in index
    assert all(re.fullmatch(r"([a-z]+/)*[a-z0-9-]+\.[a-z0-9]{2,4}", name) for name in found)


def test_a_protected_picture_is_in_it_and_waits_behind_a_tap(cast: Cast) -> None:
    picture = take(cast.alice, cast.petra)
    client = signed_in(cast, [picture])
    label_photographs(cast.alice.staff, [picture], forearm(Sensitivity.INTIMATE))
    found = unpacked(client)
    index = index_of(found)
    assert "pictures/001-as-taken.jpg" in found
    assert index.index("<details>") < index.index("pictures/001-as-taken.jpg")


def test_a_forensic_picture_that_she_may_not_see_is_not_told_of(cast: Cast) -> None:
    hidden = take(cast.alice, cast.petra)
    client = signed_in(cast, [take(cast.alice, cast.petra)])
    label_photographs(cast.alice.staff, [hidden], forearm(Sensitivity.FORENSIC))
    found = unpacked(client)
    assert len(resources(found, "DocumentReference")) == 1
    assert str(hidden) not in found["fhir/record.json"].decode()
    assert "not-included.txt" not in found


def test_a_covered_picture_comes_in_both_forms_to_herself(cast: Cast) -> None:
    picture = covered(cast)
    found = unpacked(signed_in(cast, [picture]))
    assert {"pictures/001-as-taken.jpg", "pictures/001-covered.jpg"} <= set(found)
    assert found["pictures/001-as-taken.jpg"] != found["pictures/001-covered.jpg"]


def test_who_decides_for_the_patient_gets_what_they_were_asked_about_and_no_more(
    cast: Cast,
) -> None:
    picture, other = covered(cast), take(cast.alice, cast.petra)
    label_photographs(cast.alice.staff, [picture], forearm(description="a mole"))
    proposal = proposal_of(cast.alice, cast.petra, [picture], signer_role=SignerRole.PROXY)
    found = unpacked(enter(cast.alice, proposal)[0])
    assert {name for name in found if name.startswith("pictures/0")} == {"pictures/001-covered.jpg"}
    index, record = index_of(found), found["fhir/record.json"].decode()
    for words in ("H-204817", "a mole", str(other)):
        assert words not in index + record
    assert resources(found, "Patient")[0].keys() <= {"resourceType", "id", "gender", "meta"}


def test_a_picture_that_is_taken_away_meanwhile_becomes_a_line(cast: Cast) -> None:
    pictures = [take(cast.alice, cast.petra) for _ in range(3)]
    client = signed_in(cast, pictures)
    answer = ask(client)
    sent = iter(answer.streaming_content)
    first = [next(sent), next(sent)]  # the newest, large and small
    second = listed(cast)[1]
    Photograph.objects.filter(id=second).update(state=PhotographState.ENTERED_IN_ERROR.value)
    found = read(b"".join([*first, *sent]))
    assert "pictures/002-as-taken.jpg" not in found
    assert "pictures/003-as-taken.jpg" in found
    told = found["not-included.txt"].decode("utf-8-sig")
    assert told == "Picture 2: It may not be seen any more.\r\n"
    assert told.strip().partition(": ")[2] in index_of(found)
    assert len(resources(found, "DocumentReference")) == 2
    refused = Event.objects.get(tag=EventTag.PHOTOGRAPH_REFUSED.value)
    assert refused.objects_told.get(position=0).object_id == second


def test_a_picture_whose_key_is_gone_becomes_a_line_and_an_event(cast: Cast) -> None:
    pictures = [take(cast.alice, cast.petra) for _ in range(2)]
    client = signed_in(cast, pictures)
    lost = RenditionRow.objects.get(photograph=listed(cast)[0], rendition="display")
    drop_grants([lost.id], Holder(CustodianKind.CARE, cast.petra))
    found = unpacked(client)
    assert "Picture 1: It cannot be opened." in found["not-included.txt"].decode()
    assert "pictures/002-as-taken.jpg" in found
    event = Event.objects.get(tag=EventTag.PHOTOGRAPH_REFUSED.value)
    assert event.outcome == "failed"


def test_a_visit_that_ends_meanwhile_gets_nothing_more_and_is_told_so(cast: Cast) -> None:
    client, visit = enter(
        cast.alice,
        proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra) for _ in "ab"]),
    )
    answer = ask(client)
    sent = iter(answer.streaming_content)
    first = [next(sent), next(sent)]
    leave(visit)
    found = read(b"".join([*first, *sent]))
    assert [name for name in found if name.startswith("pictures/0")] == [
        "pictures/001-as-taken.jpg"
    ]
    assert "fhir/looks-001.json" not in found
    assert "You were signed out" in found["not-included.txt"].decode()
    assert "You were signed out" in index_of(found)


def test_a_long_download_does_not_let_its_own_visit_fall_asleep(cast: Cast) -> None:
    pictures = [take(cast.alice, cast.petra) for _ in range(2)]
    client, visit = enter(cast.alice, proposal_of(cast.alice, cast.petra, pictures))
    answer = ask(client)
    row = PatientSession.objects.filter(key=visit.key)
    row.update(last_active_at=timezone.now() - timedelta(minutes=2))
    found = read(body(answer))
    assert "not-included.txt" not in found
    assert timezone.now() - row.get().last_active_at < timedelta(minutes=1)


def test_a_device_of_the_clinic_gets_none(cast: Cast) -> None:
    proposal = proposal_of(cast.alice, cast.petra, [take(cast.alice, cast.petra)])
    client = at(hand_over(replace(cast.alice, session_key="tablet"), proposal))
    answer = ask(client)
    assert answer.status_code == 403
    assert "This device belongs to the clinic" in answer.content.decode()
    assert ARCHIVE_URL not in client.get(reverse("portal:everything")).content.decode()
    assert copied() == []


def test_one_at_a_time_and_the_next_when_it_is_done_or_was_given_up(cast: Cast) -> None:
    client = signed_in(cast, [take(cast.alice, cast.petra)])
    running = ask(client)
    second = ask(client)
    assert second.status_code == 429
    assert "A copy is being made already" in second.content.decode()
    running.close()  # the client hung up before the first byte
    half = ask(client)
    next(iter(half.streaming_content))
    half.close()
    assert "index.html" in unpacked(client)
    assert "index.html" in unpacked(client)


def test_a_copy_whose_process_died_blocks_the_next_for_two_minutes(cast: Cast) -> None:
    client = signed_in(cast, [take(cast.alice, cast.petra)])
    ask(client)  # and nobody closes it
    AttemptLimit.objects.filter(bucket=BUCKET).update(free_at=timezone.now() - timedelta(seconds=1))
    assert "index.html" in unpacked(client)


def test_a_copy_that_was_cut_leaves_no_archive_that_looks_whole(cast: Cast) -> None:
    client = signed_in(cast, [take(cast.alice, cast.petra)])
    whole = body(ask(client))
    with pytest.raises(BadZipFile):
        read(whole[: len(whole) // 2])


def test_certificates_of_a_room_that_makes_them_are_in_it(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Opened:
        raise KeyMissingError

    def told(reader: Reader) -> list[Certificate]:
        assert reader.patient == cast.petra
        kept = Certificate(uuid4(), timezone.now(), lambda: Opened(b"%PDF-", "application/pdf"))
        return [kept, Certificate(uuid4(), timezone.now(), gone)]

    monkeypatch.setattr(contents, "CERTIFICATES", (told,))
    found = unpacked(signed_in(cast, [take(cast.alice, cast.petra)]))
    assert found["certificates/001.pdf"] == b"%PDF-"
    assert "There is no certificate." not in index_of(found)
    assert "It cannot be opened" in found["not-included.txt"].decode()


@pytest.mark.parametrize(("language", "direction"), [("es", "ltr"), ("fr", "ltr"), ("ar", "rtl")])
def test_it_speaks_the_language_of_the_visit_and_leaves_the_thread_as_it_was(
    cast: Cast, language: str, direction: str
) -> None:
    proposal = proposal_of(
        cast.alice, cast.petra, [take(cast.alice, cast.petra)], language=language
    )
    answer = ask(enter(cast.alice, proposal)[0])
    sent = []
    for piece in answer.streaming_content:
        sent.append(piece)
        assert get_language() != language
    index = index_of(read(b"".join(sent)))
    assert f'<html lang="{language}" dir="{direction}">' in index
    assert "Everything that is kept of me" not in index


def test_what_is_sent_may_not_be_kept_by_the_browser(cast: Cast) -> None:
    answer = ask(signed_in(cast, [take(cast.alice, cast.petra)]))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Disposition"] == 'attachment; filename="copy-of-everything.zip"'
    answer.close()


def test_her_pages_lead_to_it_and_warn_before(cast: Cast) -> None:
    client = signed_in(cast, [take(cast.alice, cast.petra)])
    assert reverse("portal:everything") in client.get(reverse("portal:mine")).content.decode()
    page = client.get(reverse("portal:everything")).content.decode()
    assert "yours to keep safe" in page
    assert ARCHIVE_URL in page
    assert copied() == []
