"""The verbs of `fengsui`, a small file each; cli.py puts them together."""
