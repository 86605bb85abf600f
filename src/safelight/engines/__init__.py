"""Pure engines: no Django, no network, no clock. Engines do not know each other."""
