"""The parts of the soak: a service with a ledger and every kind of trouble, workers, and who kills and audits them."""
