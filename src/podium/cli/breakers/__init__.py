"""`podium breakers`: which dependencies are left alone, and orders about them."""
