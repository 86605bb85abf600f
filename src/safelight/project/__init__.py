"""Settings, URLs, the wiring of connectors to ports, the command line and the worker."""
