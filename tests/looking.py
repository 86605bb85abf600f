"""Asking the gate for a picture beyond treatment, as somebody at a session of their own."""

from uuid import UUID, uuid4

import pytest
from tests.sessions import sit_down

from safelight.engines.policy import Reason, ReferenceFacts, ReferenceState
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked, Use
from safelight.release.gate import open_photograph
from safelight.release.marking import Mark
from safelight.release.references import Look, may_show, show_by_reference
from safelight.vocabulary.audiences import Audience
from safelight.vocabulary.photograph import Rendition
from safelight.vocabulary.purposes import USUAL_AUDIENCE, Purpose


def asks(
    asker: Asker,
    photograph: UUID,
    purpose: Purpose,
    rendition: Rendition = Rendition.DISPLAY,
    **use: object,
) -> Asked:
    seated, _ = sit_down(asker)
    audience = use.pop("audience", USUAL_AUDIENCE.get(purpose, Audience.CARE_TEAM))
    wanted = Use(purpose, audience, **use)  # type: ignore[arg-type] # what a test says
    return Asked(seated.session_key, photograph, rendition, use=wanted)


def reasons(asked: Asked) -> set[Reason]:
    """Why the policy refuses; fails if it does not."""
    with pytest.raises(AccessRefusedError) as refused:
        open_photograph(asked)
    assert refused.value.decision is not None
    return set(refused.value.decision.reasons)


def opens(asked: Asked) -> bool:
    """Whether the bytes come out; False for a refusal of the policy, nothing else."""
    try:
        return bool(open_photograph(asked).content)
    except AccessRefusedError:
        return False


def asks_by_name(asker: Asker, photograph: UUID, purpose: Purpose, recipient: UUID | None) -> Look:
    """As the room of a named use asks for it: a publication, a recipient's own system."""
    facts = ReferenceFacts(
        str(uuid4()), ReferenceState.IN_FORCE, lists_photograph=True, is_admitted=True
    )
    use = Use(purpose, USUAL_AUDIENCE[purpose], recipient)
    return Look(
        use=use,
        facts=facts,
        photograph=photograph,
        viewer=asker.staff,
        named="The Invented Journal",
        staff=asker.facts,
        mark=Mark("The Invented Journal", 7),
    )


def reasons_by_name(look: Look) -> set[Reason]:
    return set(may_show(look).reasons)


def shown_by_name(look: Look, *, small: bool = False) -> bytes | None:
    """The bytes that come out; None for a refusal of the policy, nothing else."""
    try:
        return show_by_reference(look, small=small).content
    except AccessRefusedError:
        return None
