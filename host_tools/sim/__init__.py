"""What stands at the other end of each wire of a Box, every one a process of its own."""
