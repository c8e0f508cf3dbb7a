"""What the county keeps, table by table.

Times are seconds since 1970; addresses, epochs and SEQs are numbers.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()


def _required(name: str, kind: Any, **more: Any) -> Column:
    return Column(name, kind, nullable=False, **more)


boxes = Table(
    "boxes",
    metadata,
    Column("address", Integer, primary_key=True),
    _required("issue", Integer),
    _required("name", Text),
    Column("imei", Text, unique=True),
    Column("beidou_card", Text, unique=True),
    Column("unique_id", Text),
    _required("groups", JSON),
    _required("epoch", Integer),  # the newest it was heard in
    _required("least_epoch", Integer, server_default="0"),  # nothing new is sealed under a lower
    Column("oldest_epoch", Integer),  # of what still waits there, by its newest Boot
    Column("keys_taken", Integer),  # by its newest Boot
    Column("text_tables", JSON),  # by its newest Boot: first bytes of the texts it can read
    _required("boot_mark", Integer, server_default="0"),
    Column("ip_address", Text),  # "host:port": moved only by a frame with a new SEQ
    Column("ip_heard_at", Float),
    Column("sbd_heard_at", Float),
    Column("beidou_heard_at", Float),
    Column("heard_at", Float),
    Column("health", JSON),  # the fields of its newest Health
    _required("health_mark", Integer, server_default="0"),
)
messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("box", Integer),
    _required("issue", Integer),
    _required("epoch", Integer),
    _required("seq", Integer),
    _required("type", Text),
    _required("priority", Integer),
    _required("frame", LargeBinary),  # whole, its address present
    _required("digest", LargeBinary, unique=True),  # SHA-256 of frame
    _required("fields", JSON),
    _required("received_at", Float),
    _required("bearer", Text),  # "ip", "sbd" or "beidou"
    UniqueConstraint("box", "issue", "epoch", "seq"),
)
receptions = Table(
    "receptions",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("digest", LargeBinary),
    Column("message_id", ForeignKey("messages.id"), index=True),
    _required("bearer", Text),
    _required("received_at", Float),
)
pieces = Table(
    "pieces",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("raw", LargeBinary),  # one fragment, as it came
    _required("bearer", Text),
    _required("sender", Text),
    _required("received_at", Float),
)
unreadable = Table(
    "unreadable",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("raw", LargeBinary),
    _required("reason", Text),
    _required("bearer", Text),
    _required("received_at", Float),
)
conflicts = Table(
    "conflicts",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("box", Integer),
    _required("issue", Integer),
    _required("epoch", Integer),
    _required("seq", Integer),
    _required("frame", LargeBinary, unique=True),
    _required("bearer", Text),
    _required("received_at", Float),
)
calls = Table(
    "calls",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
    _required("box", Integer),
    _required("epoch", Integer),
    _required("seq", Integer),
    _required("button", Integer),
    _required("kind", Text),
    _required("state", Text, index=True),  # open, taken, closed
    Column("by", Text),
    Column("reason", Text),
    _required("changed_at", Float),
)
faults = Table(
    "faults",
    metadata,
    Column("box", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    _required("open", Integer),
    _required("mark", Integer),
    _required("changed_at", Float),
)
reports = Table(  # what people and gauges of a village told, beside calls
    "reports",
    metadata,
    Column("message_id", ForeignKey("messages.id"), primary_key=True),
)
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("slot", Integer),
    _required("seq", Integer),
    _required("target", Integer),
    _required("frame", LargeBinary, unique=True),
    _required("fields", JSON),  # of the Order or Cancel, and its "type"
    _required("submitted_at", Float),
    _required("ends_at", Float),  # from then on it is too late
    UniqueConstraint("slot", "seq"),
)
deliveries = Table(
    "deliveries",
    metadata,
    Column("order_id", ForeignKey("orders.id"), primary_key=True),
    Column("box", Integer, primary_key=True),
    _required("state", Text),  # waiting, received, verified, refused, playing, finished, expired
    Column("outcome", Text),
    Column("message_id", ForeignKey("messages.id")),  # the Playback that says so
    Column("carry", LargeBinary),  # the order sealed for the IP road, made at the first try
    Column("carry_epoch", Integer),
    _required("tries", Integer, server_default="0"),  # on the IP road
    Column("next_at", Float),
    _required("sbd_tries", Integer, server_default="0"),
    Column("sbd_next_at", Float),
    _required("beidou_tries", Integer, server_default="0"),
    Column("beidou_next_at", Float),
    _required("changed_at", Float),
    Index("deliveries_by_state", "state"),
)
downlink = Table(
    "downlink",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("box", Integer),
    _required("type", Text),
    _required("epoch", Integer),
    _required("seq", Integer),
    _required("frame", LargeBinary),
    Column("call_id", ForeignKey("calls.message_id"), index=True),
    _required("state", Text),  # waiting, confirmed, expired
    _required("created_at", Float),
    _required("tries", Integer, server_default="0"),  # on the IP road
    Column("next_at", Float),
    _required("sbd_tries", Integer, server_default="0"),
    Column("sbd_next_at", Float),
    _required("beidou_tries", Integer, server_default="0"),
    Column("beidou_next_at", Float),
    Index("downlink_by_state", "state"),
    UniqueConstraint("box", "epoch", "seq"),
)
SLOT = "slot/"  # before the number of a signing key: the highest SEQ that any Box knows of it
counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    _required("value", Integer),
)
operators = Table(
    "operators",
    metadata,
    Column("name", Text, primary_key=True),
    _required("password_hash", Text),
)
sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    _required("operator", Text),
    _required("expires_at", Float),
)
journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    _required("at", Float),
    _required("who", Text),
    _required("what", Text),
    Index("journal_by_who", "who", "id"),
)
