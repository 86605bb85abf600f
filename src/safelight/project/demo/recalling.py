"""What a patient of the demo took back: a copy had left, so somebody has to ask for it."""

import json
from typing import Final

from safelight.engines.smart_health_link import read_request
from safelight.exporting.selectors import links_of, offers
from safelight.exporting.services.fetching import ask, fetch
from safelight.exporting.services.making import NewCopyLink, make
from safelight.project.demo.taking_in import Case, known_cases
from safelight.recall.services.withdrawing import Order, withdraw_for
from safelight.vocabulary.recall import WithdrawalScope

PATIENT: Final = "samuel"
SYSTEM: Final = "Records of the Faraway clinic"
CALLED: Final = "Called back on the number in the record; birth date and address were right."
# Nobody follows this address: the demo's link is made and fetched without leaving the process.
_NOWHERE: Final = "https://safelight.example/health-links/"


def take_a_copy_back() -> None:
    """Once: the clinic fetched its copy, then Samuel called."""
    case = known_cases()[PATIENT]
    offered = offers(case.asker, case.patient)
    if not offered:
        return
    if not links_of(case.asker, case.patient):
        _send_a_copy(case)
    order = Order(WithdrawalScope.USE, offered[0].agreement)
    withdraw_for(case.asker, case.patient, order, CALLED)


def _send_a_copy(case: Case) -> None:
    offered = offers(case.asker, case.patient)[0]
    tokens: list[str] = []

    def address_of(token: str) -> str:
        tokens.append(token)
        return _NOWHERE + token

    wanted = NewCopyLink(
        agreement=offered.agreement,
        photographs=tuple(item.id for item in offered.photographs),
        days=7,
    )
    made = make(case.asker, case.patient, wanted, address_of)
    asked = {"recipient": SYSTEM, "passcode": made.passcode, "embeddedLengthMax": 0}
    ask(tokens[0], read_request(json.dumps(asked).encode()), address_of)
    fetch(tokens[-1])
