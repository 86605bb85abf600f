"""Who looks for faces, writing and codes: a process beside this one that holds no keys."""
