"""Arabic, as CLDR writes it. Django puts a comma before the year, and a time the American way."""

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y، H:i"
