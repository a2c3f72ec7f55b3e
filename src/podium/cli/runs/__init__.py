"""`podium runs`: looking at runs and deciding about them."""
