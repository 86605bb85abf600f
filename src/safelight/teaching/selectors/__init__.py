"""What is read in this room, a file per thing."""
