"""Open a small hospital for a journey and serve it until SIGTERM: `python -m tests.journeys.opening`.

The same serving code as `safelight serve`, the same verbs as in life. SAFELIGHT_HOME says where;
the first line on stdout says that the site answers. One more patient may be told on stdin, as JSON.
Without a port it only admits everybody; see `admitted`.
"""

import json
import sys
from datetime import date
from uuid import UUID

from tests.journeys.admitted import KNOWN

from safelight.project.serving import Place, serve
from safelight.project.starting import set_up, start_django, unlock


def main(port: int | None) -> None:
    start_django()
    known = everybody()
    if port is None:
        return
    place = Place("127.0.0.1", port, processes=1)
    ward = UUID(known.pop("dermatology"))
    told = json.dumps(known | admit_one_more(ward))
    serve(place, lambda: print(told, flush=True))


def everybody() -> dict[str, str]:
    """Ids by name: of those who are there already, or who are admitted now."""
    from safelight.project.wiring import home  # noqa: PLC0415 - needs Django

    beside = home().parent / KNOWN
    is_new = not beside.exists()
    if is_new:
        set_up()
    unlock()
    if is_new:
        admitted = {name: str(value) for name, value in admit_everybody().items()}
        beside.write_text(json.dumps(admitted))
    known: dict[str, str] = json.loads(beside.read_text())
    return known


def admit_everybody() -> dict[str, UUID]:
    """Alice and her ward treat Petra and Pablo; Bob, of another ward, is called to Petra by name."""
    from django.utils import timezone  # noqa: PLC0415 - needs Django
    from tests.cast import set_the_stage  # noqa: PLC0415

    from safelight.people.services import assign  # noqa: PLC0415

    cast = set_the_stage()
    assign(cast.bob.staff, cast.petra, actor=None, starts_at=timezone.now())
    return {"petra": cast.petra, "pablo": cast.pablo, "dermatology": cast.dermatology}


def admit_one_more(department: UUID) -> dict[str, str]:
    """Somebody whom only the caller knows, into Alice's ward."""
    told = sys.stdin.read()
    if not told:
        return {}
    from tests.cast import IDENTIFIER_SYSTEM, admit  # noqa: PLC0415 - needs Django

    from safelight.institution.models import Department  # noqa: PLC0415
    from safelight.patients.rules import Identifier, Identity  # noqa: PLC0415

    known = json.loads(told)
    identity = Identity(
        family=known["family"],
        given=known["given"],
        birth_date=date.fromisoformat(known["born"]),
        sex="unknown",
        identifiers=(Identifier(IDENTIFIER_SYSTEM, known["identifier"]),),
    )
    patient, _ = admit(identity, Department.objects.get(id=department))
    return {"one more": str(patient)}


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else None)
