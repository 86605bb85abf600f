"""`safelight serve`, `safelight demo` and `safelight worker`: what keeps running."""

import argparse
import os
import signal
import subprocess
import sys
import threading
from typing import ClassVar

from safelight.project.starting import (
    refuse_unsafe,
    require_ready,
    set_up,
    start_django,
)
from safelight.vocabulary.errors import SafelightError

DEMO_HOME = "var/demo"
HIGHEST_PORT = 65_535


class NotDemoError(SafelightError):
    code: ClassVar[str] = "not-demo"
    message: ClassVar[str] = (
        "The demo hospital is never made in production; unset SAFELIGHT_MODE to see it."
    )


# Whoever stands at a bed waits for *sealed*; rendering may come a moment later.
BESIDE_A_SERVER = 10


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    server = subparsers.add_parser(
        "serve",
        help="serve the site, with its worker",
        description="Serve the site and run its worker until SIGTERM or Ctrl-C. An unsafe "
        "setting is refused before anything listens. TLS is the proxy's in front of it.",
    )
    _add_place(server)
    server.set_defaults(run=run_serve)
    demo = subparsers.add_parser(
        "demo",
        help="serve a hospital of invented people",
        description=f"Make a demo hospital under SAFELIGHT_HOME ({DEMO_HOME} unless set) if "
        "there is none, and serve it. Everybody and every picture in it is invented.",
    )
    _add_place(demo)
    demo.add_argument("--only-build", action="store_true", help=argparse.SUPPRESS)
    demo.set_defaults(run=run_demo)
    worker = subparsers.add_parser(
        "worker",
        help="run only the worker",
        description="Verify pictures and write the log until SIGTERM or Ctrl-C. `serve` runs one "
        "by itself; on several machines any number may run beside each other.",
    )
    worker.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    worker.set_defaults(run=run_worker_alone)


def _add_place(parser: argparse.ArgumentParser) -> None:
    port = os.environ.get("PORT") or "8000"
    processes = str(min(2, os.cpu_count() or 1))
    parser.add_argument("--address", default="127.0.0.1", help="where to listen [%(default)s]")
    parser.add_argument("--port", type=_port, default=port, help="PORT, or 8000")
    parser.add_argument(
        "--workers", type=_count, default=processes, help="web processes [%(default)s]"
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 < number <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"must be 1 to {HIGHEST_PORT}, not {number}")
    return number


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def run_serve(args: argparse.Namespace) -> int:
    start_django()
    refuse_unsafe("security")
    require_ready()
    refuse_unsafe("database")
    from safelight.project.serving import Place, serve  # noqa: PLC0415 - after the settings

    place = Place(args.address, args.port, args.workers)
    serve(place, lambda: print(f"Safelight answers on {place.url}", flush=True))
    return 0


def run_demo(args: argparse.Namespace) -> int:
    os.environ.setdefault("SAFELIGHT_MODE", "demo")
    os.environ.setdefault("SAFELIGHT_HOME", DEMO_HOME)
    start_django()
    from django.conf import settings  # noqa: PLC0415 - needs Django

    if not settings.SAFELIGHT_DEMO:
        raise NotDemoError
    if args.only_build:
        return _build_demo()
    from safelight.project.demo.asking import petras_link  # noqa: PLC0415
    from safelight.project.demo.welcome import welcome  # noqa: PLC0415
    from safelight.project.serving import Place, refuse_taken_port, serve  # noqa: PLC0415

    place = Place(args.address, args.port, args.workers)
    refuse_taken_port(place)
    set_up()
    refuse_unsafe("security", "database")
    require_ready()
    if failed := built_apart():
        return failed
    text = welcome(place.url, petras_link())
    serve(place, lambda: print(text, flush=True))
    return 0


def _build_demo() -> int:
    from safelight.project.demo.building import build_if_absent  # noqa: PLC0415 - needs Django
    from safelight.project.serving import end_with  # noqa: PLC0415

    end_with(os.getppid())
    require_ready()
    build_if_absent()
    return 0


def built_apart() -> int:
    """Build the demo in a process of its own; its exit code.

    INVARIANT: a process that forks web processes has drawn no mark and no document before. The
    threads that draw are not in the copies, which would wait for them for ever.
    """
    from safelight.project.demo.building import is_built  # noqa: PLC0415 - needs Django

    if is_built():
        return 0
    command = [sys.executable, "-m", "safelight.project.cli", "demo", "--only-build"]
    return subprocess.run(command, check=False).returncode  # noqa: S603 - our own command


def run_worker_alone(args: argparse.Namespace) -> int:
    stop = threading.Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda *_: stop.set())
    from safelight.project.serving import end_with  # noqa: PLC0415 - loads the web server

    if args.parent:
        end_with(args.parent)
        os.nice(BESIDE_A_SERVER)
    start_django()
    from safelight.project.worker import run_worker  # noqa: PLC0415 - needs Django

    require_ready()
    run_worker(stop)
    return 0
