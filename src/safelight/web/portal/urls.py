"""Addresses. The patient's pages."""

from django.urls import path

from safelight.web.portal import (
    certificates,
    copies,
    deciding,
    entering,
    everything,
    given,
    mine,
    pictures,
    signing,
    taking_back,
)

app_name = "portal"

urlpatterns = [
    path("p/", entering.no_letters, name="no_letters"),
    path("p/<str:letters>/", entering.enter, name="door"),
    path("portal/enter/", entering.enter, name="enter"),
    path("portal/over/", entering.over, name="over"),
    path("portal/leave/", entering.leave, name="leave"),
    path("portal/", deciding.start, name="start"),
    path("portal/read/", deciding.read, name="read"),
    path("portal/pictures/", pictures.pictures, name="pictures"),
    path("portal/pictures/<uuid:photograph>/", pictures.picture, name="picture"),
    path(
        "portal/pictures/<uuid:photograph>/bytes/<str:rendition>",
        pictures.picture_bytes,
        name="picture_bytes",
    ),
    path("portal/pictures/<uuid:photograph>/cover-more/", pictures.cover_more, name="cover_more"),
    path("portal/choices/", deciding.choices, name="choices"),
    path("portal/sign/", signing.sign_page, name="sign"),
    path("portal/copy/", copies.copy, name="copy"),
    path("portal/copy/<slug:form>.json", copies.record, name="record"),
    path("portal/copies/<uuid:proposal>/", copies.copy, name="copy_of"),
    path("portal/copies/<uuid:proposal>/<slug:form>.json", copies.record, name="record_of"),
    path("portal/mine/", mine.mine, name="mine"),
    path("portal/mine/pictures/<uuid:photograph>/", mine.picture, name="my_picture"),
    path("portal/mine/looks/", mine.looks, name="looks"),
    path("portal/everything/", everything.everything, name="everything"),
    path("portal/everything/archive/", everything.everything_archive, name="everything_archive"),
    path("portal/given/", given.given, name="given"),
    path("portal/mine/questions/", mine.ask, name="ask"),
    path("portal/mine/new-code/", mine.new_code, name="new_code"),
    path("portal/agreements/<uuid:agreement>/take-back/", taking_back.take_back, name="take_back"),
    path(
        "portal/mine/pictures/<uuid:photograph>/take-back/",
        taking_back.take_back_picture,
        name="take_back_picture",
    ),
    path("portal/take-back-all/", taking_back.take_back_all, name="take_back_all"),
    path("portal/taken-back/<uuid:withdrawal>/", taking_back.taken_back, name="taken_back"),
    path(
        "portal/withdrawals/<uuid:withdrawal>/certificate.pdf",
        certificates.certificate,
        name="certificate",
    ),
    path(
        "portal/withdrawals/<uuid:withdrawal>/certificate.json",
        certificates.receipt,
        name="certificate_receipt",
    ),
]
