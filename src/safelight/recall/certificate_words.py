"""What a certificate says, in the language that is active. It names no picture, illness or person."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, npgettext, pgettext_lazy

from safelight.engines.documents import CertificateLabels
from safelight.vocabulary.recall import (
    ConsequenceKind,
    ConsequenceState,
    WhyNotRetractable,
    WithdrawalScope,
)

SCOPES: Final = {
    WithdrawalScope.USE: pgettext_lazy("taken back", "One use of the pictures beyond care"),
    WithdrawalScope.PICTURE_USES: pgettext_lazy(
        "taken back", "One picture, from every use beyond care"
    ),
    WithdrawalScope.PICTURE: pgettext_lazy(
        "taken back", "One picture, from the medical record as well"
    ),
    WithdrawalScope.ALL_USES: pgettext_lazy("taken back", "Every use of the pictures beyond care"),
    WithdrawalScope.EVERYTHING: pgettext_lazy(
        "taken back", "Every use, and all pictures in the medical record"
    ),
}
KINDS: Final = {
    ConsequenceKind.AGREEMENT: pgettext_lazy("certificate", "Agreement {number}"),
    ConsequenceKind.SHARE: pgettext_lazy("certificate", "Share with somebody outside, {number}"),
    ConsequenceKind.HEALTH_LINK: pgettext_lazy(
        "certificate", "Link for another record system, {number}"
    ),
    ConsequenceKind.COPY: pgettext_lazy("certificate", "Copy in another record system, {number}"),
    ConsequenceKind.PUBLICATION: pgettext_lazy("certificate", "Publication {number}"),
    ConsequenceKind.LECTURE: pgettext_lazy("certificate", "Lecture {number}"),
    ConsequenceKind.DECK: pgettext_lazy("certificate", "Set of slides {number}"),
    ConsequenceKind.COLLECTION: pgettext_lazy("certificate", "Teaching collection {number}"),
    ConsequenceKind.QUESTION: pgettext_lazy("certificate", "Question to a colleague, {number}"),
    ConsequenceKind.PICTURE: pgettext_lazy("certificate", "Picture {number}"),
}
"""In the order in which a certificate tells of them."""

STATES: Final = {
    ConsequenceState.WAITING: pgettext_lazy("certificate", "shown to nobody; being erased"),
    ConsequenceState.TO_ASK: pgettext_lazy("certificate", "we will ask who has it to delete it"),
    ConsequenceState.CHASED: pgettext_lazy(
        "certificate", "we asked who has it to delete it, and wait for the answer"
    ),
    ConsequenceState.ERASED: pgettext_lazy("certificate", "erased, and its key destroyed"),
    ConsequenceState.SEALED: pgettext_lazy("certificate", "locked away; nobody can open it alone"),
    ConsequenceState.REVOKED: pgettext_lazy("certificate", "stopped"),
    ConsequenceState.ACKNOWLEDGED: pgettext_lazy("certificate", "who had it says that it is gone"),
    ConsequenceState.NOT_RETRACTABLE: pgettext_lazy("certificate", "cannot be called back"),
}
WHY: Final = {
    WhyNotRetractable.PRINTED: pgettext_lazy(
        "certificate", "It was printed; paper cannot be called back."
    ),
    WhyNotRetractable.OPEN_INTERNET: pgettext_lazy(
        "certificate", "It stood on the open internet, where anybody may have copied it."
    ),
    WhyNotRetractable.KEPT_BY_RECIPIENT: pgettext_lazy(
        "certificate", "Who received a copy keeps it, and says that they must."
    ),
    WhyNotRetractable.NO_ANSWER: pgettext_lazy(
        "certificate", "Who received a copy did not answer, however often they were asked."
    ),
}
USUAL_GROUND: Final = gettext_noop(
    "The law makes hospitals keep their records of treatment for some years."
)
"""The institution's words while it has written none of its own (`institution.retention`)."""


def taken_back(scope: WithdrawalScope) -> str:
    return _("Taken back: {what}").format(what=SCOPES[scope])


def line_words(kind: ConsequenceKind, number: int, state: ConsequenceState) -> str:
    what = str(KINDS[kind]).format(number=number)
    if kind is ConsequenceKind.AGREEMENT and state is ConsequenceState.ERASED:
        return _("{what}: ended for what was taken back, and its keys destroyed").format(what=what)
    return _("{what}: {state}").format(what=what, state=STATES[state])


def further_words(count: int, state: ConsequenceState) -> str:
    what = _("Further ones, {count} in number").format(count=count)
    return _("{what}: {state}").format(what=what, state=STATES[state])


def with_reason(words: str, why: WhyNotRetractable) -> str:
    return _("{what}. {why}").format(what=words, why=WHY[why])


def locked_until(words: str, day: str) -> str:
    return _("{what}. It is kept until {day} and then erased.").format(what=words, day=day)


def held() -> str:
    return _("Some of it has to be kept for as long as a legal matter is open.")


def after_call() -> str:
    return _(
        "Staff took it back for you. For seven days it is locked and not yet erased, in case it was not "
        "you who asked: then call the number on this page."
    )


def how_it_is_locked() -> str:
    return _(
        "What is locked away is in no list, no search and no number. It is opened only by two people "
        "together, for a stated purpose and a short time, and you are told when that happens."
    )


def agreements_ended(count: int) -> str:
    """Under the number, which stands before it."""
    return npgettext(
        "certificate",
        "agreement ended, and its keys destroyed",
        "agreements ended, and their keys destroyed",
        count,
    )


def backups(days: int) -> str:
    return _(
        "Days for which backups of keys are kept: {days}. After that, nothing that was erased can be "
        "brought back from a backup."
    ).format(days=days)


def remark(*, is_final: bool, is_open: bool) -> str:
    if is_final:
        return _("Nothing remains to be done. This is the last certificate.")
    if not is_open:
        return _(
            "Nothing of it is shown here any more. When what is locked away has been erased, there is "
            "another certificate, the last."
        )
    return _(
        "Nothing of it is shown here any more. We still wait for others, and make a new certificate "
        "whenever that changes."
    )


def title(number: int) -> str:
    return _("Certificate of withdrawal, number {number}").format(number=number)


def labels() -> CertificateLabels:
    return CertificateLabels(
        contact=_("Questions? Call us"),
        check_code=_("Check this certificate"),
        check_code_alt=_("Code that opens the page where this certificate is checked"),
        effective=_("In effect since"),
        issued=_("Written on"),
        code=_("Code"),
        summary=_("In numbers"),
        lines=_("What became of it"),
        proof=_("Entry in our record"),
        kept=_("What is locked away"),
        not_retractable=_("What cannot be brought back"),
        backups=_("Backups"),
        checking=_("How anybody can check this certificate"),
        how_to_check=_(
            "The file that comes with this certificate proves it. Open this page and choose the file; "
            "nobody has to take our word for it."
        ),
        checkpoint=_("Signed state of our record"),
        inclusion=_("Place of this certificate in it, and the way there"),
        seal=_(
            "This certificate carries the electronic seal of the institution. "
            "The seal shows that it was not changed."
        ),
        page=_("Page {n} of {m}"),
    )
