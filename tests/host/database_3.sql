-- A county's database as format 3 made it, before BeiDou: what an upgrade begins with.
CREATE TABLE boxes (
	address INTEGER NOT NULL,
	issue INTEGER NOT NULL,
	name TEXT NOT NULL,
	imei TEXT,
	unique_id TEXT,
	groups JSON NOT NULL,
	epoch INTEGER NOT NULL,
	least_epoch INTEGER DEFAULT '0' NOT NULL,
	oldest_epoch INTEGER,
	keys_taken INTEGER,
	text_tables JSON,
	boot_mark INTEGER DEFAULT '0' NOT NULL,
	ip_address TEXT,
	ip_heard_at FLOAT,
	sbd_heard_at FLOAT,
	heard_at FLOAT,
	health JSON,
	health_mark INTEGER DEFAULT '0' NOT NULL,
	PRIMARY KEY (address),
	UNIQUE (imei)
);
CREATE TABLE calls (
	message_id INTEGER NOT NULL,
	box INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	button INTEGER NOT NULL,
	kind TEXT NOT NULL,
	state TEXT NOT NULL,
	"by" TEXT,
	reason TEXT,
	changed_at FLOAT NOT NULL,
	PRIMARY KEY (message_id),
	FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE TABLE conflicts (
	id INTEGER NOT NULL,
	box INTEGER NOT NULL,
	issue INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	frame BLOB NOT NULL,
	bearer TEXT NOT NULL,
	received_at FLOAT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (frame)
);
CREATE TABLE counters (
	name TEXT NOT NULL,
	value INTEGER NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE deliveries (
	order_id INTEGER NOT NULL,
	box INTEGER NOT NULL,
	state TEXT NOT NULL,
	outcome TEXT,
	message_id INTEGER,
	carry BLOB,
	carry_epoch INTEGER,
	tries INTEGER DEFAULT '0' NOT NULL,
	next_at FLOAT,
	sbd_tries INTEGER DEFAULT '0' NOT NULL,
	sbd_next_at FLOAT,
	changed_at FLOAT NOT NULL,
	PRIMARY KEY (order_id, box),
	FOREIGN KEY(order_id) REFERENCES orders (id),
	FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE TABLE downlink (
	id INTEGER NOT NULL,
	box INTEGER NOT NULL,
	type TEXT NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	frame BLOB NOT NULL,
	call_id INTEGER,
	state TEXT NOT NULL,
	created_at FLOAT NOT NULL,
	tries INTEGER DEFAULT '0' NOT NULL,
	next_at FLOAT,
	sbd_tries INTEGER DEFAULT '0' NOT NULL,
	sbd_next_at FLOAT,
	PRIMARY KEY (id),
	UNIQUE (box, epoch, seq),
	FOREIGN KEY(call_id) REFERENCES calls (message_id)
);
CREATE TABLE faults (
	box INTEGER NOT NULL,
	code TEXT NOT NULL,
	open INTEGER NOT NULL,
	mark INTEGER NOT NULL,
	changed_at FLOAT NOT NULL,
	PRIMARY KEY (box, code)
);
CREATE TABLE journal (
	id INTEGER NOT NULL,
	at FLOAT NOT NULL,
	who TEXT NOT NULL,
	what TEXT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE messages (
	id INTEGER NOT NULL,
	box INTEGER NOT NULL,
	issue INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	type TEXT NOT NULL,
	priority INTEGER NOT NULL,
	frame BLOB NOT NULL,
	digest BLOB NOT NULL,
	fields JSON NOT NULL,
	received_at FLOAT NOT NULL,
	bearer TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (box, issue, epoch, seq),
	UNIQUE (digest)
);
CREATE TABLE operators (
	name TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE orders (
	id INTEGER NOT NULL,
	slot INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	target INTEGER NOT NULL,
	frame BLOB NOT NULL,
	fields JSON NOT NULL,
	submitted_at FLOAT NOT NULL,
	ends_at FLOAT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (slot, seq),
	UNIQUE (frame)
);
CREATE TABLE pieces (
	id INTEGER NOT NULL,
	raw BLOB NOT NULL,
	bearer TEXT NOT NULL,
	sender TEXT NOT NULL,
	received_at FLOAT NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE receptions (
	id INTEGER NOT NULL,
	digest BLOB NOT NULL,
	message_id INTEGER,
	bearer TEXT NOT NULL,
	received_at FLOAT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE TABLE reports (
	message_id INTEGER NOT NULL,
	PRIMARY KEY (message_id),
	FOREIGN KEY(message_id) REFERENCES messages (id)
);
CREATE TABLE sessions (
	token_hash BLOB NOT NULL,
	operator TEXT NOT NULL,
	expires_at FLOAT NOT NULL,
	PRIMARY KEY (token_hash)
);
CREATE TABLE unreadable (
	id INTEGER NOT NULL,
	raw BLOB NOT NULL,
	reason TEXT NOT NULL,
	bearer TEXT NOT NULL,
	received_at FLOAT NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX journal_by_who ON journal (who, id);
CREATE INDEX ix_receptions_message_id ON receptions (message_id);
CREATE INDEX ix_calls_state ON calls (state);
CREATE INDEX deliveries_by_state ON deliveries (state);
CREATE INDEX downlink_by_state ON downlink (state);
CREATE INDEX ix_downlink_call_id ON downlink (call_id);
PRAGMA user_version=3;
