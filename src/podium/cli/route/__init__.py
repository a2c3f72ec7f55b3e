"""`podium route`: what intent routers decide."""
