"""The hospital itself: departments and its versioned policy on capture, idleness and emergencies."""
