"""The record of who did what, why and to whom; tamper-evident, open to the patient."""
