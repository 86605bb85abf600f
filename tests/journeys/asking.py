"""Requests for consent that stand ready, and what a signature has or has not done to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.consenting import TEACHING
from tests.journeys.backstage import Backstage
from tests.journeys.hospital import Hospital
from tests.journeys.proposing import Note

from safelight.vocabulary.events import EventTag
from safelight.vocabulary.purposes import Purpose
from safelight.vocabulary.signers import SignerRole


@dataclass(frozen=True)
class Asked:
    """One request, and the note that its signer took along."""

    backstage: Backstage
    patient: str
    proposal: str
    pictures: Sequence[str]
    note: Note

    @property
    def standing(self) -> dict[str, Any]:
        standing: dict[str, Any] = self.backstage.cue("standing", proposal=self.proposal)
        return standing

    @property
    def is_untouched(self) -> bool:
        """Nothing is signed, not even by half: no agreement, no list, no key, no record."""
        found = self.standing
        return (
            found["state"] == "proposed"
            and set(found["statuses"].values()) == {"proposed"}
            and not (found["listed"] or found["keys"] or found["is_recorded"])
        )

    def recorded(self, tag: EventTag) -> int:
        """How often this happened to the patient."""
        tags: list[str] = self.backstage.cue("events", subject=self.patient)
        return tags.count(tag.value)


def ask(
    hospital: Hospital,
    backstage: Backstage,
    patient: str = "petra",
    *,
    pictures: int = 1,
    **details: Any,
) -> Asked:
    """Alice takes pictures, asks about them, and makes a link."""
    taken = backstage.cue("take", patient=hospital.patients[patient], count=pictures)
    return ask_about(hospital, backstage, patient, taken, **details)


def ask_about(
    hospital: Hospital,
    backstage: Backstage,
    patient: str,
    pictures: Sequence[str],
    *,
    language: str = "en",
    purposes: Collection[Purpose] = TEACHING,
    signer_role: SignerRole = SignerRole.PATIENT,
    people: Mapping[str, str] | None = None,
) -> Asked:
    """The same about pictures that are there."""
    who = hospital.patients[patient]
    made = backstage.cue(
        "ask",
        patient=who,
        photographs=pictures,
        purposes=[use.value for use in purposes],
        language=language,
        signer_role=signer_role.value,
        people=people,
    )
    link = f"{hospital.url}/p/{made['letters']}/"
    note = Note(link, made["letters"], made["code"])
    return Asked(backstage, who, made["proposal"], pictures, note)


def wrong(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 10**6:06}"
