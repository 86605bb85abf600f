"""The keystore: wrapped keys, in a database of their own with backups of their own."""
