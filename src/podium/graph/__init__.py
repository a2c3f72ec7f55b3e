"""The compiled form of a workflow and its checks: what runs, is drawn and is hashed is this one value."""
