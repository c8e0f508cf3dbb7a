"""The county's gateway: what comes in from Boxes, what goes out to them, and the page."""
