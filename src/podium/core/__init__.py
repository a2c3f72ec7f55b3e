"""The law, pure: which events follow from news, how they fold into a state, and what should be in flight."""
