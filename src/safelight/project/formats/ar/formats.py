"""Arabic. Django has no form of its own for a day with a time, and falls back to an American one."""

DATETIME_FORMAT = "j F، Y، H:i"
