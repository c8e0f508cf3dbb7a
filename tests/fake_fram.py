"""An FM25V20A as its pins behave, written from its data sheet; it shares nothing with the driver.

Data sheet: "Command Structure", "Status Register", "Memory Operation", "Device ID".
"""

from tests.fakes import PowerCut

WREN, WRDI, RDSR, WRSR, READ, WRITE, RDID = 0x06, 0x04, 0x05, 0x01, 0x03, 0x02, 0x9F
LATCH, MAY_BE_SET = 0x02, 0x8C  # WEL; WPEN, BP1 and BP0
ALL_PROTECTED = 0x0C
STATUS = 0x40  # bit 6 reads as 1, the others without a name as 0
NAME = b"\x7f\x7f\x7f\x7f\x7f\x7f\xc2\x25\x08"
HEAD_BYTES = 4  # an opcode and an address


class FakeFram:
    """select(level), write(data) and readinto(buffer) are its pins; only its first bytes exist.

    operations counts the WRITEs that it took: nothing else changes a byte.  watch(deed), if set,
    is called after each; deed(chip) does it to another chip.
    """

    def __init__(self, size):
        self.image = bytearray(b"\xff" * size)
        self.operations = 0
        self.watch = None
        self.said = None  # while this is a list: the opcode of each command that ended
        self.deaf_to = b""  # opcodes that do nothing
        self.name = NAME
        self.away = None  # what is read where no chip is, or None
        self.lost_bits = 0  # of each byte that is written
        self._status = STATUS
        self._command = None  # all that was said since /CS fell
        self._fails_at, self._torn, self._after = None, False, 0
        self._dead = False

    def on(self):
        """Power up: nothing is under way, and the latch is down."""
        self._fails_at, self._dead, self._command = None, False, None
        self._status &= ~LATCH

    def fail(self, soon, torn=False, after=0):
        """Let the power fail in the WRITE that many from now: half-way, or after so many bytes
        if there are more.
        """
        self._fails_at, self._torn, self._after = self.operations + soon, torn, after

    def hold(self, other):
        """Have in it what the other chip has; a copy would need its room once more."""
        self.image[:] = other.image

    def copy(self):
        """Return another chip with the same in it."""
        other = FakeFram(0)
        other.image = bytearray(self.image)
        return other

    def select(self, level):
        """Set /CS: a command begins when it falls and ends when it rises."""
        self._check()
        if level and self._command and self._hears():
            self._end(self._command[0])
        self._command = None if level else bytearray()

    def write(self, data):
        self._check()
        begun = len(self._command)
        self._command += bytes(data)
        if self._command[:1] == bytes((WRITE,)) and self._may_write() and self._hears():
            self._take(max(begun, HEAD_BYTES))

    def readinto(self, buffer):
        self._check()
        buffer[:] = self._answer(len(buffer))

    def _take(self, begin):
        """Bytes of a WRITE are kept one by one as they come."""
        data = self._command[begin:]
        if not data:
            return
        self.operations += begin == HEAD_BYTES
        most = len(data) // 2 if self._torn else self._after
        dies = self.operations == self._fails_at and most < len(data)
        if dies:
            data = data[:most]
        at = self._address() + begin - HEAD_BYTES
        assert at + len(data) <= len(self.image), "written beyond what this test looks at"
        kept = bytes(byte & ~self.lost_bits for byte in data) if self.lost_bits else data
        self.image[at : at + len(data)] = kept
        if dies:
            self._dead = True
            raise PowerCut()

    def _answer(self, count):
        opcode = self._command[0]
        if not self._hears():
            return bytes((self.away or 0,)) * count
        if opcode == READ:
            at = self._address()
            assert at + count <= len(self.image), "read beyond what this test looks at"
            return self.image[at : at + count]
        if opcode == RDSR:
            return bytes((self._status,)) * count
        return self.name[:count] if opcode == RDID else bytes(count)

    def _end(self, opcode):
        if self.said is not None:
            self.said.append(opcode)
        if opcode == WREN:
            self._status |= LATCH
        if opcode == WRITE and len(self._command) > HEAD_BYTES and self._may_write():
            self._tell(bytes(self._command))
        if opcode == WRSR and self._status & LATCH:
            self._status = STATUS | self._command[1] & MAY_BE_SET
        if opcode in (WRDI, WRSR, WRITE):
            self._status &= ~LATCH

    def _tell(self, command):
        if self.watch is not None:
            self.watch(lambda chip: chip._again(command))

    def _again(self, command):
        for said in (bytes((WREN,)), command):
            self.select(0)
            self.write(said)
            self.select(1)

    def _may_write(self):
        return self._status & LATCH and not self._status & ALL_PROTECTED

    def _hears(self):
        return self.away is None and self._command[0] not in self.deaf_to

    def _address(self):
        return int.from_bytes(self._command[1:HEAD_BYTES], "big")

    def _check(self):
        if self._dead:
            raise PowerCut()
