"""Addresses. The administrator drafts and the privacy officer approves the consent form."""

from django.urls import path

from safelight.web.forms import approving, drafting, editing, reading

app_name = "forms"

VERSION = "<int:number>/"
TEXT = f"{VERSION}edit/<slug:language>/<slug:style>/"

urlpatterns = [
    path("", reading.versions, name="list"),
    path("new/", drafting.new, name="new"),
    path("import/", drafting.import_pasted, name="import"),
    path(VERSION, reading.version, name="version"),
    path(f"{VERSION}export/", reading.export, name="export"),
    path(f"{VERSION}edit/", editing.edit, name="edit"),
    path(f"{VERSION}languages/", editing.languages, name="languages"),
    path(TEXT, editing.text, name="edit_text"),
    path(f"{VERSION}discard/", drafting.discard, name="discard"),
    path(f"{VERSION}approve/", approving.approve, name="approve"),
]
