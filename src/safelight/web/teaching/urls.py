"""Addresses of pictures, decks and lectures. None of them tells whose picture it is."""

from django.urls import path

from safelight.web.teaching import decks, lectures, slides, speaking, views

app_name = "teaching"

DECK = "decks/<uuid:deck>/"
SLIDE = f"{DECK}slides/<uuid:slide>/"
LECTURE = "lectures/<uuid:lecture>/"

urlpatterns = [
    path("", views.home, name="home"),
    path("photographs/<uuid:photograph>/", views.photograph, name="photograph"),
    path("decks/", decks.decks, name="decks"),
    path(DECK, decks.deck, name="deck"),
    path(f"{DECK}name/", decks.name, name="name_deck"),
    path(f"{DECK}remove/", decks.remove, name="remove_deck"),
    path(f"{DECK}photographs/<uuid:photograph>/", slides.picture, name="deck_picture"),
    path(f"{DECK}slides/", slides.add, name="add_slide"),
    path(SLIDE, slides.write, name="write_slide"),
    path(f"{SLIDE}arrange/", slides.arrange, name="arrange_slide"),
    path(f"{SLIDE}pictures/", slides.refer, name="refer_to"),
    path(f"{SLIDE}pictures/<uuid:picture>/take-out/", slides.drop, name="take_out"),
    path(f"{SLIDE}pictures/<uuid:picture>/why/", slides.why, name="state_why"),
    path(f"{DECK}plan/", lectures.plan, name="plan"),
    path("lectures/now/", speaking.now, name="now"),
    path("lectures/slides/", speaking.slides, name="lecture_slides"),
    path(LECTURE, lectures.lecture, name="lecture"),
    path(f"{LECTURE}speak/", speaking.speak, name="speak"),
    path(f"{LECTURE}turn/", speaking.turn, name="turn"),
    path(f"{LECTURE}photographs/<uuid:photograph>/", speaking.picture, name="lecture_picture"),
    path(f"{LECTURE}screens/find/", lectures.find, name="find_screen"),
    path(f"{LECTURE}screens/let-in/", lectures.admit, name="let_in"),
    path(f"{LECTURE}screens/<uuid:screen>/send-away/", lectures.dismiss, name="send_away"),
    path(f"{LECTURE}end/", lectures.end, name="end_lecture"),
]
