"""Several of a department press *Take it* at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from tests.asking import ask_surgery, sees
from tests.cast import Cast, hire
from tests.taking import take

from safelight.audit.models import Event
from safelight.consulting.errors import QuestionTakenError
from safelight.consulting.services.thread import take_question
from safelight.institution.models import Department
from safelight.people.asker import Asker
from safelight.vocabulary.events import EventTag
from safelight.vocabulary.roles import Role

pytestmark = [
    pytest.mark.django_db(databases="__all__", transaction=True),
    pytest.mark.usefixtures("stores"),
]


def test_one_of_them_has_it_and_the_others_are_told(cast: Cast) -> None:
    surgery = Department.objects.get(id=cast.surgery)
    team = [cast.bob, *(hire(name, Role.CLINICIAN, surgery) for name in ("rhea", "mallory"))]
    picture = take(cast.alice, cast.petra)
    question = ask_surgery(cast, [picture])
    together = Barrier(len(team))

    def takes(asker: Asker) -> bool:
        try:
            together.wait()
            take_question(asker, question)
        except QuestionTakenError:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(team)) as pool:
        took = list(pool.map(takes, team))
    assert sorted(took) == [False, False, True]
    assert [sees(asker, question, picture) for asker in team] == took
    assert Event.objects.filter(tag=EventTag.CONSULTING_QUESTION_TAKEN).count() == 1
