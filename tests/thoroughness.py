"""How many examples are drawn where each costs much; the corners are swept by other tests."""

import os

DEEP = os.environ.get("SAFELIGHT_DEEP_TESTS") == "1"


def examples(deep: int) -> int:
    """All of them with SAFELIGHT_DEEP_TESTS=1, else a third of them."""
    return deep if DEEP else -(-deep // 3)
