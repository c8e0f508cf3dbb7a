"""The county's side of texts: builds the tables that Boxes carry, and writes by them."""
