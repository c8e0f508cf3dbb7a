"""`make powercut`: the power is cut at every flash operation of a run, and nothing is lost."""
