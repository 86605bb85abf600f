"""Staff: accounts and sessions, roles, care relationships and break-glass."""
