"""The certificate as a page: its words, its structure, and what cannot stand on it."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from time import perf_counter

import pytest
from tests.unit.engines.documents.readers import opened, root, tags, text

from safelight.engines.documents import (
    CertificateCount,
    CertificateLabels,
    CertificateLine,
    UnfitContentError,
    WithdrawalCertificate,
    render_certificate,
)

CODE = "3bb2014c-20a0-4070-88a4-535e34a30b6f"
LABELS = CertificateLabels(
    **{
        item.name: f"Label {item.name}" for item in fields(CertificateLabels) if item.name != "page"
    },
    page="Page {n} of {m}",
)
CERTIFICATE = WithdrawalCertificate(
    language="en",
    created_at=datetime(2026, 3, 9, 14, 5, tzinfo=UTC),
    title="Certificate of withdrawal, number 1",
    institution="Test Hospital",
    contact_name="Photography desk",
    contact_phone="+1 555 010 0199",
    withdrawal=CODE,
    scope="Every use",
    effective="9 March 2026, 14:05",
    issued="9 March 2026, 14:06",
    remark="Nothing remains to be done.",
    counts=(CertificateCount(words="erased", count=2),),
    lines=(
        CertificateLine(text="Picture 1: erased", is_open=False, proof=CODE),
        CertificateLine(text="Copy 1: asked", is_open=True, proof=""),
    ),
    not_retractable=("Publication 1: printed",),
    kept=("The law says so.",),
    backups="Days: 7.",
    check_url="https://safelight.example/verify/receipt/",
    checkpoint="safelight/log/1\n51\nabc=",
    inclusion="49\nAf==",
    labels=LABELS,
)
SECTIONS = ("summary", "lines", "not_retractable", "kept", "backups", "checking")


def test_everything_is_read_again_and_a_screen_reader_finds_its_way():
    pdf = render_certificate(CERTIFICATE)
    words = text(pdf)
    said = (CERTIFICATE.contact_phone, CODE, "Picture 1: erased", "Copy 1: asked", "Days: 7.")
    assert [item for item in said if item not in words] == []
    found = tags(pdf)
    assert [tag.title for tag in found if tag.kind == "H1"] == [CERTIFICATE.title]
    headings = [tag.title for tag in found if tag.kind == "H2"]
    assert headings == [f"Label {name}" for name in SECTIONS]
    assert [tag.alt for tag in found if tag.kind == "Figure"] == ["Label check_code_alt"]
    assert root(pdf)["/Lang"] == "en"
    assert opened(pdf).metadata.title == CERTIFICATE.title
    assert b"pdfuaid" in pdf


def test_what_there_is_nothing_of_has_no_heading():
    least = replace(CERTIFICATE, counts=(), not_retractable=(), kept=())
    headings = [tag.title for tag in tags(render_certificate(least)) if tag.kind == "H2"]
    assert headings == ["Label lines", "Label backups", "Label checking"]


def test_words_that_look_like_commands_are_words():
    hostile = '#read("/etc/passwd") #panic() $x$ *bold* \\ \u202e'
    line = CertificateLine(text=hostile, is_open=False, proof="")
    words = text(render_certificate(replace(CERTIFICATE, lines=(line,), scope=hostile)))
    assert '#read("/etc/passwd") #panic() $x$ *bold*' in words


@pytest.mark.parametrize(
    "changes",
    [
        {"language": "en-GB; x"},
        {"check_url": "javascript:alert(1)"},
        {"created_at": datetime(2026, 3, 9)},  # noqa: DTZ001 - a time without a zone
        {"backups": "x" * 3_000_001},
    ],
)
def test_what_cannot_stand_on_the_page_is_refused(changes):
    with pytest.raises(UnfitContentError):
        render_certificate(replace(CERTIFICATE, **changes))


def test_the_most_lines_that_are_told_one_by_one_are_set_within_seconds():
    line = CertificateLine(
        text="Picture 1: erased, and its key destroyed", is_open=False, proof=CODE
    )
    began = perf_counter()
    pdf = render_certificate(replace(CERTIFICATE, lines=(line,) * 1500))
    assert perf_counter() - began < 20
    assert text(pdf).count(CODE) >= 1500
