"""Real Box and real county in virtual time; between them everything that a road can do."""
