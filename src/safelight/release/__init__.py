"""THE GATE. Gather facts, ask the policy, write it down, unseal, oblige, stream."""
