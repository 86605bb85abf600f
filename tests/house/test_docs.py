"""The documents say what the code says, and point to files that are there."""

import re
from pathlib import Path

import pytest
from tests.house.make_reference import PAGES, REFERENCE, error_classes

from safelight.consent.rules.states import diagram
from safelight.engines.policy import Reason
from safelight.vocabulary.events import EventTag

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EVERY_PAGE = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])
FOR_SOMEBODY = [
    page
    for page in EVERY_PAGE
    if page.parent.name in {"design", "guides", "security", "operations"} or page.parent == DOCS
]

LINK = re.compile(r"\]\(([^)#\s]+)(#[^)\s]+)?\)")
OWN_LINK = re.compile(r"\]\(#([^)\s]+)\)")
PATH = re.compile(r"`((?:src|tests|docs|requirements)/[\w./-]+)`")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    titles = HEADING.findall(page.read_text())
    kept = (re.sub(r"[^\w\s-]", "", title.lower()) for title in titles)
    return {re.sub(r"\s", "-", title.strip()) for title in kept}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_made_from_the_code_is_up_to_date(name: str) -> None:
    written = (REFERENCE / name).read_text()
    assert written == PAGES[name](), "run `python -m tests.house.make_reference`"


def test_every_step_of_an_agreement_can_be_drawn() -> None:
    """Mermaid ends the words of a step at a second colon or a semicolon, and draws nothing then."""
    steps = [line for line in diagram().splitlines() if "-->" in line]
    assert [line for line in steps if line.count(":") > 1 or ";" in line] == []


def test_every_kind_of_event_is_told_of_and_no_other() -> None:
    told = re.findall(r"^\| `([a-z:-]+)` \|", (REFERENCE / "events.md").read_text(), re.MULTILINE)
    assert sorted(told) == sorted(tag.value for tag in EventTag)


def test_every_reason_of_a_denial_is_told_of() -> None:
    page = (REFERENCE / "reasons.md").read_text()
    assert [item.value for item in Reason if f"`{item.value}`" not in page] == []


def test_every_error_has_a_code_of_its_own_and_is_told_of() -> None:
    page = (REFERENCE / "errors.md").read_text()
    codes = [error.code for error in error_classes()]
    assert len(codes) > 30
    assert len(codes) == len(set(codes))
    assert [code for code in codes if f"`{code}`" not in page] == []


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    dead = []
    for target, anchor in LINK.findall(page.read_text()):
        if "://" in target:
            continue
        there = (page.parent / target).resolve()
        if not there.exists() or (anchor and anchor[1:] not in anchors(there)):
            dead.append(target + anchor)
    dead += [anchor for anchor in OWN_LINK.findall(page.read_text()) if anchor not in anchors(page)]
    assert dead == []


@pytest.mark.parametrize("page", EVERY_PAGE, ids=name_of)
def test_every_path_that_a_page_names_exists(page: Path) -> None:
    assert [path for path in PATH.findall(page.read_text()) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("page", FOR_SOMEBODY, ids=name_of)
def test_a_page_says_first_whom_it_is_for(page: Path) -> None:
    title, blank, audience = page.read_text().splitlines()[:3]
    assert title.startswith("# ")
    assert blank == ""
    assert audience.lstrip("*").startswith("For ")
