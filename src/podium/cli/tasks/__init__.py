"""`podium tasks`: what runs ask people."""
