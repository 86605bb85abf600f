"""A server on localhost that speaks the upload protocol, and breaks it where a test says so."""

import base64
import hashlib
import json
import mimetypes
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

STATIC = Path(__file__).parents[3] / "src/safelight/web/static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:;"
    " media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'"
)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What goes wrong with one PUT."""

    cut_after: int | None = None  # bytes that still arrive; -1 for all of them, but no answer
    status: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    claims_sha256: str = ""


@dataclass
class Upload:
    received: bytearray = field(default_factory=bytearray)
    promise: bytes = b""
    details: dict[str, Any] = field(default_factory=dict)
    state: str = "receiving"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


class Hospital:
    """Pages, files to answer with, faults to come, and what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.faults: deque[Fault] = deque()
        self.uploads: dict[str, Upload] = {}
        self.asked: list[Asked] = []
        self.scan_answers: deque[tuple[int, dict[str, Any]]] = deque()
        self.refuses_early = ""
        self.outcome = "verified"
        self.is_verifying = True
        self.under_way = 0
        self.most_at_once = 0
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"hospital": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.url = f"http://localhost:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def show(self, path: str, html: str) -> str:
        self.pages[path] = ("text/html; charset=utf-8", html.encode())
        return f"{self.url}{path}"

    def show_image(self, path: str, content: bytes) -> None:
        self.pages[path] = ("image/jpeg", content)

    def asks(self, method: str, beginning: str = "") -> list[Asked]:
        return [a for a in self.asked if a.method == method and a.path.startswith(beginning)]

    @property
    def kept(self) -> list[bytes]:
        return [bytes(u.received) for u in self.uploads.values() if u.state != "receiving"]


class _Handler(BaseHTTPRequestHandler):
    hospital: ClassVar[Hospital]
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self._note()
        if path in self.hospital.pages:
            kind, content = self.hospital.pages[path]
            self._answer(200, content, kind)
        elif path.startswith("/static/") and (STATIC / path[8:]).is_file():
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            self._answer(200, (STATIC / path[8:]).read_bytes(), kind)
        else:
            self._answer(404, b"", "text/plain")

    def do_HEAD(self) -> None:
        self._note()
        upload = self.hospital.uploads.get(self._upload_id)
        headers = {"Upload-Offset": str(len(upload.received))} if upload else {}
        self._answer(200 if upload else 404, b"", "text/plain", headers)

    def do_PUT(self) -> None:
        hospital = self.hospital
        with hospital.lock:
            hospital.under_way += 1
            hospital.most_at_once = max(hospital.most_at_once, hospital.under_way)
        try:
            self._receive()
        finally:
            with hospital.lock:
                hospital.under_way -= 1

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._note(body)
        if self.path == "/states/":
            wanted = json.loads(body)["uploads"]
            self._json(200, {one: self._state(one) for one in wanted})
        else:
            answers = self.hospital.scan_answers
            self._json(*(answers.popleft() if answers else (200, {"found": False, "sentence": ""})))

    @property
    def _upload_id(self) -> str:
        return self.path.strip("/").split("/")[-1]

    def _note(self, body: bytes = b"") -> None:
        self.hospital.asked.append(Asked(self.command, self.path, dict(self.headers), body))

    def _state(self, upload: str) -> dict[str, str]:
        row = self.hospital.uploads[upload]
        if row.state == "sealed" and self.hospital.is_verifying:
            row.state = self.hospital.outcome
        return {"state": row.state, "sentence": "It will not decode." * (row.state == "unreadable")}

    def _receive(self) -> None:
        self._note()
        length = int(self.headers["Content-Length"])
        if sentence := self.hospital.refuses_early:
            self._cut() if length else self._json(422, {"sentence": sentence})
            return
        upload = self.hospital.uploads.get(self._upload_id, Upload())
        if int(self.headers["Upload-Offset"]) != len(upload.received):
            self.rfile.read(length)
            self._json(409, {"code": "upload-offset", "offset": len(upload.received)})
            return
        faults = self.hospital.faults
        fault = faults.popleft() if faults else Fault()
        if fault.status:
            self.rfile.read(length)
            self._json(fault.status, fault.body)
            return
        self._keep(upload, fault, length)

    def _keep(self, upload: Upload, fault: Fault, length: int) -> None:
        self.hospital.uploads[self._upload_id] = upload
        upload.promise = base64.b64decode(
            self.headers["Repr-Digest"].removeprefix("sha-256=:")[:-1]
        )
        upload.details = json.loads(self.headers["Safelight-Details"])
        is_cut = fault.cut_after is not None and fault.cut_after >= 0
        upload.received += self.rfile.read(min(length, fault.cut_after or 0) if is_cut else length)
        if len(upload.received) == int(self.headers["Upload-Length"]) and not is_cut:
            assert hashlib.sha256(upload.received).digest() == upload.promise
            upload.state = "sealed"
        if fault.cut_after is None:
            self._told(upload, fault)
        else:
            self._cut()

    def _told(self, upload: Upload, fault: Fault) -> None:
        if upload.state == "receiving":
            self._json(200, {"state": "receiving", "offset": len(upload.received)})
            return
        sha256 = fault.claims_sha256 or hashlib.sha256(upload.received).hexdigest()
        self._json(201, {"state": "sealed", "photograph": self._upload_id, "sha256": sha256})

    def _cut(self) -> None:
        """Reset the connection, as a lost network does."""
        reset = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        self.connection.close()
        self.close_connection = True

    def _json(self, status: int, body: dict[str, Any]) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json")

    def _answer(
        self, status: int, content: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        own = {
            "Content-Type": kind,
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
        }
        for name, value in (own | {"Content-Security-Policy": POLICY} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
