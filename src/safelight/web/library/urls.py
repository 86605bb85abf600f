"""Addresses of the teaching library. None of them tells whose picture it is."""

from django.urls import path

from safelight.web.library import collections, decks, views

app_name = "library"

COLLECTION = "collections/<uuid:collection>/"

urlpatterns = [
    path("", views.shelf, name="shelf"),
    path("pictures/<uuid:photograph>/", views.picture, name="picture"),
    path("pictures/<uuid:photograph>/collect/", collections.collect_picture, name="collect"),
    path("pictures/<uuid:photograph>/deck/", decks.put_into_deck, name="put_into_deck"),
    path("collections/", collections.shelves, name="collections"),
    path(COLLECTION, collections.one, name="collection"),
    path(f"{COLLECTION}take-out/", collections.take_out_picture, name="take_out"),
    path(f"{COLLECTION}remove/", collections.remove, name="remove_collection"),
]
