"""`safelight retention`: what becomes of pictures that patients take out of the record."""

import argparse
from typing import TYPE_CHECKING

from safelight.project.starting import require_ready, start_django
from safelight.vocabulary.photograph import Sensitivity
from safelight.vocabulary.recall import Fate

if TYPE_CHECKING:
    from safelight.institution.retention import Retention


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "retention",
        help="show or change what becomes of pictures that are taken out of the record",
        description="For each class of pictures: erased at once, or sealed under legal custody for "
        "some years from the day they came, with the legal ground that patients read. A new "
        "version counts for what is taken back from then on; the old ones are kept.",
    )
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("show", help="the rules in force").set_defaults(run=show)
    verbs.add_parser("history", help="every version, the newest first").set_defaults(run=history)
    _add_set(verbs.add_parser("set", help="write a new version with one rule changed"))


def _add_set(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sensitivity", choices=[item.value for item in Sensitivity])
    parser.add_argument("fate", choices=[item.value for item in Fate])
    parser.add_argument("--years", type=int, metavar="N", help="from the day they came, 1 to 100")
    parser.add_argument("--ground", metavar="TEXT", help="the legal ground, 10 to 500 letters")
    parser.set_defaults(run=decide)


def show(args: argparse.Namespace) -> int:
    start_django()
    from safelight.institution.retention import current_retention  # noqa: PLC0415 - needs Django

    require_ready()
    _print(current_retention())
    return 0


def history(args: argparse.Namespace) -> int:
    start_django()
    from safelight.institution.retaining import retention_history  # noqa: PLC0415 - needs Django

    require_ready()
    versions = retention_history()
    for version in versions:
        _print(version.retention, f"{version.effective_from:%Y-%m-%d %H:%M} UTC")
    if not versions:
        print("Nobody has decided yet; everything is sealed.")
    return 0


def decide(args: argparse.Namespace) -> int:
    start_django()
    from safelight.institution.retaining import decide_retention  # noqa: PLC0415 - needs Django
    from safelight.institution.retention import (  # noqa: PLC0415
        RetentionRule,
        current_retention,
    )

    require_ready()
    name = Sensitivity(args.sensitivity)
    before = current_retention().rules[name]
    years = before.years if args.years is None else args.years
    rule = RetentionRule(Fate(args.fate), years, args.ground or before.ground)
    decide_retention({name: rule}, actor=None)
    _print(current_retention())
    return 0


def _print(retention: "Retention", since: str = "") -> None:
    number = retention.number
    print(f"Retention version {number}{', from ' + since if since else ''}")
    if not number:
        print("  nobody has decided yet; nothing is destroyed unasked")
    for name, rule in retention.rules.items():
        kept = f"sealed for {rule.years} years" if rule.fate is Fate.SEAL else "erased at once"
        print(f"  {name.value:12}{kept:24}{rule.ground}")
