"""What stands sealed in a share: the address, the question, the reason, the answers. PHI throughout."""

from safelight.sharing.models import Share, ShareAnswer
from safelight.vault.fields import agreement_fields, patient_fields


def seal_address(share: Share, address: str) -> bytes:
    return patient_fields(share.patient_id).seal("share-address", share.id, address)


def address_of(share: Share) -> str:
    """Readable as long as the patient's record is: whoever was shown something may have to be told."""
    sealed = bytes(share.sealed_address)
    return patient_fields(share.patient_id).unseal("share-address", share.id, sealed)


def seal_words(share: Share, question: str, reason: str) -> bytes:
    data = {"question": question, "reason": reason}
    return agreement_fields(share.agreement_id).seal_data("share-words", share.id, data)


def question_of(share: Share) -> str:
    """Raises KeyMissingError once the agreement has ended."""
    return _words(share)["question"]


def reason_of(share: Share) -> str:
    """Why protected pictures are shown; "" for none. Raises KeyMissingError."""
    return _words(share)["reason"]


def _words(share: Share) -> dict[str, str]:
    sealed = bytes(share.sealed_words)
    return agreement_fields(share.agreement_id).unseal_data("share-words", share.id, sealed)


def seal_answer(answer: ShareAnswer, text: str) -> bytes:
    return agreement_fields(answer.share.agreement_id).seal("share-answer", answer.id, text)


def text_of(answer: ShareAnswer) -> str:
    """Raises KeyMissingError once the agreement has ended."""
    sealed = bytes(answer.sealed_text)
    return agreement_fields(answer.share.agreement_id).unseal("share-answer", answer.id, sealed)
