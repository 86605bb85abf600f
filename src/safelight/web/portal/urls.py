"""Addresses. The patient's pages."""

from django.urls import path

from safelight.web.portal import copies, deciding, entering, mine, pictures, signing

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
    path("portal/mine/questions/", mine.ask, name="ask"),
    path("portal/mine/new-code/", mine.new_code, name="new_code"),
    path("portal/agreements/<uuid:agreement>/take-back/", mine.take_back, name="take_back"),
]
