"""Photographs: their state, labels and renditions. The bytes are elsewhere, sealed."""
