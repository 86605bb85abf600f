"""Pages and machine doors, one package per audience."""
