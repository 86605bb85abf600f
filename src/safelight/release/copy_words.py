"""The fixed words of a patient's copy, in the language that is active."""

from django.utils.translation import gettext as _

from safelight.engines.documents import Labels


def labels() -> Labels:
    return Labels(
        contact=_("Questions, or a change of mind?"),
        your_page=_("Your page on the internet"),
        portal_code=_("Code that opens your page on the internet"),
        decisions=_("What you decided"),
        who_sees=_("Who may see it"),
        until=_("Until"),
        agreement=_("Agreement"),
        pictures=_("The pictures you saw"),
        picture_fingerprint=_("Fingerprint of the picture (SHA-256)"),
        withdraw=_("How to take it back"),
        cannot_be_called_back=_("What cannot be taken back"),
        statements=_("What you were told"),
        signatures=_("Signature"),
        authority=_("Right to sign"),
        signed_at=_("Signed on"),
        meaning=_("Meaning"),
        drawn_signature=_("Drawn signature of {name}"),
        typed_signature=_("Signed by typing the name"),
        validity=_("How long it lasts"),
        checking=_("How to check this copy"),
        verification_code=_("Code"),
        check_at=_("Check it at"),
        record_fingerprint=_("Fingerprint of the record (SHA-256)"),
        seal=_(
            "This copy carries the electronic seal of the institution. "
            "The seal shows that the copy was not changed. It is not the patient's signature."
        ),
        page=_("Page {n} of {m}"),
    )


def signature_meaning() -> str:
    """What whoever signed meant by it (21 CFR 11.50)."""
    return _("I have seen the pictures. These are my decisions about them.")


def withdrawing() -> str:
    return _(
        "You can change your mind at any time. You need no reason, and your care stays the same. "
        "Open your page with the code above, your birth date and your own code, or call the number."
    )
