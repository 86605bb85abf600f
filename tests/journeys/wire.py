"""The wire between a browser and the hospital, which can be slowed down and cut."""

import contextlib
import socket
import struct
import threading
import time
from typing import Self

CHUNK = 16_384
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing tells the other end nothing but a reset


class Wire:
    """Relays every connection to `port` while it is whole."""

    def __init__(self, port: int) -> None:
        self._far = ("127.0.0.1", port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._is_whole = True
        self.bytes_per_second = float("inf")
        self.bytes_sent = 0  # by browsers; a browser's own count runs ahead of it
        self.url = f"http://localhost:{self._door.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_reason: object) -> None:
        self._door.close()
        self.cut()

    def cut(self) -> None:
        """Every connection breaks off, and no other is made until `mend`."""
        self._is_whole = False
        while self._open:
            _break_off(self._open.pop())

    def mend(self) -> None:
        self._is_whole = True

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                self._join(near) if self._is_whole else _break_off(near)

    def _join(self, near: socket.socket) -> None:
        far = socket.create_connection(self._far)
        self._open += [near, far]
        for source, target, is_up in ((near, far, True), (far, near, False)):
            threading.Thread(target=self._carry, args=(source, target, is_up), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, is_up: bool) -> None:  # noqa: FBT001 - a thread's argument
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                target.sendall(data)
                if is_up:
                    self.bytes_sent += len(data)
                    time.sleep(len(data) / self.bytes_per_second)
            target.shutdown(socket.SHUT_WR)


def _break_off(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        # Wakes whoever is reading from it in another thread; closing alone would not.
        end.shutdown(socket.SHUT_RDWR)
    end.close()
