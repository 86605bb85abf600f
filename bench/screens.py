"""Many screens in one process of their own: `python -m bench.screens`, its plan on standard input.

Each asks for its lease every so often on a connection that it keeps, as lease.js does, and fetches
the picture once when the plan says so. Nothing of Safelight and nothing of Django is imported.
"""

import asyncio
import json
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Seen:
    """What all screens together met."""

    milliseconds: list[float] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    """Seconds from asking for a lease until the one after it was there."""
    pictures: list[float] = field(default_factory=list)
    """Seconds from the turn of a slide until its picture was there."""
    refused: int = 0


class Connection:
    """One kept-alive HTTP/1.1 connection (RFC 9112) to a server that says Content-Length."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port, self._cookie = port, cookie
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> tuple[int, bytes]:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: safelight-screen={self._cookie}"
            "\r\n\r\n".encode("ascii")
        )
        await self._writer.drain()
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        return int(head[9:12]), await self._reader.readexactly(length)


async def screen(plan: dict[str, Any], place: int, seen: Seen, begins: float) -> None:
    """One screen, from its own moment within the first interval on."""
    every, ends = plan["every"], begins + plan["seconds"]
    leases, pictures = (Connection(plan["port"], plan["cookies"][place]) for _ in range(2))
    await asyncio.sleep(begins - time.perf_counter() + every * place / len(plan["cookies"]))
    before, fetching = None, []
    turns_at = begins + plan["turn_after"] if place < plan["fetching"] else None
    while (asked := time.perf_counter()) < ends:
        status, body = await leases.get("/screen/lease/")
        there = time.perf_counter()
        answer = json.loads(body)
        may = status == 200 and all(may for _, may in answer["pictures"]) and answer["pictures"]
        seen.refused += not may
        seen.milliseconds.append((there - asked) * 1000)
        if before is not None:
            seen.gaps.append(there - before)
        before = asked
        if turns_at is not None and there >= turns_at and may:
            picture = f"/screen/pictures/{answer['pictures'][0][0]}/"
            fetching.append(asyncio.create_task(fetch(pictures, picture, seen, turns_at)))
            turns_at = None
        await asyncio.sleep(every)
    await asyncio.gather(*fetching)


async def fetch(pictures: Connection, picture: str, seen: Seen, since: float) -> None:
    """As stage.js does: again a little later where the server is busy with others."""
    while (await pictures.get(picture))[0] == 503:  # noqa: ASYNC110 - the server says when
        await asyncio.sleep(0.2 + 0.4 * random.random())  # noqa: S311 - no secret
    seen.pictures.append(time.perf_counter() - since)


async def run(plan: dict[str, Any]) -> Seen:
    seen, begins = Seen(), time.perf_counter() + 0.5
    await asyncio.gather(*(screen(plan, at, seen, begins) for at in range(len(plan["cookies"]))))
    return seen


def main() -> None:
    plan = json.loads(sys.stdin.readline())
    print(json.dumps(vars(asyncio.run(run(plan)))), flush=True)


if __name__ == "__main__":
    main()
