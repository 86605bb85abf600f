"""`safelight policy`: show what the institution decided, or decide anew."""

import argparse

from safelight.project.starting import require_ready, start_django

NUMBERS = {
    "max_bytes": "the largest picture, in bytes",
    "max_pixels": "the largest picture, in pixels",
    "idle_minutes": "minutes without a touch before a session locks",
    "break_glass_minutes": "minutes that broken glass stays broken",
    "opening_reason_minutes": "minutes that a stated reason opens a protected picture",
    "after_discharge_days": "days that a department keeps its relationship after an encounter",
    "upload_hours": "hours that an unfinished upload may wait",
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "policy",
        help="show or change what the institution decided",
        description="Without options: show the policy in force. With options: write a new version; "
        "the old ones are kept.",
    )
    for name, meaning in NUMBERS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, metavar="N", help=meaning)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    start_django()
    from safelight.institution.selectors import current_policy  # noqa: PLC0415 - needs Django
    from safelight.institution.services import decide_policy  # noqa: PLC0415

    require_ready()
    changes = {name: getattr(args, name) for name in NUMBERS if getattr(args, name) is not None}
    if changes:
        decide_policy(changes, actor=None)
    policy = current_policy()
    print(f"Policy version {policy.number}")
    for name, meaning in NUMBERS.items():
        print(f"  {name.replace('_', '-'):24}{getattr(policy, name):>12}  {meaning}")
    return 0
