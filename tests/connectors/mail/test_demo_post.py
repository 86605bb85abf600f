"""The demo keeps what it would have sent, whoever writes and whatever is torn."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.connectors.mail.notices import ENDS, notice

from safelight.connectors.mail import demo
from safelight.connectors.mail.demo import DemoPost
from safelight.connectors.mail.writing import letter_of
from safelight.vocabulary.notices import MailNotSentError, NoticeKind

HERE = "http://localhost:8000"


def test_the_newest_letter_comes_first_with_a_link_to_this_demo(tmp_path: Path) -> None:
    post = DemoPost(tmp_path / "mails")
    first, second = notice(), notice(NoticeKind.SHARE_ENDED, language="ar")
    post.send(first)
    post.send(second)

    letters = DemoPost(tmp_path / "mails").letters(HERE)

    assert letters == [letter_of(second, HERE), letter_of(first, HERE)]
    assert letters[1].link == f"{HERE}/share/7Qm2/"
    assert f"({ENDS:%Z})" in letters[1].body


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    DemoPost(tmp_path / "mails").send(notice())

    assert (tmp_path / "mails").stat().st_mode & 0o777 == 0o600


def test_nothing_was_sent_before_the_first(tmp_path: Path) -> None:
    assert DemoPost(tmp_path / "home" / "mails").letters(HERE) == []


def test_a_torn_or_foreign_line_is_left_out(tmp_path: Path) -> None:
    post, path = DemoPost(tmp_path / "mails"), tmp_path / "mails"
    post.send(notice())
    whole = path.read_bytes()
    for torn in (
        b"{}\n",
        b"[]\n",
        b"\xff\n",
        b"null\n",
        whole[:40] + b"\n",
        whole.replace(b"/share", b"//evil"),
    ):
        with path.open("ab") as file:
            file.write(torn)

    assert len(post.letters(HERE)) == 1


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    post = DemoPost(tmp_path / "mails")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(post.send, [notice()] * 100))

    assert len(post.letters(HERE)) == 100


def test_the_file_does_not_grow_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "LARGEST_FILE", 2000)
    post, path = DemoPost(tmp_path / "mails"), tmp_path / "mails"
    for _ in range(50):
        post.send(notice())

    assert path.stat().st_size < 3000
    assert post.letters(HERE)


def test_a_disk_that_takes_nothing_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()

    with pytest.raises(MailNotSentError):
        DemoPost(tmp_path / "mails").send(notice())
