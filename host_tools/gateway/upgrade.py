"""A database of an earlier release becomes one of this release, with everything it holds."""

from sqlalchemy import Connection

from host_tools.problems import MISMATCH, Problem

FORMAT = 4  # PRAGMA user_version of a database this release can use

# What is done to a database of each earlier format, so that it is of the next one.
_STEPS = {
    3: (
        "ALTER TABLE boxes ADD COLUMN beidou_card TEXT",
        "ALTER TABLE boxes ADD COLUMN beidou_heard_at FLOAT",
        "CREATE UNIQUE INDEX boxes_by_beidou_card ON boxes (beidou_card)",
        "ALTER TABLE deliveries ADD COLUMN beidou_tries INTEGER DEFAULT 0 NOT NULL",
        "ALTER TABLE deliveries ADD COLUMN beidou_next_at FLOAT",
        "UPDATE deliveries SET beidou_next_at = sbd_next_at",
        "ALTER TABLE downlink ADD COLUMN beidou_tries INTEGER DEFAULT 0 NOT NULL",
        "ALTER TABLE downlink ADD COLUMN beidou_next_at FLOAT",
        "UPDATE downlink SET beidou_next_at = sbd_next_at",
    ),
}


def upgrade(connection: Connection, name: object) -> None:
    """Bring this database to FORMAT, or raise Problem; a new one is left to who makes tables."""
    found = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if found and not min(_STEPS) <= found <= FORMAT:
        raise Problem(f"{name} was made by another release", exit_code=MISMATCH)
    for step in range(found or FORMAT, FORMAT):
        for statement in _STEPS[step]:
            connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"PRAGMA user_version={FORMAT}")
