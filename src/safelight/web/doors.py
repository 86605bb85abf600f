"""Who may knock at a page. What is behind it decides again for itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.roles import AGREEMENT_ROLES, CLINICAL_ROLES, Role
from safelight.web.refusals import not_found

Page = Callable[Concatenate[HttpRequest, Asker, ...], HttpResponseBase]
View = Callable[..., HttpResponseBase]


def _door(roles: frozenset[Role]) -> Callable[[Page], View]:
    """Only for `roles`. Anybody else, and every refusal behind it, gets the page for *missing*."""

    def decorate(page: Page) -> View:
        @wraps(page)
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401
            asker: Asker | None = getattr(request, "asker", None)
            if asker is None:
                return redirect_to_login(request.path)
            if asker.role not in roles:
                return not_found(request)
            try:
                return page(request, asker, *args, **kwargs)
            except AccessRefusedError:
                return not_found(request)

        view.roles = roles  # type: ignore[attr-defined] # read by the house test of every address
        return view

    return decorate


clinical = _door(CLINICAL_ROLES)
privacy_officer = _door(frozenset({Role.PRIVACY_OFFICER}))
administrator = _door(frozenset({Role.ADMINISTRATOR}))
form_reader = _door(frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER}))
teacher = _door(AGREEMENT_ROLES)
