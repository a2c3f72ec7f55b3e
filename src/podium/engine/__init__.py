"""What turns the core's commands into work and what came of it into stimuli, over whichever store is underneath."""
