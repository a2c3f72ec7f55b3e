"""Which tools fit a sentence: thousands ranked in a millisecond, learning from what worked. No engine in here."""
