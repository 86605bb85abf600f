"""Retention: the rules in force, what a patient reads of them, and deciding anew."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from safelight.institution.retaining import (
    LONGEST_GROUND,
    MOST_YEARS,
    RetentionRefusedError,
    check_rules,
    decide_retention,
    retention_history,
)
from safelight.institution.retention import RetentionRule, current_retention
from safelight.people.asker import Asker
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import Fate
from safelight.vocabulary.roles import Role
from safelight.web.clinic.forms import Refusal, one_of, refusal
from safelight.web.doors import administrator, form_reader
from safelight.web.privacy.retention_words import fate_words

Rules = Mapping[Sensitivity, RetentionRule]


@dataclass(frozen=True)
class RuleCard:
    """One class of pictures: the rule, and the sentences that a patient reads."""

    code: str
    label: str
    rule: RetentionRule
    words: list[str]

    @property
    def is_erased(self) -> bool:
        return self.rule.fate is Fate.ERASE


def cards_of(rules: Rules) -> list[RuleCard]:
    return [
        RuleCard(name.value, name.display, rules[name], fate_words(rules[name]))
        for name in Sensitivity
    ]


@require_safe
@form_reader
def rules(request: HttpRequest, asker: Asker) -> HttpResponse:
    now = current_retention()
    context = {
        "number": now.number,
        "cards": cards_of(now.rules),
        "history": [
            {
                "number": item.retention.number,
                "since": item.effective_from,
                "cards": cards_of(item.retention.rules),
            }
            for item in retention_history()
        ],
        "is_administrator": asker.role is Role.ADMINISTRATOR,
    }
    return render(request, "privacy/retention.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def decide(request: HttpRequest, asker: Asker) -> HttpResponse:
    """GET: the rules to change. POST: what a patient would read; and once that was read, the decision."""
    if request.method != "POST":
        return _form(request, current_retention().rules)
    typed = _typed(request)
    try:
        check_rules(typed)
        if request.POST.get("read") == "yes":
            return _decided(request, asker, typed)
    except RetentionRefusedError as error:
        return _form(request, typed, refusal(error.sentence))
    context = {"cards": cards_of(typed)}
    return render(request, "privacy/retention_preview.html", context)


def _decided(request: HttpRequest, asker: Asker, typed: Rules) -> HttpResponse:
    number = decide_retention(typed, actor=asker.staff)
    said = _("Version %(number)s counts for what is taken back from now on.")
    messages.success(request, said % {"number": number})
    return redirect("privacy:retention")


def _form(request: HttpRequest, typed: Rules, form: Refusal | None = None) -> HttpResponse:
    context = {
        "cards": cards_of(typed),
        "form": form,
        "most_years": MOST_YEARS,
        "longest_ground": LONGEST_GROUND,
    }
    return render(request, "privacy/retention_decide.html", context)


def _typed(request: HttpRequest) -> dict[Sensitivity, RetentionRule]:
    """What was typed, as it was; a number that is none is out of bounds."""
    return {name: _typed_rule(request, name.value) for name in Sensitivity}


def _typed_rule(request: HttpRequest, code: str) -> RetentionRule:
    years = request.POST.get(f"years-{code}", "")
    number = int(years) if years.isascii() and years.isdigit() and len(years) < 6 else 0  # noqa: PLR2004 - digits
    fate = one_of(Fate, request.POST.get(f"fate-{code}", "")) or Fate.SEAL
    ground = " ".join(request.POST.get(f"ground-{code}", "").split())
    return RetentionRule(fate, number, ground)
