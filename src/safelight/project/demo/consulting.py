"""The demo's questions to colleagues, asked and answered by the verbs a hospital uses."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction

from safelight.consulting.models import ColleagueQuestion
from safelight.consulting.services.asking import NewQuestion, ask_colleague
from safelight.consulting.services.thread import answer
from safelight.institution.models import Department
from safelight.people.staff import staff_id
from safelight.project.demo.hospital import DERMATOLOGY
from safelight.project.demo.taking_in import asker_named, known_cases


@dataclass(frozen=True, kw_only=True)
class DemoQuestion:
    """`pictures` are the keys of shots, without the patient's. `of` is a username or a department."""

    patient: str
    pictures: tuple[str, ...]
    of: str
    text: str
    answer: str = ""


QUESTIONS: Final = (
    DemoQuestion(
        patient="kofi",
        pictures=("30021000/overview/28",),
        of="bob",
        text="Venous ulcer, smaller since we began compression. Would you still graft it?",
        answer="Not yet. It granulates well; go on with compression and show me in four weeks.",
    ),
    DemoQuestion(
        patient="petra",
        pictures=("14975008/overview/14", "14975008/close-up/14"),
        of="bob",
        text="Six weeks after a fall on gravel. Is the dark line at the lower edge a splinter, "
        "and would you open it?",
    ),
    DemoQuestion(
        patient="ines",
        pictures=("818981001/overview/3",),
        of=DERMATOLOGY,
        text="Redness along the staples since yesterday, no fever. Contact dermatitis, or a beginning "
        "infection?",
    ),
)


def ask_colleagues() -> None:
    """All of them at once, or none."""
    if ColleagueQuestion.objects.exists():
        return
    with transaction.atomic():
        for item in QUESTIONS:
            _ask(item)


def _ask(item: DemoQuestion) -> None:
    case = known_cases()[item.patient]
    found = [case.photograph(f"{item.patient}/{key}") for key in item.pictures]
    colleague = staff_id(item.of)
    department = Department.objects.filter(name=item.of).values_list("id", flat=True).first()
    question = ask_colleague(
        case.asker,
        NewQuestion(
            patient=case.patient,
            photographs=[photograph for photograph in found if photograph is not None],
            text=item.text,
            colleague=colleague,
            department=department,
        ),
    )
    if item.answer:
        answer(asker_named(item.of), question, item.answer)
