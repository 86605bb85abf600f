"""The words all rooms use. Everything may import these; these import nothing."""
