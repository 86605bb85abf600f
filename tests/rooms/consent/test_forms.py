"""The institution's form: drafted by one, approved by another, and never changed after."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.cast import Cast
from tests.consenting import shipped_form

from safelight.audit.models import Event
from safelight.consent.errors import (
    FormNotFoundError,
    FormRefusedError,
    MalformedFormError,
    NoFormError,
)
from safelight.consent.models import FormVersion
from safelight.consent.rules.form import Contact, Form, Paragraph, Text, Use, write_form
from safelight.consent.rules.form_check import LONGEST_MONTHS, LONGEST_TEXT, check_form
from safelight.consent.selectors.forms import current_form, form_version, form_versions
from safelight.consent.services.forms import (
    approve_form,
    change_draft,
    discard_draft,
    draft_form,
    import_form,
    new_draft,
    revise_draft,
)
from safelight.people.asker import Asker
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import LANGUAGES, FormState, Statement, TextStyle
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose

pytestmark = pytest.mark.django_db(databases="__all__")

SHIPPED = shipped_form()
EDITIONS = list(product(LANGUAGES, TextStyle))
Revision = Callable[[Text], Text]


def with_text(language: str, style: TextStyle, revise: Revision) -> Form:
    """The shipped form with one of its texts revised."""
    styles = dict(SHIPPED.texts[language])
    styles[style] = revise(styles[style])
    return replace(SHIPPED, texts={**SHIPPED.texts, language: styles})


def without(statement: Statement) -> Revision:
    return lambda text: replace(
        text, statements={key: said for key, said in text.statements.items() if key != statement}
    )


def saying(statement: Statement, words: str) -> Revision:
    said = Paragraph("A heading", words)
    return lambda text: replace(text, statements={**text.statements, statement: said})


def explaining(purpose: Purpose, words: str) -> Revision:
    said = Paragraph("A heading", words)
    return lambda text: replace(text, uses={**text.uses, purpose: said})


def sentences(form: Form) -> list[str]:
    return [item.sentence for item in check_form(form)]


def test_the_shipped_form_has_nothing_missing() -> None:
    assert check_form(SHIPPED) == []


@pytest.mark.parametrize("statement", Statement)
@pytest.mark.parametrize(("language", "style"), EDITIONS)
def test_each_required_statement_is_missed_in_each_language_and_style(
    language: str, style: TextStyle, statement: Statement
) -> None:
    found = check_form(with_text(language, style, without(statement)))
    assert [(item.language, item.style) for item in found] == [(language, style)]
    assert statement.display in found[0].sentence


@pytest.mark.parametrize(("language", "style"), EDITIONS)
def test_a_statement_of_a_few_letters_is_none(language: str, style: TextStyle) -> None:
    form = with_text(language, style, saying(Statement.COPY, "You get a copy."))
    assert f"A required statement is missing: {Statement.COPY.display}." in sentences(form)


@pytest.mark.parametrize("name", ["title", "introduction", "agree", "refuse", "retention"])
def test_each_part_of_a_text_is_missed(name: str) -> None:
    nothing: dict[str, Any] = {name: ""}
    form = with_text("ar", TextStyle.EASY_READ, lambda text: replace(text, **nothing))
    assert f"The {name} is missing." in sentences(form)


LONG = "x " * LONGEST_TEXT
WRONG_TEXTS: dict[str, tuple[Revision, str]] = {
    "yes is no": (lambda text: replace(text, agree="Go on", refuse="Go on"), "the same words"),
    "no number to call": (
        saying(Statement.WITHDRAW, "You can take it back on any day, for any reason."),
        "must contain {contact_phone}",
    ),
    "no word on how long": (
        saying(Statement.KEPT, "The pictures are kept safely and for as long as needed."),
        "must contain {retention}",
    ),
    "a use not explained": (
        lambda text: replace(text, uses={}),
        f"not explained: {Purpose.LECTURE.display}",
    ),
    "a blanket publication": (
        explaining(Purpose.PRINT_PUBLICATION, "Your pictures are printed in any journal."),
        "only ever agreed to by name",
    ),
    "an open brace": (
        saying(Statement.COPY, "You get a copy of what you signed, {from us."),
        "a brace that is not closed",
    ),
    "a name that nothing fills": (
        saying(Statement.COPY, "You get a copy, dear {patient_name}, of what you signed."),
        "leaves {patient_name} open",
    ),
    "what only looks like a name": (
        saying(Statement.WITHDRAW, "Call {contact_name} on {contact_phone!s} on any day."),
        "must contain {contact_phone}",
    ),
    "a look inside what is filled in": (
        saying(Statement.COPY, "You get a copy of what you signed {institution.__class__}."),
        "leaves {institution.__class__} open",
    ),
    "too long": (saying(Statement.COPY, LONG), "longer than"),
    "anonymous": (
        saying(Statement.PRIVACY_LIMITS, "All of your pictures are anonymous for ever."),
        "promises that nobody can be recognised",
    ),
}


@pytest.mark.parametrize("what", WRONG_TEXTS)
def test_a_text_that_says_less_or_more_than_it_may_is_found(what: str) -> None:
    revise, expected = WRONG_TEXTS[what]
    found = sentences(with_text("en", TextStyle.STANDARD, revise))
    assert any(expected in sentence for sentence in found)


@pytest.mark.parametrize("word", ["anonymised", "anónimas", "anonymes", "مجهولة"])
def test_no_language_promises_anonymity(word: str) -> None:
    form = with_text(
        "en", TextStyle.STANDARD, saying(Statement.PRIVACY_LIMITS, f"Pictures are {word} always.")
    )
    assert any("nobody can be recognised" in sentence for sentence in sentences(form))


def with_use(use: Use) -> Form:
    return replace(SHIPPED, uses=(*SHIPPED.uses, use))


WRONG_FORMS: dict[str, tuple[Form, str]] = {
    "nobody to call": (replace(SHIPPED, contact=Contact("", "+1 555 0100")), "Name whom"),
    "no number": (replace(SHIPPED, contact=Contact("Desk", "ext. 12")), "telephone number"),
    "no use": (replace(SHIPPED, uses=()), "Ask about at least one use."),
    "no text": (replace(SHIPPED, texts={}), "no text in any language"),
    "care": (with_use(Use(Purpose.TREATMENT, Audience.CARE_TEAM, months=1)), "nothing a patient"),
    "twice": (with_use(SHIPPED.uses[0]), "stands twice for the same audience"),
    "no audience": (
        with_use(Use(Purpose.LECTURE, Audience.CARE_TEAM, months=12)),
        "must name the audience",
    ),
    "no end": (with_use(Use(Purpose.LECTURE, Audience.CONFERENCE)), "must end some day"),
    "for ever": (
        with_use(Use(Purpose.LECTURE, Audience.CONFERENCE, months=LONGEST_MONTHS + 1)),
        "lasts longer than",
    ),
    "a language without pages": (
        replace(SHIPPED, texts={**SHIPPED.texts, "tlh": SHIPPED.texts["en"]}),
        "no pages in the language 'tlh'",
    ),
    "no easy read": (
        replace(
            SHIPPED,
            texts={"en": {TextStyle.STANDARD: SHIPPED.texts["en"][TextStyle.STANDARD]}},
        ),
        "version is missing",
    ),
}


@pytest.mark.parametrize("what", WRONG_FORMS)
def test_a_form_that_asks_for_what_cannot_be_is_found(what: str) -> None:
    form, expected = WRONG_FORMS[what]
    assert any(expected in sentence for sentence in sentences(form))


def draft(asker: Asker, form: Form = SHIPPED) -> int:
    return draft_form(form, drafted_by=asker.staff)


def approve(asker: Asker, number: int) -> None:
    approve_form(asker, number, form_version(number).content_sha256)


def test_ada_drafts_priya_approves_and_it_is_in_use(cast: Cast) -> None:
    number = new_draft(cast.ada)
    change_draft(cast.ada, number, SHIPPED)
    with pytest.raises(NoFormError):
        current_form()
    approve(cast.priya, number)
    known = current_form()
    assert (known.number, known.form) == (number, SHIPPED)
    assert (known.drafted_by, known.approved_by) == (
        cast.ada.display_name,
        cast.priya.display_name,
    )
    assert Event.objects.filter(tag=EventTag.CONSENT_FORM_APPROVED.value).count() == 1


@pytest.mark.parametrize("statement", Statement)
def test_a_form_that_misses_a_statement_cannot_be_approved(
    cast: Cast, statement: Statement
) -> None:
    number = draft(cast.ada, with_text("fr", TextStyle.EASY_READ, without(statement)))
    with pytest.raises(FormRefusedError, match="required statement"):
        approve(cast.priya, number)
    assert form_version(number).state is FormState.DRAFT


def test_nobody_approves_what_they_drafted(cast: Cast) -> None:
    number = draft(cast.priya)
    with pytest.raises(FormRefusedError, match="drafted"):
        approve(cast.priya, number)


def test_a_draft_that_was_changed_after_it_was_read_is_read_again(cast: Cast) -> None:
    number = draft(cast.ada)
    read = form_version(number).content_sha256
    change_draft(cast.ada, number, replace(SHIPPED, contact=Contact("Desk", "+1 555 0199")))
    with pytest.raises(FormRefusedError, match="changed meanwhile"):
        approve_form(cast.priya, number, read)


def test_who_changed_a_draft_last_has_drafted_it(cast: Cast) -> None:
    number = draft(cast.priya)
    revise_draft(cast.ada, number, lambda form: form)
    approve(cast.priya, number)
    assert current_form().drafted_by == cast.ada.display_name


@pytest.mark.parametrize("how", ["change", "discard", "approve"])
@pytest.mark.parametrize("state", [FormState.APPROVED, FormState.SUPERSEDED, FormState.DISCARDED])
def test_only_a_draft_is_changed_discarded_or_approved(
    cast: Cast, state: FormState, how: str
) -> None:
    number = draft(cast.ada)
    FormVersion.objects.filter(number=number).update(state=state.value)
    acts: dict[str, Callable[[], None]] = {
        "change": lambda: change_draft(cast.ada, number, SHIPPED),
        "discard": lambda: discard_draft(cast.ada, number),
        "approve": lambda: approve(cast.priya, number),
    }
    before = FormVersion.objects.values().get(number=number)
    with pytest.raises(FormRefusedError):
        acts[how]()
    assert FormVersion.objects.values().get(number=number) == before


def test_one_form_is_in_use_and_the_one_before_stays_readable(cast: Cast) -> None:
    first, second = draft(cast.ada), draft(cast.ada)
    for number in (first, second):
        approve(cast.priya, number)
    assert current_form().number == second
    assert form_version(first).state is FormState.SUPERSEDED
    assert form_version(first).form == SHIPPED
    assert [item.number for item in form_versions()] == [second, first]


def test_the_table_itself_refuses_a_second_form_in_use(cast: Cast) -> None:
    for _ in range(2):
        draft(cast.ada)
    with pytest.raises(IntegrityError), transaction.atomic():
        FormVersion.objects.update(state=FormState.APPROVED.value)


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "theo", "priya"])
def test_who_is_no_administrator_drafts_nothing(cast: Cast, name: str) -> None:
    asker, number = getattr(cast, name), draft(cast.ada)
    for act in (
        lambda: new_draft(asker),
        lambda: import_form(asker, write_form(SHIPPED)),
        lambda: change_draft(asker, number, SHIPPED),
        lambda: discard_draft(asker, number),
    ):
        with pytest.raises(FormNotFoundError):
            act()


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "theo", "ada"])
def test_who_is_no_privacy_officer_approves_nothing(cast: Cast, name: str) -> None:
    number = draft(cast.priya)
    with pytest.raises(FormNotFoundError):
        approve(getattr(cast, name), number)


def test_a_form_comes_back_from_an_export_as_it_was(cast: Cast) -> None:
    number = import_form(cast.ada, write_form(SHIPPED))
    assert form_version(number).form == SHIPPED


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "null", '{"uses": 3}', "[" * 100_000, '{"uses":[{"purpose":"x"}]}']
)
def test_what_is_no_form_is_not_imported(cast: Cast, content: str) -> None:
    with pytest.raises(MalformedFormError):
        import_form(cast.ada, content)


def test_a_form_in_an_unknown_language_is_not_imported(cast: Cast) -> None:
    form = replace(SHIPPED, texts={**SHIPPED.texts, "tlh": SHIPPED.texts["en"]})
    with pytest.raises(FormRefusedError, match="tlh"):
        import_form(cast.ada, write_form(form))


def test_a_draft_that_is_discarded_is_kept(cast: Cast) -> None:
    number = draft(cast.ada)
    discard_draft(cast.ada, number)
    assert form_version(number).state is FormState.DISCARDED
    assert Event.objects.filter(tag=EventTag.CONSENT_FORM_DISCARDED.value).count() == 1
