"""One chip, modem or line each: told its bus and its clock, knowing nothing of broadcasting."""
