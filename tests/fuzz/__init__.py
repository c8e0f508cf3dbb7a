"""Broken frames through both interpreters (`make fuzz`); a search for paths in the decoders."""
