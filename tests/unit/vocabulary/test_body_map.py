"""The drawings of the body map against the table of body sites."""

import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from django.template import Context, Engine

import safelight.web
from safelight.vocabulary.body_sites import BODY_SITES, body_site, body_site_options
from safelight.vocabulary.laterality import Laterality

TEMPLATES = Path(safelight.web.__file__).parent / "templates"
ENGINE = Engine(dirs=[str(TEMPLATES)], libraries={"i18n": "django.templatetags.i18n"})
SCRIPT = Path(safelight.web.__file__).parent / "static" / "safelight" / "body-map.js"
VIEWS = ("front", "back", "head", "hands", "feet")


def _render(name, **values):
    return ENGINE.get_template(f"clinic/{name}").render(Context(values))


def _tree(name, **context):
    # The drawings are well-formed XML; SVG inside HTML has no namespace prefix.
    return ET.fromstring(f"<root>{_render(name, prefix='p', **context)}</root>")  # noqa: S314 (ours)


def _regions(view):
    return [e for e in _tree(f"body_map/{view}.html").iter("path") if "data-region" in e.attrib]


def _side(region):
    return Laterality(region.get("data-laterality", "not_applicable"))


DRAWN = [(view, region) for view in VIEWS for region in _regions(view)]


def test_the_map_has_as_many_regions_as_a_photographer_needs():
    assert len(DRAWN) > 150


@pytest.mark.parametrize(
    ("view", "region"),
    DRAWN,
    ids=lambda part: part if isinstance(part, str) else part.get("d")[:12],
)
def test_every_region_names_a_site_that_lies_there(view, region):
    site = body_site(region.attrib["data-site"])
    assert region.attrib["data-region"] in site.regions
    assert region.attrib["data-region"].startswith(f"{view}-")


def test_every_sided_region_allows_its_side():
    for _, region in DRAWN:
        if "data-laterality" in region.attrib:
            assert body_site(region.attrib["data-site"]).allows(_side(region))


def test_a_region_without_a_side_never_leaves_one_owed():
    for _, region in DRAWN:
        if "data-laterality" not in region.attrib:
            assert body_site(region.attrib["data-site"]).allows(Laterality.NOT_APPLICABLE)


def test_every_region_of_the_table_is_drawn_and_every_drawn_one_is_in_the_table():
    drawn = {region.attrib["data-region"] for _, region in DRAWN}
    assert drawn == {name for site in BODY_SITES.values() for name in site.regions}


def test_right_and_left_are_drawn_alike():
    sides: dict[Laterality, list[tuple[str, str]]] = {Laterality.LEFT: [], Laterality.RIGHT: []}
    for _, region in DRAWN:
        if "data-laterality" in region.attrib:
            sides[_side(region)].append((region.attrib["data-region"], region.attrib["d"]))
    assert sorted(sides[Laterality.LEFT]) == sorted(sides[Laterality.RIGHT])


@pytest.mark.parametrize(("view", "on_the_viewers_left"), [("front", "right"), ("back", "left")])
def test_the_patients_sides_lie_where_the_reader_sees_them(view, on_the_viewers_left):
    """The half body is drawn on the viewer's right; turning it over puts it on the left."""
    figure = _tree(f"body_map/{view}.html").find("svg")
    assert figure is not None
    turned = [g for g in figure.findall("g") if g.get("transform") == "scale(-1 1)"]
    found = {path.get("data-laterality") for g in turned for path in g.iter("path")}
    assert found == {on_the_viewers_left}
    letters = {float(text.attrib["x"]) < 0: text.text for text in figure.iter("text")}
    assert letters[True] == on_the_viewers_left[0].upper()
    assert letters[False] != letters[True]


@pytest.mark.parametrize("view", VIEWS)
def test_every_place_to_look_closer_at_exists(view):
    assert {region.get("data-zoom", view) for region in _regions(view)} <= set(VIEWS)


def test_the_page_needs_no_inline_style_or_script():
    page = _render("body_map.html", sites_json=body_site_options())
    assert not re.search(r"\s(style|on\w+)=|<style|javascript:", page)
    assert re.findall(r"<script[^>]*>", page) == [
        '<script id="body-site-data" type="application/json">'
    ]


def test_without_the_script_the_form_still_asks_for_site_and_side():
    page = _render(
        "body_map.html",
        sites_json=body_site_options(),
        selected_site="76505004",
        selected_laterality="left",
    )
    assert all(f'<option value="{code}"' in page for code in BODY_SITES)
    assert '<option value="76505004" selected>Thumb' in page
    for side in Laterality:
        chosen = " checked" if side is Laterality.LEFT else ""
        assert f'name="laterality" value="{side}"{chosen}>' in page


def test_ids_are_unique_on_the_page():
    page = _render("body_map.html", sites_json=body_site_options())
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(set(ids)) == len(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)
    assert set(re.findall(r'aria-controls="([^"]+)"', page)) <= set(ids)


def test_the_small_figure_lists_where_pictures_exist():
    site = body_site("70559009")
    mark = SimpleNamespace(
        site=site,
        laterality=Laterality.LEFT.value,
        label=site.label(Laterality.LEFT),
        count=12,
        url="?site=70559009&laterality=left",
        current=False,
    )
    link = next(_tree("body_map/figure.html", marks=[mark]).iter("a"))
    assert link.attrib["data-count"] == "12"
    assert link.attrib["data-regions"] == "front-forearm"
    assert link.attrib["href"] == "?site=70559009&laterality=left"
    assert "".join(link.itertext()).split() == ["Left", "forearm,", "front", "12"]


def test_the_script_asks_for_nothing_the_page_does_not_have():
    page = _render("body_map.html", sites_json=body_site_options())
    wanted = set(re.findall(r'part\("([a-z-]+)"\)', SCRIPT.read_text("utf-8")))
    assert wanted
    assert all(re.search(rf"\sdata-bm-{name}[\s>]", page) for name in wanted)
