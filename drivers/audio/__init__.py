"""Tones and stored speech, from numbers and files to the samples a loudspeaker plays."""
