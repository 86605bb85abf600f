"""Addresses of the clinicians' pages. No name and no identifier stands in any of them."""

from django.urls import path

from safelight.web.clinic import (
    asking,
    confirming,
    consent_tasks,
    consents,
    handing_over,
    labelling,
    looks,
    moving,
    paper,
    patients,
    preparing,
    record,
    sensitive,
    taking,
    uploads,
)

app_name = "clinic"

PATIENT = "patients/<uuid:patient>/"
PHOTOGRAPH = "photographs/<uuid:photograph>/"
PROPOSAL = "proposals/<uuid:proposal>/"

urlpatterns = [
    path("", patients.today, name="today"),
    path("find/", patients.find_patient, name="find_patient"),
    path("scan/", patients.scan, name="scan"),
    path("to-label/", labelling.to_label, name="to_label"),
    path("consents/", consent_tasks.tasks, name="consent_tasks"),
    path("questions/<uuid:question>/answer/", consent_tasks.answer, name="answer_question"),
    path(PATIENT, record.timeline, name="patient"),
    path(f"{PATIENT}compare/", record.compare, name="compare"),
    path(f"{PATIENT}capture/", taking.capture, name="capture"),
    path(f"{PATIENT}import/", taking.import_files, name="import_files"),
    path(f"{PATIENT}label/", labelling.label, name="label"),
    path(f"{PATIENT}move/", moving.move, name="move"),
    path(f"{PATIENT}ask/", asking.ask, name="ask"),
    path(f"{PATIENT}break-glass/", sensitive.break_glass, name="break_glass"),
    path(f"{PATIENT}break-glass/leave/", sensitive.leave_break_glass, name="leave_break_glass"),
    path(f"{PATIENT}uploads/", uploads.nothing_here, name="uploads"),
    path(f"{PATIENT}uploads/<uuid:upload>/", uploads.upload, name="upload"),
    path("uploads/states/", uploads.upload_states, name="upload_states"),
    path(f"{PATIENT}decides-again/", consent_tasks.decides_again, name="decides_again"),
    path(PROPOSAL, consents.proposal, name="proposal"),
    path(f"{PROPOSAL}pictures/", consents.pictures, name="proposal_pictures"),
    path(f"{PROPOSAL}pictures/take-out/", consents.take_out, name="take_out_picture"),
    path(f"{PROPOSAL}taking/", consents.note_taking, name="note_taking"),
    path(f"{PROPOSAL}close/", consents.close, name="close_proposal"),
    path(f"{PROPOSAL}mistake/", consents.mistake, name="proposal_mistake"),
    path(f"{PROPOSAL}take-back/", consents.take_back, name="take_back_for"),
    path(f"{PROPOSAL}paper/", paper.attest, name="paper"),
    path(f"{PROPOSAL}paper/check/", paper.check, name="check_paper"),
    path(f"{PROPOSAL}hand-over/", handing_over.give_device, name="hand_over"),
    path(f"{PROPOSAL}send/", handing_over.send, name="send_link"),
    path(f"{PROPOSAL}invitation/", handing_over.invitation, name="invitation"),
    path(PHOTOGRAPH, record.photograph, name="photograph"),
    path(f"{PHOTOGRAPH}reveal/", sensitive.reveal, name="reveal"),
    path(f"{PHOTOGRAPH}looks/", looks.who_looked, name="who_looked"),
    path(f"{PHOTOGRAPH}prepare/", preparing.prepare, name="prepare"),
    path(f"{PHOTOGRAPH}prepare/look/", preparing.look_for, name="prepare_look"),
    path(f"{PHOTOGRAPH}prepare/save/", preparing.save, name="prepare_save"),
    path(f"{PHOTOGRAPH}prepare/check/", preparing.check, name="prepare_check"),
    path(f"{PHOTOGRAPH}prepare/second/", confirming.second, name="prepare_second"),
    # Answered by byte_path.py before Django is asked; named here so that pages can point at it.
    path(f"{PHOTOGRAPH}bytes/<slug:rendition>", uploads.nothing_here, name="rendition"),
]
