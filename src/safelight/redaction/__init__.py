"""Preparing a picture for use beyond care: propose, decide, cover, look again, approve."""
