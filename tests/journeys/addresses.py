"""Every address of the staff, from the URLconf, with ids that stand for something real."""

import re
from collections.abc import Iterator, Mapping
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver

OPEN_WHILE_LOCKED = {"lock", "locked"}
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_ANY = {"uuid": str(UUID(int=1)), "int": "1"}


def staff_addresses(known: Mapping[str, str]) -> list[str]:
    """All that ask who is signed in, with what is `known` in the place of parameters."""

    def filled(found: re.Match[str]) -> str:
        converter, name = found.groups()
        return known.get(name, _ANY.get(converter, name))

    return [
        "/" + _PARAMETER.sub(filled, route)
        for route, pattern in _walk(get_resolver(), "")
        if getattr(pattern.callback, "login_required", True)
        and pattern.name not in OPEN_WHILE_LOCKED
    ]


def _walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, URLPattern]]:
    for item in resolver.url_patterns:
        route = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _walk(item, route)
        else:
            yield route, item
