"""The teaching library: what may be taught with, described, found, put together. Never a copy."""
