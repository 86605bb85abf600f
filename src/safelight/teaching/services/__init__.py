"""What changes in this room, a file per thing."""
