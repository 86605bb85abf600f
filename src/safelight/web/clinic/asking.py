"""Asking a patient: which pictures, which uses, in which words, and who will sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from safelight.consent.errors import (
    MalformedFormError,
    NoFormError,
    ProposalNotFoundError,
    ProposalRefusedError,
    SignerRefusedError,
    SocialMediaOffError,
)
from safelight.consent.rules.answers import may_sign
from safelight.consent.rules.form import Use
from safelight.consent.rules.wording import period_words
from safelight.consent.selectors.forms import KnownForm, current_form
from safelight.consent.selectors.proposals import language_of
from safelight.consent.services.proposing import (
    AskedUse,
    NewProposal,
    People,
    age_today,
    start_proposal,
)
from safelight.institution.selectors import current_policy
from safelight.people.asker import Asker
from safelight.photos.selectors import PhotographView
from safelight.publishing.selectors import open_publication
from safelight.release.access import OpenRecord, Timeline, nothing, open_record, view_timeline
from safelight.release.errors import AccessRefusedError
from safelight.vocabulary.agreements import TakingAgreed
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.consent_forms import LANGUAGES, TextStyle
from safelight.vocabulary.photograph import PhotographState, Sensitivity
from safelight.vocabulary.purposes import NAMED, TAUGHT, USUAL_AUDIENCE, Purpose
from safelight.vocabulary.signers import SignerRole
from safelight.web.clinic.cards import Choice, choices, photograph_card, record_context
from safelight.web.clinic.consent_cards import HELPERS, audience_words
from safelight.web.clinic.forms import as_uuid, as_uuids, one_of, refusal
from safelight.web.doors import clinical

REFUSALS = (MalformedFormError, ProposalRefusedError, SignerRefusedError, SocialMediaOffError)
USUAL_LANGUAGE = "en"


@dataclass(frozen=True)
class UseChoice:
    """A use of the form that can be ticked; `named` is what was typed into its field."""

    key: str
    label: str
    audience: str
    limits: str
    is_named: bool
    is_selected: bool
    named: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the clinician has chosen so far. PHI: the names."""

    photographs: Sequence[UUID]
    uses: Sequence[str]
    named: Mapping[str, str]
    language: str
    style: str
    signer_role: str
    taking: str
    people: Mapping[str, str]

    @classmethod
    def read(cls, data: QueryDict, language: str, signer_role: SignerRole) -> Self:
        """From a form that was sent, or an address that chooses pictures."""
        uses = data.getlist("use")
        return cls(
            photographs=as_uuids(data.getlist("photograph")),
            uses=uses,
            named={key: data.get(f"named-{key}", "") for key in uses},
            language=data.get("language") or language,
            style=data.get("style") or TextStyle.STANDARD.value,
            signer_role=data.get("signer_role") or signer_role.value,
            taking=data.get("taking", ""),
            people={name: data.get(name, "") for name in ("signer", "authority", *HELPERS)},
        )

    def asked(self, uses: Sequence[Use]) -> list[AskedUse]:
        """The ticked uses, in the order of the form. A key that is none of the form's is left out."""
        return [
            AskedUse(use.purpose, use.audience, self.named[key(use)])
            for use in uses
            if key(use) in self.uses
        ]


def key(use: Use) -> str:
    return key_of(use.purpose, use.audience)


def key_of(purpose: Purpose, audience: Audience) -> str:
    """By which a use stands in the page and in its address."""
    return f"{purpose.value}.{audience.value}"


@require_http_methods(["GET", "HEAD", "POST"])
@clinical
def ask(request: HttpRequest, asker: Asker, patient: UUID) -> HttpResponse:
    """`?before` asks whether pictures may be taken at all: step one, before there are any."""
    record = open_record(asker, patient)
    signers = _signers(record.patient.id)
    language = language_of(record.patient.id) or USUAL_LANGUAGE
    data = request.POST if request.method == "POST" else request.GET
    wanted = Wanted.read(data, language, signers[0])
    if request.method != "POST":
        named = _with_work(asker, record, wanted, request.GET.get("work", ""))
        return _page(request, asker, record, named)
    try:
        proposal = start_proposal(asker, _new(record, wanted, is_before="before" in request.GET))
    except ProposalNotFoundError as error:
        raise AccessRefusedError from error
    except REFUSALS as error:
        return _page(request, asker, record, wanted, error.sentence)
    return redirect("clinic:proposal", proposal)


def _with_work(asker: Asker, record: OpenRecord, wanted: Wanted, work: str) -> Wanted:
    """Named by the register's own word for a work of this patient that the address gives by its id."""
    publication = as_uuid(work)
    if publication is None:
        return wanted
    _opened, known = open_publication(asker, publication)
    if known.patient != record.patient.id:
        raise AccessRefusedError
    use = key_of(known.purpose, USUAL_AUDIENCE[known.purpose])
    return replace(wanted, named={**wanted.named, use: known.named})


def _signers(patient: UUID) -> list[SignerRole]:
    """Who can sign for somebody of this age; the usual one first."""
    age, majority = age_today(patient), current_policy().majority_age
    return [role for role in SignerRole if may_sign(role, age, majority)]


def _new(record: OpenRecord, wanted: Wanted, *, is_before: bool) -> NewProposal:
    role = one_of(SignerRole, wanted.signer_role)
    style = one_of(TextStyle, wanted.style)
    taking = one_of(TakingAgreed, wanted.taking)
    if role is None or style is None:
        raise ProposalRefusedError(_("Say who signs."))
    if is_before and taking is None:
        raise ProposalRefusedError(_("Note how they agreed to pictures being taken."))
    if not is_before and not wanted.photographs:
        raise ProposalRefusedError(_("Choose the pictures to ask about."))
    people = dict(wanted.people)
    if role is SignerRole.PATIENT:
        people |= {"signer": record.patient.identity.display_name, "authority": ""}
    return NewProposal(
        patient=record.patient.id,
        uses=wanted.asked(_offered(current_form())),
        language=wanted.language,
        style=style,
        signer_role=role,
        people=People(**people),
        photographs=() if is_before else wanted.photographs,
        taking=taking,
    )


def _offered(known: KnownForm) -> list[Use]:
    """What can be asked for here and now."""
    with_social_media = current_policy().social_media
    return [
        use
        for use in known.form.uses
        if with_social_media or use.purpose is not Purpose.SOCIAL_MEDIA
    ]


def _page(
    request: HttpRequest, asker: Asker, record: OpenRecord, wanted: Wanted, wrong: str = ""
) -> HttpResponse:
    try:
        known = current_form()
    except NoFormError as error:
        context = {**record_context(record), "no_form": error.sentence}
        return render(request, "clinic/ask.html", context)
    is_before = "before" in request.GET
    seen = view_timeline(asker, record.patient.id, nothing if is_before else askable)
    if not (is_before or seen.shown):
        return redirect(f"{request.path}?before")
    context = {
        **record_context(record),
        **_choices(record, wanted, known),
        **_pictures(seen, wanted),
        "is_before": is_before,
        **({"form": refusal(wrong)} if wrong else {}),
    }
    return render(request, "clinic/ask.html", context, status=422 if wrong else 200)


def _choices(record: OpenRecord, wanted: Wanted, known: KnownForm) -> dict[str, Any]:
    signers = _signers(record.patient.id)
    return {
        "uses": _use_choices(known, wanted),
        "languages": [
            Choice(code, name) for code, name in LANGUAGES.items() if code in known.form.texts
        ],
        "styles": choices(TextStyle),
        "signers": choices(signers),
        "is_minor": SignerRole.GUARDIAN in signers,
        "takings": choices(TakingAgreed),
        "wanted": wanted,
        "has_helpers": any(wanted.people[name] for name in HELPERS),
    }


def _use_choices(known: KnownForm, wanted: Wanted) -> dict[str, Any]:
    """Teaching is what is asked for most; the rest folds away until something of it is chosen."""
    offered = _offered(known)
    others = [_use_choice(use, wanted) for use in offered if use.purpose not in TAUGHT]
    return {
        "taught": [_use_choice(use, wanted) for use in offered if use.purpose in TAUGHT],
        "others": others,
        "is_other_selected": any(choice.is_selected for choice in others),
    }


def _use_choice(use: Use, wanted: Wanted) -> UseChoice:
    return UseChoice(
        key=key(use),
        label=_(use.purpose.display),
        audience=audience_words(use.audience, use.people),
        limits=period_words(use.months, (get_language() or USUAL_LANGUAGE)[:2]),
        is_named=use.purpose in NAMED,
        is_selected=key(use) in wanted.uses,
        named=wanted.named.get(key(use), ""),
    )


def askable(items: Sequence[PhotographView]) -> list[PhotographView]:
    return [item for item in items if item.state is PhotographState.VERIFIED]


def _pictures(seen: Timeline, wanted: Wanted) -> dict[str, Any]:
    """What is asked about comes first: on a phone the rest lies beyond the edge."""
    cards = [
        photograph_card(item, gallery=seen.gallery, is_selected=item.id in wanted.photographs)
        for item in seen.shown
    ]
    return {
        "photographs": sorted(cards, key=lambda card: not card.is_selected),
        "has_intimate": any(item.sensitivity is Sensitivity.INTIMATE for item in seen.shown),
    }
