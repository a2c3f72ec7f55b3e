"""What `podium init` writes: the files beside this one, as they are."""
