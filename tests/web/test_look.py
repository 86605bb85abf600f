"""What holds for every template and stylesheet, whoever writes the next one."""

import re
from pathlib import Path

import pytest

import safelight.web

WEB = Path(safelight.web.__file__).parent
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
STYLESHEETS = sorted((WEB / "static" / "safelight").glob("*.css"))
TOKENS = WEB / "static" / "safelight" / "tokens.css"
SPRITE = WEB / "static" / "safelight" / "icons.svg"

INLINE = re.compile(
    r"\sstyle\s*=|<style|\son[a-z]+\s*=\s*[\"']|javascript:|<script(?![^>]*\ssrc=)", re.IGNORECASE
)
TITLE = re.compile(r"{% block title %}(.*?){% endblock %}", re.DOTALL)
HUED = {"accent", "accent-hover", "accent-edge", "danger", "danger-surface"}


def each(paths):
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(WEB)))


# The index of an archive is opened from a disk, where no server sends a policy, and no other file.
SERVED = [path for path in TEMPLATES if path.parent.name != "own_copy"]


@each(SERVED)
def test_no_template_needs_more_than_the_strict_content_policy(path):
    assert not INLINE.search(path.read_text(encoding="utf-8"))


@each(TEMPLATES)
def test_a_page_title_is_fixed_words_and_never_a_patient(path):
    titles = TITLE.findall(path.read_text(encoding="utf-8"))
    assert not [title for title in titles if "{{" in title]


@each(TEMPLATES)
def test_every_picture_says_what_it_shows(path):
    images = re.findall(r"<img\b(?:{%.*?%}|{{.*?}}|[^>])*>", path.read_text(encoding="utf-8"))
    assert not [image for image in images if " alt=" not in image]


@each(TEMPLATES)
def test_every_posted_form_carries_its_token(path):
    text = path.read_text(encoding="utf-8")
    posted = re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL)
    assert not [form for form in posted if "{% csrf_token %}" not in form]


def test_every_icon_asked_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text(encoding="utf-8")))
    asked = set()
    for path in TEMPLATES:
        asked |= set(
            re.findall(r'icon\.html" with name="([^"]+)"', path.read_text(encoding="utf-8"))
        )
    assert asked
    assert asked <= drawn


def test_greys_have_no_tint_so_that_skin_reads_true():
    named = re.findall(r"--([a-z-]+):\s*#([0-9a-f]{6})\b", TOKENS.read_text(encoding="utf-8"))
    greys = [(name, value) for name, value in named if name not in HUED]
    assert greys
    assert [name for name, value in greys if len({value[0:2], value[2:4], value[4:6]}) > 1] == []


@each(STYLESHEETS)
def test_only_tokens_the_file_of_tokens_defines_are_used(path):
    defined = set(
        re.findall(r"(--[a-z0-9-]+):", "".join(s.read_text("utf-8") for s in STYLESHEETS))
    )
    used = set(re.findall(r"var\((--[a-z0-9-]+)\)", path.read_text(encoding="utf-8")))
    assert used <= defined


@each(STYLESHEETS)
def test_layout_is_written_for_both_reading_directions(path):
    physical = re.compile(
        r"^\s*(?:margin|padding|border)-(?:left|right)\s*:|text-align:\s*(?:left|right)",
        re.MULTILINE,
    )
    found = [line.strip() for line in physical.findall(path.read_text(encoding="utf-8"))]
    allowed = ["margin-left:"] if path.name == "photograph.css" else []  # a picture's own left
    assert found == allowed


INCLUDED = re.compile(r'{%\s*include\s+"([^"]+)"[^%]*%}')
FORM = re.compile(r"(<form\b[^>]*>)(.*?)</form>", re.DOTALL)
FIELD = re.compile(r"<(?:textarea|input)\b[^>]*>", re.DOTALL)
NO_WORDS = re.compile(
    r'type="(?:hidden|radio|checkbox|file|submit|range|date|time|number|password)"'
)


def whole(text: str) -> str:
    """With what it includes by name."""
    return INCLUDED.sub(lambda found: whole(template(found[1])), text)


def template(name: str) -> str:
    path = WEB / "templates" / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


def kept_by_browsers(text: str) -> list[str]:
    """Fields whose words a browser would offer to the next person, and keep for a restored session.

    `autocomplete="off"` on the form is what keeps a field out of both, a word of its own undoes it.
    """
    return [
        field
        for form, inside in FORM.findall(whole(text))
        for field in FIELD.findall(inside)
        if not NO_WORDS.search(field)
        and ('autocomplete="off"' not in form + field or 'autocomplete="name"' in field)
    ]


# The way in, on one's own phone: what is asked there may be filled in by it.
WAYS_IN = {"portal/enter.html", "accounts/idle.html", "account/login.html"}


@each(TEMPLATES)
def test_no_browser_keeps_what_somebody_wrote(path):
    """A ward's tablet goes from hand to hand, and a profile lies on a disk."""
    if path.relative_to(WEB / "templates").as_posix() not in WAYS_IN:
        assert kept_by_browsers(path.read_text(encoding="utf-8")) == []


def test_a_field_that_a_browser_would_keep_is_found():
    assert kept_by_browsers('<form method="post"><textarea name="wish"></textarea></form>')
    assert kept_by_browsers('<form autocomplete="off"><input autocomplete="name"></form>')
    assert kept_by_browsers('<form autocomplete="off"><input name="typed"></form>') == []
