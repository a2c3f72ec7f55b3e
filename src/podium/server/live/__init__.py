"""What followers of runs, of lists and of answers on their way are sent, as it happens: one look for all of them."""
