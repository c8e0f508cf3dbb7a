"""The county's keys: made once, kept encrypted, the gateway's apart from the signers'."""
