"""The desk where orders are signed: its own process and page, a key for one order at a time."""
