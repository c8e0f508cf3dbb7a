"""A village that never was: artefacts of a run, made by hand, honest or not as a test likes.

Times are seconds since the curtain rose.  Frames are made by protocol/, which the auditor
does not share.
"""

import hashlib
import json
import sqlite3
import struct

import numpy as np
from pymodbus.framer import FramerRTU

from host_tools import crypto
from protocol import acks, calendar, frame, keys, messages, proof
from protocol.schema import DOWN, UP

CURTAIN = 1_767_225_600.0  # 2026-01-01T00:00Z
MINUTE = int(CURTAIN - calendar.ZERO_UNIX) // 60
ADDRESS, ISSUE = 0x1234, 1
ROOT, REALM = b"r" * 32, b"realm..8"
LIVE, DRILL = b"l" * 32, b"d" * 32
RATE = 8000
TONE_S, VOICE_S, PAUSE_S = 1.0, 0.6, 0.2
CLIPS = ("17", "18", "drill")
SETTINGS = {
    "site": {"area": 7, "groups": [0xF001]},
    "alert": {"tone_hz": 800, "tone_ms": round(1000 * TONE_S)},
    "call_points": [{"number": 1, "kind": "help"}, {"number": 2, "kind": "medical"}],
    "board": {"amplifier": {"address": 1}},
}
TABLES = """
CREATE TABLE messages (id INTEGER PRIMARY KEY, box, issue, epoch, seq, type, frame, digest,
                       fields, received_at, bearer);
CREATE TABLE calls (message_id, button, state, "by");
CREATE TABLE conflicts (id INTEGER PRIMARY KEY, box, epoch, seq, frame);
"""
PATTERNS = {"calling": (0.1, 0.1), "delivered": (0.5, 0.5), "taken": (60.0, 0.0)}


class Village:
    """Write what happens, in any order of time, then save(folder)."""

    def __init__(self):
        self.logs = {name: [] for name in ("road", "iridium", "amplifier", "panel", "stage")}
        self.sound = np.zeros(90 * RATE, "<i2")
        self.stamps = [{"t": CURTAIN, "sample": 0, "count": 0, "rate": RATE}]
        self.rows, self.calls, self.conflicts, self.journal = [], [], [], []
        self.settings = SETTINGS
        self._seq = {"up": 0, "down": 0, "order": 0}
        self.epoch = 0
        self.log("stage", 0, process="box", event="micropython", version="1.25.0")
        self.log("stage", 0, process="box", event="started", pid=1)

    def log(self, name, t, **entry):
        self.logs[name].append({"t": CURTAIN + t, **entry})

    # What the county sends.

    def signed(self, key=LIVE, seq=None, target=ADDRESS, **fields):
        """Return the SIGNED frame of an Order, or of a Cancel when it names an order."""
        kind = "Cancel" if "order" in fields else "Order"
        usual = {"slot": 1, "issued": MINUTE, "valid_10min": 3, "event": "none",
                 "rank": "notice", "repeats": 1, "volume": "normal", "template": 17}  # fmt: skip
        usual = usual if kind == "Order" else {"slot": 1, "reason": "over"}
        message = messages.make(kind, **{**usual, **fields})
        row = messages.row_of(DOWN, message)
        header = frame.Header(
            frame.SIGNED, DOWN, row.number, 0, False, target, seq or self._next("order")
        )
        body = messages.encode(DOWN, message)
        signature = crypto.sign(key, proof.to_be_signed(REALM, header, body))
        return frame.write(header, body + signature)

    def down(self, t, name, passed=True, number=None, key_epoch=None, **fields):
        """Send one SEALED message to the Box by IP."""
        data = self.sealed(DOWN, name, number or self._next("down"), key_epoch, **fields)
        self.log("road", t, dir="down", hex=data.hex(), passed=passed, injected=False)

    def carry(self, t, signed, passed=True):
        self.down(t, "Carry", passed, frame=signed)

    def by_satellite(self, t, payload):
        """Bring a payload to the modem; the Box reads it a little later."""
        self.log("iridium", t, dir="mt", hex=payload.hex(), mtmsn=1)
        answer = len(payload).to_bytes(2, "big") + payload + _sum(payload)
        self.log("iridium", t + 0.1, dir="<", hex=answer[:9].hex())
        self.log("iridium", t + 0.2, dir="<", hex=answer[9:].hex())

    # What the Box sends, and what the county then has.

    def report(self, t, name, kept=True, passed=True, road="ip", acked=True, **fields):
        """Send one report, keep it and acknowledge it; return (row, frame)."""
        seq = self._next("up")
        data = self.sealed(UP, name, seq, **fields)
        self.up(t, data, passed, road)
        if not kept:
            return None, data
        if acked:
            self.down(t + 0.3, "Ack", acknowledged=acks.write([seq])[0])
        return self.keep(t + 0.2, data, name, seq, road, **fields), data

    def up(self, t, data, passed=True, road="ip"):
        if road == "ip":
            self.log("road", t, dir="up", hex=data.hex(), passed=passed, injected=False)
            return
        header, protected = frame.read(data)
        elided = frame.write(header, protected, elided=True)
        self.log("iridium", t, dir=">", hex=(b"AT+SBDWB=%d\r" % len(elided)).hex())
        self.log("iridium", t + 0.01, dir=">", hex=(elided + _sum(elided)).hex())
        if passed:
            self.log("iridium", t + 0.1, dir="mo", hex=elided.hex(), momsn=1)

    def keep(self, t, data, name, seq, road="ip", **fields):
        """Give the county a row for this frame that came by this road; return its id."""
        shown = {key: v.hex() if isinstance(v, bytes) else v for key, v in fields.items()}
        row = len(self.rows) + 1
        digest = hashlib.sha256(data).digest()
        self.rows.append([row, ADDRESS, ISSUE, self.epoch, seq, name, data, digest,
                          json.dumps(shown), CURTAIN + t, road])  # fmt: skip
        return row

    def sealed(self, direction, name, number, key_epoch=None, **fields):
        message = messages.make(name, **fields)
        row = messages.row_of(direction, message)
        epoch = self.epoch if key_epoch is None else key_epoch
        wanted = direction == UP and name != "Ack"
        header = frame.Header(
            frame.SEALED, direction, row.number, row.priority, wanted, ADDRESS, number
        )
        key = keys.traffic_key(ROOT, epoch, "down" if direction == DOWN else "up")
        body = messages.encode(direction, message)
        return frame.write(header, proof.seal(crypto, key, epoch, REALM, header, body))

    def ends(self, t, signed, outcome, **more):
        """Report the end of an order as the Box does; return (row, frame)."""
        proven = {"volts_mv": 60_000, "amps_ma": 360} if outcome == "played" else {}
        return self.report(t, "Playback", stage="finished", order=id_of(signed),
                           outcome=outcome, **{**proven, **more})  # fmt: skip

    # What is heard and seen in the village.

    def plays(self, t, *clips, until=99.0, enabled=True):
        """Sound tone, voices, tone from t on, broken off at `until`; return when it ended."""
        tone = 12_000 * np.sin(2 * np.pi * 800 / RATE * np.arange(round(TONE_S * RATE)))
        pause = np.zeros(round(PAUSE_S * RATE))
        voices = [part for name in clips for part in (voice(name), pause)]
        samples = np.concatenate([tone, *voices, tone])[: max(0, round((until - t) * RATE))]
        end = t + len(samples) / RATE
        if enabled:
            self.amplifier_on(t - 0.1, end + 0.1)
        self.sounds(t, samples)
        return end

    def sounds(self, t, samples):
        """Send samples to the loudspeaker line, 100 ms at a time."""
        for begin in range(0, len(samples), RATE // 10):
            piece = samples[begin : begin + RATE // 10]
            at = round(t * RATE) + begin
            self.sound[at : at + len(piece)] = np.round(piece)
            self.stamps.append({"t": CURTAIN + at / RATE, "sample": at, "count": len(piece)})

    def amplifier_on(self, begin, end):
        self.asks(begin - 0.02, 16, 1, values=(60, 3))
        self.asks(begin, 6, 0, 1)
        for t in np.arange(begin + 0.5, end, 0.5):
            self.asks(float(t), 4, 1, 3)
        self.asks(end, 6, 0, 0)

    def asks(self, t, function, register, value=0, values=()):
        """Write one Modbus request, in two pieces as a serial line may bring it."""
        data = struct.pack(">BBHH", 1, function, register, len(values) or value)
        if values:
            data += struct.pack(f">B{len(values)}H", 2 * len(values), *values)
        data += struct.pack(">H", FramerRTU.compute_CRC(data))
        self.log("amplifier", t, dir=">", hex=data[:3].hex())
        self.log("amplifier", t + 0.001, dir=">", hex=data[3:].hex())

    def press(self, t, button=1, held_s=0.3):
        self.log("panel", t, button=str(button), down=True)
        self.log("panel", t + held_s, button=str(button), down=False)

    def lamp(self, pattern, begin, end, button=1):
        lit_s, dark_s = PATTERNS[pattern]
        t = begin
        while t < end:
            self.log("panel", t, lamp=str(button), on=True)
            self.log("panel", min(t + lit_s, end), lamp=str(button), on=False)
            t += lit_s + dark_s

    def kill(self, t, dead_s=1.0):
        self.log("stage", t, process="box", event="killed", pid=1)
        self.log("stage", t + dead_s, process="box", event="started", pid=2)

    def save(self, folder):
        """Write all artefacts; return the folder."""
        for name in ("sound", "county", "box/clips"):
            (folder / name).mkdir(parents=True)
        for name, entries in self.logs.items():
            write_lines(folder / f"{name}.jsonl", sorted(entries, key=lambda e: e["t"]))
        write_lines(folder / "sound/stamps.jsonl", sorted(self.stamps, key=lambda e: e["t"]))
        write_wav(folder / "sound/line.wav", self.sound)
        for name in CLIPS:
            write_wav(folder / f"box/clips/{name}.wav", voice(name))
        (folder / "box/settings.json").write_text(json.dumps(self.settings))
        (folder / "box/journal.log").write_text("\n".join(self.journal))
        (folder / "audit-keys.json").write_text(json.dumps(audit_keys()))
        self._save_database(folder / "county/county.db")
        return folder

    def _save_database(self, path):
        connection = sqlite3.connect(path)
        connection.executescript(TABLES)
        connection.executemany(f"INSERT INTO messages VALUES ({'?,' * 10}?)", self.rows)
        connection.executemany("INSERT INTO calls VALUES (?,?,?,?)", self.calls)
        connection.executemany("INSERT INTO conflicts VALUES (?,?,?,?,?)", self.conflicts)
        connection.commit()
        connection.close()

    def _next(self, counter):
        self._seq[counter] += 1
        return self._seq[counter]


def id_of(signed):
    header, protected = frame.read(signed)
    return calendar.order_id(protected[0], header.seq)


def voice(name):
    """Return a clip that nobody would take for another or for the tone."""
    chance = np.random.default_rng(list(name.encode()))
    return np.round(chance.normal(0, 5000, round(VOICE_S * RATE))).clip(-32768, 32767)


def audit_keys():
    slots = {
        str(number): {"public_key": crypto.public_of(key).hex(), "drill": key == DRILL}
        for number, key in ((1, LIVE), (2, DRILL))
    }
    box = {"addr": ADDRESS, "issue": ISSUE, "box_root": ROOT.hex()}
    return {"realm": REALM.hex(), "box": box, "slots": slots}


def write_lines(path, entries):
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))


def write_wav(path, samples):
    data = samples.astype("<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 1, 1,
                       RATE, 2 * RATE, 2, 16, b"data", len(data))  # fmt: skip
    path.write_bytes(head + data)


def _sum(payload):
    return (sum(payload) % 0x10000).to_bytes(2, "big")
