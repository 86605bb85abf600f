"""From the shutter to the sealed record: uploads, quarantine, intake and verification."""
