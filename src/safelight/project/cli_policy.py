"""`safelight policy`: show what the institution decided, or decide anew."""

import argparse

from safelight.project.starting import require_ready, start_django
from safelight.vocabulary.photograph import ConsentToTake

NUMBERS = {
    "max_bytes": "the largest picture, in bytes",
    "max_pixels": "the largest picture, in pixels",
    "idle_minutes": "minutes without a touch before a session locks",
    "break_glass_minutes": "minutes that broken glass stays broken",
    "opening_reason_minutes": "minutes that a stated reason opens a protected picture",
    "after_discharge_days": "days that a department keeps its relationship after an encounter",
    "upload_hours": "hours that an unfinished upload may wait",
    "majority_age": "years from which a person signs for themselves",
    "assent_age": "years from which a child is asked as well",
    "use_after_authority": "1 if use goes on after a guardian's or proxy's authority ended",
    "social_media": "1 if patients may be asked about social media",
    "portal_link_hours": "hours that a patient's link stays open",
    "portal_idle_minutes": "minutes without a touch before a patient's visit ends",
    "ask_again_days": "days before its end that an agreement is asked for again",
    "share_days": "days that a share to somebody outside lasts unless they say otherwise",
    "longest_share_days": "days that such a share lasts at most",
    "share_openings": "times that such a share may be opened at most",
    "small_group_people": "people that a small group of learners has at most",
    "lecture_hours": "hours that a lecture is open on its screens at most",
    "lease_seconds": "seconds that a screen shows a picture before it asks again",
    "keystore_backup_days": "days that a copy of the keystore is kept in a backup",
    "recall_answer_days": "days that whoever has a copy has to answer when asked for it",
}
WORDS = {"consent_to_take": "the least that a picture for treatment needs"}
CODES = {
    "consent_to_take": (
        ConsentToTake.VERBAL,
        ConsentToTake.ADMISSION_FORM,
        ConsentToTake.WRITTEN,
    )
}

LISTS = {"second_person_for": "uses for which a second person confirms the picture's form"}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "policy",
        help="show or change what the institution decided",
        description="Without options: show the policy in force. With options: write a new version; "
        "the old ones are kept.",
    )
    for name, meaning in NUMBERS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=meaning)
    for name, meaning in LISTS.items():
        option = f"--{name.replace('_', '-')}"
        note = 'codes of purposes in quotes, with blanks between, or "none"'
        parser.add_argument(option, metavar="CODES", help=f"{meaning}: {note}")
    for name, meaning in WORDS.items():
        codes = ", ".join(code.value for code in CODES[name])
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, metavar="CODE", help=f"{meaning}: {codes}")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    start_django()
    from safelight.institution.selectors import current_policy  # noqa: PLC0415 - needs Django
    from safelight.institution.services import decide_policy  # noqa: PLC0415

    require_ready()
    names = {**NUMBERS, **WORDS, **LISTS}
    changes = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if changes:
        decide_policy(changes, actor=None)
    policy = current_policy()
    print(f"Policy version {policy.number}")
    for name, meaning in names.items():
        value = getattr(policy, name)
        shown = int(value) if isinstance(value, bool) else value
        print(f"  {name.replace('_', '-'):24}{'none' if shown == '' else shown:>16}  {meaning}")
    return 0
