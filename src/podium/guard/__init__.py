"""One file, one policy around a call. Clock and randomness come from outside."""
