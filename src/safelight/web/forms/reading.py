"""Reading the versions of the consent form, and taking one along as a file."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from safelight.consent.rules.form import Form, write_form
from safelight.consent.rules.form_check import check_form
from safelight.consent.selectors.forms import KnownForm, form_versions
from safelight.institution.selectors import current_house, current_policy
from safelight.people.asker import Asker
from safelight.vocabulary.consent_forms import LANGUAGES, FormState
from safelight.vocabulary.roles import Role
from safelight.web.doors import form_reader
from safelight.web.forms.shown import Tongue, find_version, finding_groups, shown_text, tongues_of
from safelight.web.forms.switches import switches_of
from safelight.web.forms.uses import use_lines


@dataclass(frozen=True)
class VersionCard:
    known: KnownForm
    languages: str
    findings: int


@require_safe
@form_reader
def versions(request: HttpRequest, asker: Asker) -> HttpResponse:
    """What is in use, what is drafted, what was in use before."""
    cards = [_card(known) for known in form_versions()]
    by_state = {state.name.lower(): _of_state(cards, state) for state in FormState}
    context = {
        **by_state,
        "is_administrator": asker.role is Role.ADMINISTRATOR,
        "to_approve": next((card for card in by_state["draft"] if not card.findings), None),
        "switches": switches_of(current_policy()),
    }
    return render(request, "forms/list.html", context)


def _card(known: KnownForm) -> VersionCard:
    names = [name for language, name in LANGUAGES.items() if language in known.form.texts]
    is_draft = known.state is FormState.DRAFT
    return VersionCard(known, ", ".join(names), len(check_form(known.form)) if is_draft else 0)


def _of_state(cards: list[VersionCard], state: FormState) -> list[VersionCard]:
    return [card for card in cards if card.known.state is state]


@require_safe
@form_reader
def version(request: HttpRequest, asker: Asker, number: int) -> HttpResponse:
    """Any version, one text of it as the patient reads it."""
    known = find_version(number)
    tongues = tongues_of(known.form, check_form(known.form))
    chosen = _chosen(tongues, request.GET.get("language", ""), request.GET.get("style", ""))
    context = {
        **version_context(known),
        "is_administrator": asker.role is Role.ADMINISTRATOR,
        "is_approver": asker.role is Role.PRIVACY_OFFICER,
        "tongues": tongues,
        "chosen": chosen,
        "text": shown_text(known.form, chosen, current_house().name) if chosen else None,
    }
    return render(request, "forms/version.html", context)


def version_context(known: KnownForm) -> dict[str, Any]:
    """What every page about one version says."""
    return {
        "known": known,
        "is_draft": known.state is FormState.DRAFT,
        "uses": use_lines(known.form),
        "findings": finding_groups(known.form),
    }


def _chosen(tongues: list[Tongue], language: str, style: str) -> Tongue | None:
    wanted = [item for item in tongues if (item.language, item.style) == (language, style)]
    return next(iter(wanted or tongues), None)


@require_safe
@form_reader
def export(request: HttpRequest, asker: Asker, number: int) -> HttpResponse:
    """The version as JSON, laid out to be read and compared; `forms:import` takes it back."""
    known = find_version(number)
    response = HttpResponse(_laid_out(known.form), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="consent-form-{known.number}.json"'
    return response


def _laid_out(form: Form) -> str:
    return json.dumps(json.loads(write_form(form)), ensure_ascii=False, indent=2, sort_keys=True)
