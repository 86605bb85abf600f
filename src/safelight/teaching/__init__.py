"""The library, collections, lectures and the screens that show them, always by reference."""
