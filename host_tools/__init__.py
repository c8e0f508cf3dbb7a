"""What people at desks use: keys, provisioning, orders, simulators and the county gateway."""

__version__ = "0.1.0"
