"""Asking the gate for a picture beyond treatment, as somebody at a session of their own."""

from uuid import UUID

import pytest
from tests.sessions import sit_down

from safelight.engines.policy import Reason
from safelight.people.asker import Asker
from safelight.release.errors import AccessRefusedError
from safelight.release.facts import Asked, Use
from safelight.release.gate import open_photograph
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
    wanted = Use(purpose, use.pop("audience", USUAL_AUDIENCE[purpose]), **use)  # type: ignore[arg-type] # what a test says
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
