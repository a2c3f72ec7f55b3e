"""`podium tokens`: who may reach the server beyond this machine, and do what."""
