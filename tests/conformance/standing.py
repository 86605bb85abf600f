"""A hospital in which everything is open: a picture agreed to, and everybody signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.urls import get_resolver, reverse
from tests.conformance.site import Browser, Site
from tests.conformance.ways_of_patients import arrive
from tests.consenting import TEACHING, answer_all, look_at_all, proposal_of, sign_now
from tests.taking import take_labelled


@dataclass(frozen=True)
class Standing:
    """Whose browsers are open, and what stands where an address has a gap."""

    browsers: Mapping[str, Browser]
    values: Mapping[str, object]


def stand(site: Site) -> Standing:
    cast = site.cast
    photograph = take_labelled(cast.alice, cast.petra)
    proposal = proposal_of(cast.alice, cast.petra, [photograph])
    petra, visit = arrive(site, proposal)
    look_at_all(visit)
    answer_all(visit, TEACHING)
    sign_now(visit)
    staff = (cast.alice, cast.bob, cast.theo, cast.priya, cast.ada)
    browsers = {item.display_name: site.browser_of(item) for item in staff}
    values = {"patient": cast.petra, "photograph": photograph, "proposal": proposal}
    return Standing({**browsers, "petra": petra, "nobody": Browser()}, values)


_OTHERS = {
    "letters": "ABCDEFGHJKMN",
    "rendition": "display",
    "pk": 1,
    "number": 1,
    "language": "en",
    "style": "standard",
    "form": "fhir",
}


def url_of(name: str, standing: Standing) -> str:
    """The address with what stands there filled in; what is not there is some id."""
    gaps = _gaps(name)
    return reverse(
        name, kwargs={gap: standing.values.get(gap) or _OTHERS.get(gap) or uuid4() for gap in gaps}
    )


def _gaps(name: str) -> list[str]:
    space, _, last = name.rpartition(":")
    resolver = get_resolver()
    for part in filter(None, space.split(":")):
        resolver = resolver.namespace_dict[part][1]
    (found, *_more) = resolver.reverse_dict.getlist(last)
    return list(found[0][0][1])
