"""A text that was replaced meanwhile: the newer one is read before anything else."""

from django.http import HttpResponseRedirect
from django.shortcuts import redirect

from safelight.consent.errors import (
    AlreadySignedError,
    FormSupersededError,
    ProposalRefusedError,
)
from safelight.consent.selectors.deciding import DecisionView
from safelight.consent.services.deciding import take_newer_text
from safelight.consent.visits import Visit
from safelight.web.portal.sentences import ASK_ANEW, back_to


def led_to_newer_text(visit: Visit, view: DecisionView) -> HttpResponseRedirect | None:
    """To the reading of the newer text if there is one; whatever page was asked for, or sent."""
    return read_newer_text(visit) if view.is_superseded else None


def read_newer_text(visit: Visit) -> HttpResponseRedirect:
    """INVARIANT: never leads to a page that leads back here.

    Where the newer form cannot ask this, the start says so: it is shown in whatever words there are.
    """
    try:
        take_newer_text(visit)
    except FormSupersededError:
        return back_to("portal:start", ASK_ANEW)
    except (AlreadySignedError, ProposalRefusedError):
        return redirect("portal:start")
    return back_to("portal:read", FormSupersededError.code)
