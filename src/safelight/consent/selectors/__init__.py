"""Reads of consent as plain values."""
