"""Addresses that are pages: they may point at pictures, and carry none."""

from pathlib import Path

PAGES = frozenset((Path(__file__).parent / "pages.txt").read_text().split())
