"""Writes protocol/vectors.json (`make vectors`): what is said here, in bytes."""
