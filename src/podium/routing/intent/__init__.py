"""The intent router as a pure model: sentences in, decisions out. It knows no engine; it needs `podium[routing]`."""
