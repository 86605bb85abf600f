"""Safelight: self-hosted clinical photography where consent is the key."""
