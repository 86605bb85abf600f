"""What only the demo hospital has."""
