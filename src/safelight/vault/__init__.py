"""Sealed objects, key custodians and grants. The vault knows owners only as opaque ids."""
