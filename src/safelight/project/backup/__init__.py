"""Backups: taking, pruning and restoring them, and replaying what was withdrawn since."""
