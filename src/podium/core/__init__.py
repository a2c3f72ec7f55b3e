"""The law, pure: what follows from what. No I/O, no clock, no randomness, no author code.

Read in this order: `events`, `stimuli`, `state`, `evolve`, `decide`, `react`, `pending`.
"""
