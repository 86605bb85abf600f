"""Drafting, reading and approving the consent form, as the browser asks for it."""

import json
from html import unescape
from typing import Any

import pytest
from django.test import Client
from tests.cast import Cast
from tests.consenting import CONTACT, approved_form, shipped_form
from tests.sessions import browser_of

from safelight.audit.models import Event
from safelight.consent.rules.form import Form, write_form
from safelight.consent.selectors.forms import current_form, form_version, form_versions
from safelight.consent.services.forms import draft_form, new_draft
from safelight.vocabulary.consent_forms import FormState, TextStyle
from safelight.vocabulary.purposes import Purpose

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])


@pytest.fixture
def ada(cast: Cast) -> Client:
    return browser_of(cast.ada)


@pytest.fixture
def priya(cast: Cast) -> Client:
    return browser_of(cast.priya)


@pytest.fixture
def draft(cast: Cast) -> int:
    """Ada's draft, which says what the version in use says."""
    approved_form()
    return new_draft(cast.ada)


def saved(number: int) -> Form:
    return form_version(number).form


def basics(number: int, **changed: str) -> dict[str, str]:
    """The first page of a draft as it would be posted."""
    fields = {"name": CONTACT.name, "phone": CONTACT.phone}
    for use in saved(number).uses:
        key = f"{use.purpose.value}.{use.audience.value}"
        fields[f"asked-{key}"] = "on"
        fields[f"people-{key}"] = str(use.people or "")
        fields[f"months-{key}"] = str(use.months or "")
    return fields | changed


def text(page: Any) -> str:
    return unescape(page.content.decode())


def approve(priya: Client, number: int, read: str | None = None) -> Any:
    read = read or form_version(number).content_sha256
    return priya.post(f"/forms/{number}/approve/", {"content_sha256": read}, follow=True)


def test_the_first_draft_brings_the_shipped_words_and_asks_whom_to_call(ada: Client) -> None:
    page = ada.post("/forms/new/", follow=True)
    (known,) = form_versions()
    assert page.redirect_chain == [(f"/forms/{known.number}/edit/", 302)]
    assert known.form.texts == shipped_form().texts
    assert "Name whom patients can call." in text(page)


def test_a_later_draft_begins_as_the_version_in_use(cast: Cast, draft: int) -> None:
    assert saved(draft) == current_form().form
    assert form_version(draft).drafted_by == cast.ada.display_name


def test_contact_and_uses_are_saved(ada: Client, draft: int) -> None:
    lecture, group = "lecture.lecture-hall", "small-group-teaching.small-group"
    fields = basics(draft, phone="+1 555 010 0142", **{f"people-{group}": "8"})
    del fields[f"asked-{lecture}"]
    assert ada.post(f"/forms/{draft}/edit/", fields).status_code == 302
    uses = {use.purpose: use for use in saved(draft).uses}
    assert saved(draft).contact.phone == "+1 555 010 0142"
    assert Purpose.LECTURE not in uses
    assert uses[Purpose.SMALL_GROUP_TEACHING].people == 8


def test_a_number_that_is_none_is_said_and_what_was_typed_stays(ada: Client, draft: int) -> None:
    group = "small-group-teaching.small-group"
    fields = basics(draft, name="New desk", **{f"people-{group}": "a dozen"})
    page = ada.post(f"/forms/{draft}/edit/", fields)
    assert page.status_code == 422
    assert 'value="a dozen"' in text(page)
    assert 'value="New desk"' in text(page)
    assert saved(draft).contact == CONTACT


def test_one_text_is_saved_and_the_others_stay(ada: Client, draft: int) -> None:
    before = saved(draft)
    ada.post(f"/forms/{draft}/edit/ar/easy-read/", {"title": "صوركم"})
    after = saved(draft)
    assert after.texts["ar"][TextStyle.EASY_READ].title == "صوركم"
    assert after.texts["ar"][TextStyle.STANDARD] == before.texts["ar"][TextStyle.STANDARD]
    assert after.texts["en"] == before.texts["en"]


def test_arabic_is_written_from_right_to_left(ada: Client, draft: int) -> None:
    page = text(ada.get(f"/forms/{draft}/edit/ar/standard/"))
    assert page.count('lang="ar" dir="rtl"') > 20
    assert 'dir="rtl"' not in text(ada.get(f"/forms/{draft}/edit/fr/standard/"))


def test_what_is_missing_is_said_on_the_page_where_it_is_mended(ada: Client, draft: int) -> None:
    ada.post(f"/forms/{draft}/edit/fr/standard/", {"statement-copy-text": "Non."})
    sentence = "A required statement is missing: You get a copy."
    assert sentence in text(ada.get(f"/forms/{draft}/edit/fr/standard/"))
    assert sentence not in text(ada.get(f"/forms/{draft}/edit/fr/easy-read/"))
    assert "1 to mend" in text(ada.get(f"/forms/{draft}/edit/"))


def test_a_language_goes_and_comes_back_in_the_shipped_words(ada: Client, draft: int) -> None:
    ada.post(f"/forms/{draft}/languages/", {"remove": "es"})
    assert "es" not in saved(draft).texts
    assert ada.get(f"/forms/{draft}/edit/es/standard/").status_code == 404
    ada.post(f"/forms/{draft}/languages/", {"add": "es"})
    assert saved(draft).texts["es"] == shipped_form().texts["es"]
    ada.post(f"/forms/{draft}/languages/", {"add": "tlh"})
    assert set(saved(draft).texts) == {"en", "es", "fr", "ar"}


def test_a_discarded_draft_is_read_and_never_approved(
    ada: Client, priya: Client, draft: int
) -> None:
    ada.post(f"/forms/{draft}/discard/")
    assert form_version(draft).state is FormState.DISCARDED
    assert ada.get(f"/forms/{draft}/").status_code == 200
    approve(priya, draft)
    assert current_form().number != draft


def test_the_privacy_officer_reads_the_differences_and_approves(
    ada: Client, priya: Client, cast: Cast, draft: int
) -> None:
    ada.post(f"/forms/{draft}/edit/en/standard/", {"refuse": "No, thank you"})
    page = text(priya.get(f"/forms/{draft}/approve/"))
    assert "<del>I do not agree</del><ins>thank you</ins>" in page
    assert page.count('class="wording card') == 8
    before = current_form().number
    assert "is in use now" in text(approve(priya, draft))
    assert current_form().number == draft
    assert current_form().approved_by == cast.priya.display_name
    assert form_version(before).state is FormState.SUPERSEDED
    assert Event.objects.filter(tag="consent:form:approved", actor=cast.priya.staff).count() == 1


def test_what_was_changed_after_it_was_read_is_not_approved(
    ada: Client, priya: Client, draft: int
) -> None:
    read = form_version(draft).content_sha256
    ada.post(f"/forms/{draft}/edit/en/standard/", {"agree": "Yes, of course"})
    assert "Please read it again" in text(approve(priya, draft, read))
    assert current_form().number != draft


def test_a_draft_with_findings_offers_no_approval_and_takes_none(
    ada: Client, priya: Client, draft: int
) -> None:
    ada.post(f"/forms/{draft}/edit/", basics(draft, phone=""))
    page = text(priya.get(f"/forms/{draft}/approve/"))
    assert "This cannot be approved yet" in page
    assert 'name="content_sha256"' not in page
    assert "telephone number" in text(approve(priya, draft))
    assert current_form().number != draft


def test_an_approved_version_is_never_changed(ada: Client, priya: Client, draft: int) -> None:
    approve(priya, draft)
    content = form_version(draft).content_sha256
    ada.post(f"/forms/{draft}/edit/", {"name": "Other", "phone": ""})
    ada.post(f"/forms/{draft}/edit/en/standard/", {"title": "Other"})
    ada.post(f"/forms/{draft}/languages/", {"remove": "en"})
    page = ada.post(f"/forms/{draft}/discard/", follow=True)
    assert "never changed" in text(page)
    assert form_version(draft).content_sha256 == content
    assert current_form().number == draft
    assert ada.get(f"/forms/{draft}/edit/").status_code == 302


def test_neither_does_the_work_of_the_other(ada: Client, priya: Client, draft: int) -> None:
    assert approve(ada, draft).status_code == 404
    for path in ("new/", "import/", f"{draft}/edit/", f"{draft}/discard/", f"{draft}/languages/"):
        assert priya.post(f"/forms/{path}", {"content": "{}"}).status_code == 404
    assert current_form().number != draft
    assert form_version(draft).state is FormState.DRAFT


@pytest.mark.parametrize("name", ["alice", "theo"])
def test_nobody_else_reads_any_of_it(cast: Cast, draft: int, name: str) -> None:
    client = browser_of(getattr(cast, name))
    for path in ("", f"{draft}/", f"{draft}/export/", f"{draft}/approve/", f"{draft}/edit/"):
        assert client.get(f"/forms/{path}").status_code == 404


def test_a_form_that_was_downloaded_can_be_taken_in_again(ada: Client, draft: int) -> None:
    file = ada.get(f"/forms/{draft}/export/")
    assert file["Content-Disposition"] == f'attachment; filename="consent-form-{draft}.json"'
    page = ada.post("/forms/import/", {"content": file.content.decode()}, follow=True)
    newest = form_versions()[0]
    assert page.redirect_chain == [(f"/forms/{newest.number}/edit/", 302)]
    assert newest.number != draft
    assert newest.content_sha256 == form_version(draft).content_sha256


def broken(**changed: object) -> str:
    return json.dumps(json.loads(write_form(shipped_form())) | changed)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "line 1, column 1"),
        ("{\n  uses", "line 2, column 3"),
        ("[]", "not a consent form"),
        ("{}", "lacks “uses”"),
        ('{"uses": [{"purpose": "magic"}]}', "does not know “magic”"),
        (broken(contact={"name": "Desk"}), "lacks “phone”"),
        (broken(texts={"en": {"plain": {}}}), "does not know “plain”"),
        (broken(texts={"en": {"standard": {"title": 7}}}), "where “7” stands"),
        (broken(texts={"tlh": {}}), "'tlh'"),
        (broken(texts={"en": {"standard": {"title": "\ud800"}}}), "not a consent form"),
        (
            broken(uses=[{"purpose": "lecture", "audience": "lecture-hall", "months": 0}]),
            "whole numbers",
        ),
        ("[" * 100_000, "not a consent form"),
    ],
)
def test_what_is_no_form_is_refused_with_the_reason(
    ada: Client, content: str, sentence: str
) -> None:
    page = ada.post("/forms/import/", {"content": content})
    assert page.status_code == 422
    assert sentence in text(page)
    assert form_versions() == []


def test_each_text_is_shown_as_the_patient_reads_it(priya: Client, draft: int) -> None:
    page = text(priya.get(f"/forms/{draft}/?language=ar&style=easy-read"))
    assert '<div class="wording card card--roomy" lang="ar" dir="rtl">' in page
    assert "Test Hospital" in page
    assert "{institution}" not in page
    assert "pictograms.svg#see-first" in page
    assert "pictograms.svg" not in text(priya.get(f"/forms/{draft}/?language=en&style=standard"))


def test_a_form_in_use_and_the_institution_s_decisions_stand_in_the_list(priya: Client) -> None:
    number = approved_form()
    page = text(priya.get("/forms/"))
    assert f"Version {number}" in page
    assert "safelight policy --social-media 1" in page
    assert "Agreed in words" in page


def test_words_that_look_like_a_page_are_only_words(ada: Client, priya: Client) -> None:
    number = draft_form(shipped_form(), drafted_by=None)
    ada.post(f"/forms/{number}/edit/en/standard/", {"title": "<script>alert(1)</script>"})
    for page in (ada.get(f"/forms/{number}/edit/en/standard/"), priya.get(f"/forms/{number}/")):
        assert "<script>alert" not in page.content.decode()
