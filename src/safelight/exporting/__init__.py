"""Copies for a recipient's own record system: SMART Health Links, and who fetched what by them."""
