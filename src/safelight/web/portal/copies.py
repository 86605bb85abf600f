"""The patient's copy, to take home."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from safelight.consent.errors import ProposalNotFoundError
from safelight.consent.visits import Visit
from safelight.release.copies import RecordForm, copy_for_signer, record_for_signer
from safelight.web.portal.door import signer


@signer
@require_safe
def copy(request: HttpRequest, visit: Visit, proposal: UUID | None = None) -> HttpResponse:
    """As PDF; with small pictures where they are asked for."""
    with_thumbnails = request.GET.get("pictures") == "yes"
    base_url = request.build_absolute_uri("/")
    opened = copy_for_signer(visit, base_url, with_thumbnails=with_thumbnails, proposal=proposal)
    response = HttpResponse(opened.content, content_type=opened.media_type)
    response["Content-Disposition"] = f'attachment; filename="{_file_name()}"'
    return response


@signer
@require_safe
def record(
    request: HttpRequest, visit: Visit, form: str, proposal: UUID | None = None
) -> HttpResponse:
    """What was signed, for another system."""
    try:
        shape = RecordForm(form)
    except ValueError as error:
        raise ProposalNotFoundError from error
    opened = record_for_signer(visit, request.build_absolute_uri("/"), shape, proposal)
    response = HttpResponse(opened.content, content_type=opened.media_type)
    response["Content-Disposition"] = f'attachment; filename="{shape.value}.json"'
    return response


def _file_name() -> str:
    """In the reader's words where they are plain letters; a name that tells nobody whose it is."""
    return f"{slugify(_('my consent copy')) or 'my-consent-copy'}.pdf"
