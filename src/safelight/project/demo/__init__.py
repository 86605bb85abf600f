"""The demo hospital: synthetic people, synthetic pictures."""
