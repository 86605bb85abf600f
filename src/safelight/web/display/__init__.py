"""Screens in lecture halls: any browser that a teacher lets in."""
