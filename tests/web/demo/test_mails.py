"""The demo's mails are on a page of the demo, and of nothing else."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from tests.cast import Cast

from safelight.connectors.mail.demo import DemoPost
from safelight.vocabulary.notices import Notice, NoticeKind
from safelight.web.demo import ports, urls

pytestmark = pytest.mark.django_db(databases=["default", "keystore"])

PAGE = "/demo/mails/"


@pytest.fixture
def post(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DemoPost:
    """An empty letter box of this test alone."""
    box = DemoPost(tmp_path / "mails")
    monkeypatch.setattr(ports.wiring, "mailbox", box)
    return box


def notice(language: str = "en") -> Notice:
    return Notice(
        kind=NoticeKind.PICTURES_SHARED,
        language=language,
        recipient="rhea@clinic.example",
        institution="Harbour <b>Hospital</b>",
        phone="+33 1 23 45 67 89",
        path="/share/7Qm2/",
        ends_at=datetime(2026, 6, 9, 18, 30, tzinfo=UTC),
    )


def test_a_letter_is_shown_with_its_recipient_words_and_link(post: DemoPost) -> None:
    post.send(notice())

    page = Client().get(PAGE).content.decode()

    assert "rhea@clinic.example" in page
    assert 'href="http://testserver/share/7Qm2/"' in page
    assert page.count("http://testserver/share/7Qm2/") == 2
    assert "+33 1 23 45 67 89" in page
    assert "<b>" not in page


def test_a_letter_in_arabic_runs_from_right_to_left(post: DemoPost) -> None:
    post.send(notice("ar"))

    assert 'lang="ar" dir="rtl"' in Client().get(PAGE).content.decode()


def test_before_the_first_letter_the_page_says_how_to_send_one(post: DemoPost) -> None:
    assert "Nothing has been sent yet" in Client().get(PAGE).content.decode()


def test_nothing_is_shown_outside_the_demo(post: DemoPost) -> None:
    post.send(notice())
    with override_settings(SAFELIGHT_DEMO=False):
        assert Client().get(PAGE).status_code == 404


def test_nothing_is_shown_without_a_letter_box(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports.wiring, "mailbox", None)

    assert Client().get(PAGE).status_code == 404


def test_the_page_is_only_looked_at(post: DemoPost) -> None:
    assert Client().post(PAGE).status_code == 405


def test_the_address_is_there_in_demo_mode() -> None:
    assert settings.CONFIGURATION.is_demo
    assert [item.name for item in urls.urlpatterns] == ["mails"]


def test_the_door_of_the_demo_leads_there(cast: Cast, post: DemoPost) -> None:
    assert f'href="{PAGE}"' in Client().get("/accounts/login/").content.decode()
