"""How a certificate and its proof are handed over, to patients and to staff alike."""

from django.http import HttpResponse


def pdf_answer(content: bytes, name: str) -> HttpResponse:
    return _download(content, "application/pdf", f"{name}.pdf")


def receipt_answer(text: str, name: str) -> HttpResponse:
    return _download(text.encode(), "application/json", f"{name}.json")


def _download(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
