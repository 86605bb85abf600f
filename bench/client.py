"""One client in a process of its own: `python -m bench.client`, its plan on standard input.

It is as light as Python allows, since it shares the machine with what it measures: one connection
that is kept open, no HTTP library, every answer read into the same memory. Nothing of Safelight
and nothing of Django is imported.
"""

import base64
import hashlib
import itertools
import json
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

PIECE = 256 * 1024
Request = tuple[bytes, list[bytes | memoryview]]


def views(plan: dict[str, Any]) -> Iterator[Request]:
    """The same addresses again and again, beginning elsewhere in each client."""
    heads = [_head("GET", path, plan["headers"]) for path in plan["paths"]]
    start = plan["client"] * 7 % len(heads)
    return ((head, []) for head in itertools.cycle(heads[start:] + heads[:start]))


def uploads(plan: dict[str, Any]) -> Iterator[Request]:
    """One picture over and over, each time with other bytes behind its end, as phones have them.

    The digest is that of the whole file, as the page computes it; its state after the common part
    is copied, since phones bring their own processor for this and this machine must not pay.
    """
    picture = Path(plan["file"]).read_bytes()
    common = hashlib.sha256(picture)
    while True:
        tail, digest = uuid4().bytes, common.copy()
        digest.update(tail)
        size = len(picture) + len(tail)
        headers = plan["headers"] | {
            "Content-Length": str(size),
            "Upload-Length": str(size),
            "Repr-Digest": f"sha-256=:{base64.b64encode(digest.digest()).decode()}:",
        }
        yield _head("PUT", f"{plan['prefix']}{uuid4()}/", headers), [picture, tail]


def instances(plan: dict[str, Any]) -> Iterator[Request]:
    """One DICOM file over and over, its instance UID of fixed length replaced (PS3.5 B.2)."""
    file, uid = Path(plan["file"]).read_bytes(), plan["uid"].encode()
    head = _head("POST", "/instances", plan["headers"] | {"Content-Length": str(len(file))})
    while True:
        fresh = f"2.25.{UUID(bytes=uuid4().bytes).int:039d}".encode()[: len(uid)]
        yield head, [file.replace(uid, fresh, 2)]


def _head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


class Connection:
    """One kept-alive HTTP/1.1 connection (RFC 9112) to a server that says Content-Length."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._memory = memoryview(bytearray(PIECE))

    def ask(self, request: Request) -> tuple[int, int]:
        """The answer's status and the length of its body."""
        head, body = request
        self._socket.sendall(head)
        for part in body:
            self._socket.sendall(part)
        got, start = self._answer_head()
        answer = bytes(self._memory[:start]).lower()
        length = int(answer.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        left = length - (got - start)
        while left > 0:
            left -= self._more(self._memory[:left])
        return int(answer[9:12]), length

    def _answer_head(self) -> tuple[int, int]:
        """How many bytes were read, and where the body begins among them."""
        got = 0
        while True:
            got += self._more(self._memory[got:])
            end = bytes(self._memory[: min(got, 4096)]).find(b"\r\n\r\n")
            if end >= 0:
                return got, end + 4

    def _more(self, memory: memoryview) -> int:
        got = self._socket.recv_into(memory)
        if not got:
            raise ConnectionError("the server hung up")
        return got


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Ask until the time is over or the count is reached; what was measured."""
    requests = {"views": views, "uploads": uploads, "instances": instances}[plan["kind"]](plan)
    connection = Connection(plan["port"])
    print("ready", flush=True)
    sys.stdin.readline()
    milliseconds: list[float] = []
    statuses: dict[int, int] = {}
    received = 0
    ends = time.perf_counter() + plan["seconds"]
    while len(milliseconds) < plan["most"] and (since := time.perf_counter()) < ends:
        status, length = connection.ask(next(requests))
        milliseconds.append((time.perf_counter() - since) * 1000)
        statuses[status] = statuses.get(status, 0) + 1
        received += length
    return {"milliseconds": milliseconds, "statuses": statuses, "received": received}


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.stdin.readline()))), flush=True)
