"""Shares to named recipients outside: by reference, guarded by a second factor, with an end."""
