"""What may carry what, and who may give it: all else is refused before any proof is looked at."""

import unittest

from firmware.intake import Intake
from firmware.keyring import Keyring
from firmware.roads import KINDS
from protocol import ccm, containers, frame, keyring_file, messages, proof
from protocol.schema import DOWN, DOWNWARD, UP, UPWARD
from protocol.steps import finished
from tests.fakes import MemoryCell
from tests.village import (
    BOX,
    DRILL,
    GROUP,
    LIVE,
    OFFICE,
    TOWNSHIP,
    UNIQUE_ID,
    County,
    FakeClock,
    Flash,
    Power,
    in_a_village,
)

# The table of wire.md, "Modes and authority", for what comes down: names by mode.
SIGNED = ("Order", "Cancel", "Keys", "Settings", "Image")
SEALED = ("Ack", "More", "CallTaken", "CallClosed", "Time", "Query", "TestCall", "Carry")
CHUNKS = ("ImageChunk",)
MODES, TYPES = range(8), range(32)


class SpyCipher:
    """Counts the seals it was asked to open."""

    def __init__(self):
        self.opened = 0

    def seal(self, key, nonce, plaintext, aad):
        return ccm.seal(key, nonce, plaintext, aad)

    def open(self, key, nonce, protected, aad):
        self.opened += 1
        return ccm.open(key, nonce, protected, aad)


class SpyGatekeeper:
    """Counts the signed frames that came as far as the door of the proofs."""

    def __init__(self):
        self.offered = []

    def offer(self, header, protected, road, told=None):
        self.offered.append((header.mode, header.type))


class Road:
    def __init__(self, kind):
        self.name, self.kind = kind, KINDS[kind]

    def heard(self, epoch, seq):
        pass


class Slips:
    def epochs(self):
        return [1]

    def acknowledged(self, epoch, seqs):
        pass


class Site:
    groups = (GROUP,)


class Door:
    """An Intake with spies behind it."""

    def __init__(self):
        self.county = County(FakeClock())
        self.cipher, self.gatekeeper = SpyCipher(), SpyGatekeeper()
        cells = (MemoryCell(keyring_file.write(self.county.ring)), MemoryCell())
        keyring = Keyring(cells, Flash(Power()), self.cipher, UNIQUE_ID)
        self.intake = Intake(keyring, Site(), Slips(), None, self.gatekeeper, (), None, {})

    def takes(self, data, road="sbd"):
        """Return whether these bytes got as far as any proof."""
        before = self.cipher.opened + len(self.gatekeeper.offered)
        finished(self.intake.take_steps(data, Road(road)))
        return self.cipher.opened + len(self.gatekeeper.offered) > before


def bytes_of(mode, direction, number, address=BOX):
    header = frame.Header(mode, direction, number, 0, False, address, 77)
    return frame.write(header, bytes(100))


def named(number, table=DOWNWARD):
    return [name for row_number, name, _, _ in table if row_number == number]


class TestWhatMayCarryWhat(unittest.TestCase):
    """Anything else is refused before the proof is checked."""

    def test_of_all_modes_and_types_only_the_tables_get_as_far_as_a_proof(self):
        door = Door()
        for mode in MODES:
            for number in TYPES:
                names = named(number)
                expected = (mode == frame.SIGNED and names and names[0] in SIGNED) or (
                    mode == frame.SEALED and names and names[0] in SEALED + CHUNKS
                )
                found = door.takes(bytes_of(mode, DOWN, number))
                self.assertEqual(found, bool(expected), (mode, number, names))

    def test_nothing_that_goes_up_is_taken_down(self):
        door = Door()
        for mode in MODES:
            for number in TYPES:
                self.assertFalse(door.takes(bytes_of(mode, UP, number)), (mode, number))

    def test_sealed_frames_are_for_one_box(self):
        door = Door()
        for address in (GROUP, frame.EVERYBODY, BOX + 1):
            for number in TYPES:
                self.assertFalse(door.takes(bytes_of(frame.SEALED, DOWN, number, address)))

    def test_on_ip_a_signed_frame_comes_inside_a_sealed_carry_only(self):
        door = Door()
        order = door.county.order("danger")
        self.assertFalse(door.takes(order.frame, "ip"))
        self.assertTrue(door.takes(door.county.carry(order), "ip"))
        self.assertEqual(door.gatekeeper.offered, [(frame.SIGNED, 4)])

    def test_a_carry_brings_signed_frames_and_nothing_else(self):
        door = Door()
        inside = [door.county.sealed(messages.Time(1, 1)), bytes_of(frame.OPEN, DOWN, 4)]
        inside += [bytes_of(frame.SIGNED, DOWN, number) for number in (1, 3, 6, 7, 10, 11, 12)]
        inside += [bytes_of(frame.SIGNED, UP, 4), bytes_of(frame.SIGNED, DOWN, 4, BOX + 1)]
        inside += [containers.pack([door.county.order().frame] * 2)]
        for data in inside:
            door.takes(door.county.sealed(messages.Carry(data)), "ip")
        self.assertEqual(door.gatekeeper.offered, [])

    def test_everything_up_is_sealed_by_the_tables(self):
        for number in TYPES:
            header = frame.Header(frame.SEALED, UP, number, 0, True, BOX, 1)
            if named(number, UPWARD):
                proof.check_permitted(header)
            else:
                with self.assertRaises(proof.NotPermitted):
                    proof.check_permitted(header)


class TestWithoutKeys(unittest.TestCase):
    def test_a_box_without_keys_takes_nothing_from_any_road(self):
        async def script(village):
            county = village.county
            for cell in village.cells:
                cell.data = None
            await village.cut_power()
            for road in ("ip", "sbd"):
                village.tell(county.order("danger"), road)
                village.put(county.order("danger").frame, road)
            village.put(county.sealed(messages.Time(1, county.second())))
            await village.pass_s(20)
            self.assertEqual((village.heard(), village.verifier.asked), ([], []))
            self.assertEqual((village.board.ip.tried, village.board.sbd.tried), ([], []))

        in_a_village(script)


class TestWhoMayGiveWhat(unittest.TestCase):
    """The slot's scope is enforced on the Box, and no proof is spent on what is outside it."""

    def refused(self, why, make):
        async def script(village):
            village.tell(make(village.county), "sbd")
            await village.pass_s(5)
            self.assertEqual(village.journal(), ["sbd: refused: not permitted: " + why])
            self.assertEqual((village.verifier.asked, village.heard()), ([], []))

        in_a_village(script)

    def test_ranks_of_an_order(self):
        self.refused("this slot has no such rank", lambda c: c.order("warning", slot=TOWNSHIP))

    def test_targets_of_an_order_and_of_a_cancel(self):
        why = "this slot may not speak to so many"
        self.refused(why, lambda c: c.order(slot=TOWNSHIP, to=frame.EVERYBODY))
        self.refused(why, lambda c: c.cancel(b"\3\0\0\1", slot=TOWNSHIP, to=frame.EVERYBODY))

    def test_uses_of_an_order_and_of_a_cancel(self):
        why = "this slot is for something else"
        self.refused(why, lambda c: c.order(slot=OFFICE))
        self.refused(why, lambda c: c.cancel(b"\4\0\0\1", slot=OFFICE))

    def test_the_drill_slot_cancels_drills_only_and_a_live_slot_no_drill(self):
        why = "this slot could not have given that order"
        self.refused(why, lambda c: c.cancel(bytes((LIVE, 0, 0, 1)), slot=DRILL))
        self.refused(why, lambda c: c.cancel(bytes((DRILL, 0, 0, 1)), slot=LIVE))

    def test_a_cancel_is_only_for_orders_its_slot_could_have_given(self):
        why = "this slot could not have given that order"
        self.refused(why, lambda c: c.cancel(bytes((LIVE, 0, 0, 1)), slot=TOWNSHIP))
        self.refused(why, lambda c: c.cancel(bytes((99, 0, 0, 1)), slot=LIVE))

    def test_keys_by_any_slot_but_the_roots(self):
        why = "only the root signs keys"
        self.refused(why, lambda c: c.keys(slot=LIVE, subject=DRILL, revoked=True))


class TestNoStateMovesBeforeAProof(unittest.TestCase):
    """A thousand forgeries leave the Box as it was: flash, keys, lamp, clock, what waits."""

    COUNT = 1_000

    def test_forgeries_of_every_kind_change_nothing(self):
        async def script(village):
            county = village.county
            county.acknowledges = False
            await village.press()
            await village.pass_s(60)
            genuine = [
                county.order("danger").frame,
                county.cancel(bytes((LIVE, 0, 0, 9))).frame,
                county.keys(subject=LIVE, revoked=True, epoch=5).frame,
                county.settings(area=1).frame,
                county.ack([seq for _, seq in county.names("Call")]),
                county.sealed(messages.Time(county.names("Boot")[-1][1], 9), ack_wanted=True),
                county.sealed(messages.CallTaken(*county.names("Call")[0]), epoch=2),
            ]
            before = self.state(village)
            for number in range(self.COUNT):
                village.put(forged(genuine[number % len(genuine)], number), "sbd")
                if number % 50 == 0:
                    await village.pass_s(1)
            await village.pass_s(30)
            self.assertEqual(self.state(village), before)
            self.assertGreater(len(village.verifier.asked), 8)
            await village.pass_s(30)
            village.put(genuine[0], "sbd")
            await village.pass_s(10)
            self.assertEqual(village.heard(), ["1"])

        in_a_village(script)

    def state(self, village):
        kept = [(key, value) for key, value in village.store.items() if key[:1] != b"S"]
        calls = [key for key, value in village.store.items() if key[:1] == b"S" and value[0] == 3]
        cells = [cell.data for cell in village.cells]
        return kept, calls, cells, village.lamp(), village.heard(), village.board.amplifier.awake


def forged(data, number):
    """Return these bytes with one bit of their proof changed, a different one each time."""
    out = bytearray(data)
    out[-1 - number // 8 % 8] ^= 1 << number % 8
    return bytes(out)


if __name__ == "__main__":
    unittest.main()
