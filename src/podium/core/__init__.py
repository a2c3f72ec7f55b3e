<<<<<<< HEAD
"""The law, pure: what follows from what. No I/O, no clock, no randomness, no author code.

Read in this order: `events`, `stimuli`, `state`, `evolve`, `decide`, `react`, `pending`.
"""
=======
"""The law, pure: which events follow from news, how they fold into a state, and what should be in flight."""
>>>>>>> scaffold
