"""`safelight try-mail`: whether mail arrives, before anybody relies on it."""

import argparse
from typing import ClassVar

from safelight.project.starting import refuse_unsafe, require_ready, start_django
from safelight.vocabulary.consent_forms import LANGUAGES
from safelight.vocabulary.errors import SafelightError


class NoMailServerError(SafelightError):
    code: ClassVar[str] = "no-mail-server"
    message: ClassVar[str] = "No mail server is set; name one with SAFELIGHT_SMTP_HOST."


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = subparsers.add_parser(
        "try-mail",
        help="send a trial message by the mail server that is set",
        description="Send one message that says only that it is a trial. Without a mail server, "
        "links are handed over by whoever shares.",
    )
    parser.add_argument("address", help="who gets it, such as you@hospital.example")
    parser.add_argument("phone", help="the number that the message names for questions")
    parser.add_argument("--language", choices=list(LANGUAGES), default="en")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    start_django()
    from django.core.checks import Tags  # noqa: PLC0415 - needs Django

    from safelight.institution.selectors import current_house  # noqa: PLC0415
    from safelight.project.wiring import post_office  # noqa: PLC0415
    from safelight.vocabulary.notices import Notice, NoticeKind  # noqa: PLC0415

    refuse_unsafe(Tags.security)
    require_ready()
    post = post_office()
    if post is None:
        raise NoMailServerError
    trial = Notice(
        kind=NoticeKind.TRIAL,
        language=args.language,
        recipient=args.address,
        institution=current_house().name,
        phone=args.phone,
    )
    post.send(trial)
    print("The mail server took it. Look whether it arrives.")
    return 0
