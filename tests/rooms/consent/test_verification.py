"""Whatever is altered after the signature is found, and a code tells nothing but *genuine*."""

import base64
import json
from collections.abc import Callable
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.cast import Cast
from tests.consenting import agreement_to, signed
from tests.taking import take

from safelight.consent.models import Agreement, AgreementImage, FormVersion, Proposal
from safelight.consent.services.ending import withdraw
from safelight.consent.verification import differences, is_genuine, signed_record
from safelight.vault.fields import patient_fields
from safelight.vault.keystore.models import Custodian
from safelight.vocabulary.purposes import Purpose

pytestmark = [pytest.mark.django_db(databases="__all__"), pytest.mark.usefixtures("stores")]

ONE, LECTURE = Purpose.ONE_TO_ONE_TEACHING, Purpose.LECTURE


@pytest.fixture
def visit(cast: Cast):
    pictures = [take(cast.alice, cast.petra), take(cast.alice, cast.petra)]
    return signed(cast.alice, cast.petra, pictures, [ONE], no=[LECTURE], leave_out=pictures[1:])


def code_of(visit) -> str:
    return str(signed_record(visit.proposal).data["verification_code"])


def test_what_was_signed_verifies(visit) -> None:
    assert differences(visit.proposal) == []
    assert is_genuine(code_of(visit))


def test_a_withdrawal_alters_nothing_that_was_signed(visit) -> None:
    withdraw(visit, agreement_to(visit, ONE).id)
    assert differences(visit.proposal) == []


def test_a_code_may_be_typed_as_people_type(visit) -> None:
    code = code_of(visit)
    assert is_genuine(" " + "-".join(code[i : i + 4] for i in range(0, 16, 4)).lower() + " ")


@pytest.mark.parametrize("code", ["", "0000000000000000", "x" * 500, "é", "\x00"])
def test_any_other_code_is_none_of_ours(visit, code: str) -> None:
    assert not is_genuine(code)


def row(visit) -> Proposal:
    return Proposal.objects.get(id=visit.proposal)


def set_on_row(**values: object) -> Callable[..., object]:
    return lambda visit: Proposal.objects.filter(id=visit.proposal).update(**values)


def set_on_agreement(which: Purpose, /, **values: object) -> Callable[..., object]:
    return lambda visit: Agreement.objects.filter(id=agreement_to(visit, which).id).update(**values)


def make_a_no_a_yes(visit) -> None:
    Agreement.objects.filter(id=agreement_to(visit, LECTURE).id).update(
        status="active", starts_on=timezone.localdate()
    )


def list_a_picture_that_was_left_out(visit) -> None:
    left_out = next(
        item["photograph"]
        for item in signed_record(visit.proposal).data["pictures"]
        if not item["is_included"]
    )
    AgreementImage.objects.create(
        agreement=agreement_to(visit, ONE),
        photograph_id=left_out,
        rendition="display",
        object_id=uuid4(),
    )


def list_it_in_another_rendition(visit) -> None:
    AgreementImage.objects.filter(rendition="display").update(object_id=uuid4())


def alter_the_form(visit) -> None:
    form = FormVersion.objects.get(number=row(visit).form_id)
    FormVersion.objects.filter(number=form.number).update(
        content=form.content.replace("Lecture", "Leisure").replace("lecture", "leisure")
    )


def alter_the_form_and_its_hash(visit) -> None:
    FormVersion.objects.update(content="{}", content_sha256="44136fa355b3678a1146ad16f7e8649e")


def rewrite_the_record(visit) -> None:
    """Mallory with the patient's key, but without the institution's, writes a record of her own."""
    data = dict(signed_record(visit.proposal).data)
    data["signer"] = {**data["signer"], "name": "Mallory"}
    text = json.dumps(data)
    sealed = patient_fields(visit.patient).seal("record", visit.proposal, text)
    Proposal.objects.filter(id=visit.proposal).update(sealed_record=sealed)


def flip_a_byte_of_the_record(visit) -> None:
    sealed = bytearray(bytes(row(visit).sealed_record))
    sealed[-20] ^= 1
    Proposal.objects.filter(id=visit.proposal).update(sealed_record=bytes(sealed))


def exchange_what_was_shown(visit) -> None:
    first, second = row(visit).pictures.order_by("position")
    first.sealed_shown, second.sealed_shown = second.sealed_shown, first.sealed_shown
    first.save()
    second.save()


ALTERATIONS: dict[str, Callable[..., object]] = {
    "language": set_on_row(language="fr"),
    "style": set_on_row(style="easy-read"),
    "who signed": set_on_row(signer_role="guardian"),
    "when": set_on_row(signed_at=timezone.now() - timedelta(days=400)),
    "signature": set_on_row(signature=base64.b64decode("A" * 84 + "====")),
    "record": rewrite_the_record,
    "a byte of the record": flip_a_byte_of_the_record,
    "no record": set_on_row(sealed_record=b""),
    "purpose": set_on_agreement(ONE, purpose=Purpose.CONFERENCE.value),
    "audience": set_on_agreement(ONE, audience="public"),
    "people": set_on_agreement(ONE, people=5000),
    "end": set_on_agreement(ONE, ends_on=date(2099, 1, 1)),
    "no end": set_on_agreement(ONE, ends_on=None),
    "start": set_on_agreement(ONE, starts_on=date(2001, 1, 1)),
    "recipient": set_on_agreement(ONE, recipient=uuid4()),
    "provision": set_on_agreement(ONE, provision="deny"),
    "a no": make_a_no_a_yes,
    "a yes": set_on_agreement(ONE, status="rejected"),
    "back to proposed": set_on_agreement(ONE, status="proposed"),
    "pictures": list_a_picture_that_was_left_out,
    "rendition": list_it_in_another_rendition,
    "no pictures": lambda visit: AgreementImage.objects.all().delete(),
    "form": alter_the_form,
    "form and hash": alter_the_form_and_its_hash,
    "shown": exchange_what_was_shown,
}


@pytest.mark.parametrize("what", ALTERATIONS)
def test_a_later_change_breaks_verification(visit, what: str) -> None:
    code = code_of(visit)
    ALTERATIONS[what](visit)
    assert differences(visit.proposal) != []
    assert not is_genuine(code)


def test_a_record_whose_key_is_gone_is_not_genuine_and_no_error(visit) -> None:
    code = code_of(visit)
    Custodian.objects.filter(kind="care", owner=visit.patient).delete()
    assert not is_genuine(code)
