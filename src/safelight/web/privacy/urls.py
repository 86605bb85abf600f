"""Addresses of the privacy officer's pages."""

from django.urls import path

from safelight.web.privacy import everything, keeping, opening, recalls, retention, views

app_name = "privacy"

urlpatterns = [
    path("everything/", everything.everything, name="everything"),
    path("everything/archive/", everything.everything_archive, name="everything_archive"),
    path("break-glass/", views.break_glass, name="break_glass"),
    path("break-glass/<uuid:session>/review/", views.review, name="review_break_glass"),
    path("retention/", retention.rules, name="retention"),
    path("retention/decide/", retention.decide, name="decide_retention"),
    path("kept/", keeping.kept, name="kept"),
    path("kept/find/", keeping.find, name="find_kept"),
    path("kept/<uuid:patient>/", keeping.kept_of, name="kept_of"),
    path("kept/<uuid:patient>/hold/", keeping.place, name="place_hold"),
    path("kept/<uuid:patient>/open/", opening.ask, name="ask_to_open"),
    path("holds/<uuid:hold>/extend/", keeping.extend, name="extend_hold"),
    path("holds/<uuid:hold>/lift/", keeping.lift, name="lift_hold"),
    path("openings/", opening.to_confirm, name="to_confirm"),
    path("openings/<uuid:opening>/", opening.one, name="opening"),
    path("openings/<uuid:opening>/confirm/", opening.confirm, name="confirm_opening"),
    path("openings/<uuid:opening>/end/", opening.end, name="end_opening"),
    path("openings/<uuid:opening>/pictures/<uuid:photograph>/", opening.look, name="look"),
    path(
        "openings/<uuid:opening>/pictures/<uuid:photograph>/bytes",
        opening.kept_bytes,
        name="kept_bytes",
    ),
    path("recalls/", recalls.recalls, name="recalls"),
    path("recalls/<uuid:withdrawal>/", recalls.recall, name="recall"),
    path("recalls/<uuid:withdrawal>/lines/<uuid:line>/", recalls.step, name="recall_step"),
    path("recalls/<uuid:withdrawal>/certificate.pdf", recalls.certificate, name="certificate"),
    path(
        "recalls/<uuid:withdrawal>/certificate.json",
        recalls.receipt,
        name="certificate_receipt",
    ),
]
