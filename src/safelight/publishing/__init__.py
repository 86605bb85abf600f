"""The register of publications: each by name, with its layout confirmed and its file released once."""
