"""Pages of the teaching library."""
