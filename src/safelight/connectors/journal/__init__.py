"""The journal of withdrawals, in a file."""
