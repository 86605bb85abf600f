"""Notices by mail: words that are fixed, one link to this site, and a server that speaks TLS."""
