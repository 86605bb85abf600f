"""Writing a draft: whom to call, what to ask, and each text. Every page is saved by itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from safelight.consent.defaults import default_form
from safelight.consent.errors import FormNotFoundError, FormRefusedError, MalformedFormError
from safelight.consent.rules.form import Contact, Form, Text, Use
from safelight.consent.rules.form_check import check_form
from safelight.consent.selectors.forms import KnownForm
from safelight.consent.services.forms import revise_draft
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.consent_forms import (
    LANGUAGES,
    PLACEHOLDERS,
    USE_PLACEHOLDERS,
    FormState,
    TextStyle,
)
from safelight.web.clinic.forms import one_of, refusal
from safelight.web.doors import administrator
from safelight.web.forms.fields import NO_TEXT, groups_of, with_posted
from safelight.web.forms.reading import version_context
from safelight.web.forms.shown import find_version, tongue, tongues_of
from safelight.web.forms.uses import UseRow, posted_rows, purposes_of, read_uses, use_rows

LONGEST_LINE = 200


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def edit(request: HttpRequest, asker: Asker, number: int) -> HttpResponse:
    """Whom to call and what to ask, with the way to each text."""
    known = find_version(number)
    if known.state is not FormState.DRAFT:
        return redirect("forms:version", number)
    if request.method != "POST":
        return _edit_page(request, known, use_rows(known.form))
    rows = posted_rows(known.form, request.POST.dict())
    try:
        uses = read_uses(rows)
    except MalformedFormError as error:
        return _edit_page(request, known, rows, error.sentence)
    basics = partial(_with_basics, contact=_contact(request), uses=uses)
    return _save(request, asker, number, basics) or redirect("forms:edit", number)


def _edit_page(
    request: HttpRequest, known: KnownForm, rows: Sequence[UseRow], sentence: str = ""
) -> HttpResponse:
    form = known.form
    context: dict[str, Any] = {
        **version_context(known),
        "rows": rows,
        "contact": _contact(request) if sentence else form.contact,
        "tongues": tongues_of(form, check_form(form)),
        "written": {key: name for key, name in LANGUAGES.items() if key in form.texts},
        "not_written": {key: name for key, name in LANGUAGES.items() if key not in form.texts},
    }
    if sentence:
        context["form"] = refusal(sentence)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if sentence else HTTPStatus.OK
    return render(request, "forms/edit.html", context, status=status)


def _contact(request: HttpRequest) -> Contact:
    name, phone = (request.POST.get(key, "").strip()[:LONGEST_LINE] for key in ("name", "phone"))
    return Contact(name, phone)


def _with_basics(form: Form, *, contact: Contact, uses: tuple[Use, ...]) -> Form:
    return replace(form, contact=contact, uses=uses)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def text(
    request: HttpRequest, asker: Asker, number: int, language: str, style: str
) -> HttpResponse:
    """Everything that patients read in one language and style."""
    known, chosen = find_version(number), one_of(TextStyle, style)
    if chosen is None or language not in known.form.texts:
        raise AccessRefusedError
    if known.state is not FormState.DRAFT:
        return redirect("forms:version", number)
    if request.method == "POST":
        written = partial(_with_text, language=language, style=chosen, posted=request.POST.dict())
        here = partial(redirect, "forms:edit_text", number, language, style)
        return _save(request, asker, number, written) or here()
    return render(request, "forms/edit_text.html", _text_context(known, language, chosen))


def _text_context(known: KnownForm, language: str, style: TextStyle) -> dict[str, Any]:
    form = known.form
    findings = check_form(form)
    here = tongue(language, style, findings)
    told = [item for item in findings if (item.language, item.style) == (language, style)]
    return {
        "known": known,
        "here": here,
        "groups": groups_of(form.texts[language].get(style, NO_TEXT), purposes_of(form)),
        "sentences": [item.sentence for item in told],
        "tongues": tongues_of(form, findings),
        "placeholders": sorted(PLACEHOLDERS),
        "use_placeholders": sorted(USE_PLACEHOLDERS),
    }


def _with_text(form: Form, *, language: str, style: TextStyle, posted: Mapping[str, str]) -> Form:
    styles = form.texts.get(language, {})
    written = with_posted(styles.get(style, NO_TEXT), posted, purposes_of(form))
    return _with_styles(form, language, {**styles, style: written})


def _with_styles(form: Form, language: str, styles: Mapping[TextStyle, Text]) -> Form:
    return replace(form, texts={**form.texts, language: styles})


@require_POST
@administrator
def languages(request: HttpRequest, asker: Asker, number: int) -> HttpResponse:
    """Add a language in the shipped words, or take one out of the draft."""
    known = find_version(number)
    added, removed = request.POST.get("add", ""), request.POST.get("remove", "")
    if added in LANGUAGES and added not in known.form.texts:
        shipped = default_form(known.form.contact).texts[added]
        changed = partial(_with_styles, language=added, styles=shipped)
        return _save(request, asker, number, changed) or redirect("forms:edit", number)
    if removed in known.form.texts:
        changed = partial(_without, language=removed)
        return _save(request, asker, number, changed) or redirect("forms:edit", number)
    return redirect("forms:edit", number)


def _without(form: Form, *, language: str) -> Form:
    texts = {key: styles for key, styles in form.texts.items() if key != language}
    return replace(form, texts=texts)


def _save(
    request: HttpRequest, asker: Asker, number: int, revise: Callable[[Form], Form]
) -> HttpResponse | None:
    """Keep a change; where to go instead if the version is a draft no more."""
    try:
        revise_draft(asker, number, revise)
    except FormNotFoundError as error:
        raise AccessRefusedError from error
    except FormRefusedError as error:
        messages.error(request, error.sentence)
        return redirect("forms:version", number)
    messages.success(request, _("Saved. Patients see it once the privacy officer approves it."))
    return None
