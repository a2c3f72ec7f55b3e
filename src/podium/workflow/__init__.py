"""What an author writes, checked all at once and compiled to a graph and its bindings."""
