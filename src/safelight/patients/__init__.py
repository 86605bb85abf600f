"""Who the patients are: sealed identity, keyed search tokens, encounters and merges."""
