"""Break the code in many small ways; each must turn a named test of level 2 red."""
