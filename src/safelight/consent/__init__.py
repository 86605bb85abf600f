"""Forms and their versions, agreements, signatures: what a patient was asked, and what they said."""
