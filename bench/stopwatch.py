"""Time inside named functions of the running program, each without what it calls of the others."""

import functools
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Stopwatch:
    """Milliseconds by stage. The functions themselves are timed, so that no stage is imitated."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = defaultdict(float)
        self._inner = [0.0]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        since = time.perf_counter()
        self._inner.append(0.0)
        try:
            yield
        finally:
            whole = (time.perf_counter() - since) * 1000
            self.milliseconds[name] += whole - self._inner.pop()
            self._inner[-1] += whole

    @contextmanager
    def around(self, stages: list[tuple[str, Any, str]]) -> Iterator[None]:
        """Within this block every (stage, module or class, function name) is timed."""
        kept = [(owner, name, getattr(owner, name)) for _, owner, name in stages]
        for (stage, owner, name), (_, _, function) in zip(stages, kept, strict=True):
            setattr(owner, name, self._timed(stage, function))
        try:
            yield
        finally:
            for owner, name, function in kept:
                setattr(owner, name, function)

    def _timed(self, stage: str, function: Any) -> Any:  # noqa: ANN401 - any function
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            with self.stage(stage):
                return function(*args, **kwargs)

        return timed
