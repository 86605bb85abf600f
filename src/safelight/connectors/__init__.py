"""The outside world, one package per kind of thing: each fills a port of a room below."""
