"""What the privacy officer reads: break-glass review and who looked."""
