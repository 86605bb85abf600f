"""Taking back: withdrawal, its consequences one by one, and the certificate that says what became of them."""
