"""How fast pictures are sealed, verified and viewed: `make bench`, or `python -m bench --help`."""
