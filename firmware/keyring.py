"""Keys and counters of this Box: who it is, whom it believes, and numbers used only once."""

from firmware import keyring_copies
from firmware.rekeying import rekeyed
from protocol import frame, keyring_file, keys, proof
from protocol.compat import const
from protocol.schema import UP

_FIRST_RESERVATION = const(8)
_LARGEST_RESERVATION = const(256)
_LAST_SAFE_SEQ = const(0xF00000)
_FEWEST_USED = const(8)  # numbers of an epoch before a seal alone may end it
_MOST_KEYS = const(12)
_MARK = b"Q"


class Keyring:
    """cells are the two copies; the store keeps the SEQ mark; cipher is protocol.ccm's shape."""

    def __init__(self, cells, store, cipher, unique_id):
        self._cells = cells
        self._store = store
        self._cipher = cipher
        self._file = keyring_copies.newest(cells, unique_id)
        self._traffic = []  # [((epoch, purpose), key)], the newest last
        self._reservation = _FIRST_RESERVATION
        self._next = self._mark = 0
        self._find_mark(store.get(_MARK))
        keyring_copies.mend(cells, self._file)
        self._previous = None  # the epoch before this one, until the county was heard in this one

    @property
    def address(self):
        return self._file.address

    @property
    def epoch(self):
        return self._file.epoch

    @property
    def realm(self):
        return self._file.realm

    @property
    def issue(self):
        return self._file.issue

    @property
    def version(self):
        """How many Keys changed this keyring."""
        return self._file.version

    @property
    def slots(self):
        return self._file.slots

    def slot(self, number):
        """Return the Slot with this number, or None."""
        for slot in self._file.slots:
            if slot.number == number:
                return slot
        return None

    def public_keys(self, number):
        """Return the keys that sign for this slot; for the root's, its successor's after it."""
        if number == keyring_file.ROOT_SLOT:
            return [root for root in self._file.roots if root]
        slot = self.slot(number)
        return [] if slot is None else [slot.public_key]

    def rekeyed(self, seq, keys, by_next):
        """Return the keyring file after these genuine Keys, or raise rekeying.Unfit."""
        return rekeyed(self._file, seq, keys, by_next)

    def disowned(self, ring):
        """Return the numbers of the slots whose key is no longer believed in that file."""
        kept = [(slot.number, slot.public_key) for slot in ring.slots if slot.uses]
        return [s.number for s in self.slots if (s.number, s.public_key) not in kept]

    def adopt(self, ring):
        """Be this keyring file, on flash first; under a higher epoch numbers begin again."""
        if ring != self._file:
            self._become(ring)

    def down_epochs(self):
        """Return the epochs of which a frame of the county may be, the likeliest first.

        One ahead, because the county goes on in it after its database was restored; the one
        before, until the county has been heard in this one.
        """
        epochs = [self.epoch]
        if self._next >= _FEWEST_USED:
            epochs.append(self.epoch + 1)
        if self._previous is not None:
            epochs.append(self._previous)
        return epochs

    def heard_in(self, epoch):
        """The county sealed a genuine frame under this epoch."""
        if epoch > self.epoch:
            self._raise_epoch()
        if epoch == self.epoch:
            self._previous = None

    def next_seq(self):
        """Return a SEQ never used before under this epoch; it is reserved on flash first."""
        if self._next > _LAST_SAFE_SEQ:
            self._raise_epoch()
        if self._next >= self._mark:
            self._reserve()
        self._next += 1
        return self._next - 1

    def sealed(self, header, epoch, body):
        """Return the protected bytes of an upward frame: a pure function of its arguments.

        A LOCAL frame is sealed with the key that a Station may hold too.
        """
        key = self._key(epoch, proof.purpose(header))
        return proof.seal(self._cipher, key, epoch, self.realm, header, body)

    def unsealed(self, header, protected, epochs):
        """Return (body, epoch) of a downward SEALED or LOCAL frame.

        Raises the cipher's ValueError where it is of none of these epochs.
        """
        why = None
        for epoch in epochs:
            key = self._key(epoch, proof.purpose(header))
            try:
                body = proof.unseal(self._cipher, key, epoch, self.realm, header, protected)
                return body, epoch
            except ValueError as error:
                why = error
        raise why or ValueError("no epoch to try")

    def header(self, row, ack_wanted, priority, seq):
        """Return the canonical header of an upward SEALED frame from this Box."""
        return frame.Header(frame.SEALED, UP, row.number, priority, ack_wanted, self.address, seq)

    def _find_mark(self, mark):
        """Go on above the numbers that the store says were reserved, or under a new epoch.

        A mark of a higher epoch than the keyring's: this keyring is an old copy, or of a new
        issue on a store whose Slips still go by their old names.  Of a lower one: numbers of
        this epoch may be marked in another store, which this Box had meanwhile.
        """
        epoch, seq = (0, 0) if mark is None else frame.named(mark)
        if mark is None or self._store.state != "kept" or epoch != self.epoch:
            self._raise_epoch(above=epoch)
        else:
            self._next = self._mark = seq

    def _reserve(self):
        self._mark = self._next + self._reservation
        self._store.put(_MARK, frame.name(self.epoch, self._mark))
        self._reservation = min(2 * self._reservation, _LARGEST_RESERVATION)

    def _raise_epoch(self, above=0):
        """Never seal again under a key whose counter may have been forgotten."""
        self._become(keyring_file.changed(self._file, epoch=max(self.epoch, above) + 1))

    def _become(self, ring):
        """Go by this file once a copy of it is on flash; a number of an older epoch is no mark."""
        keyring_copies.write(self._cells, ring)
        if ring.epoch != self.epoch:
            self._previous = self.epoch
            self._next = self._mark = 0
        self._file = ring

    def _key(self, epoch, purpose):
        for name, key in self._traffic:
            if name == (epoch, purpose):
                return key
        key = keys.traffic_key(self._file.box_root, epoch, purpose)
        self._traffic = self._traffic[1 - _MOST_KEYS :]
        self._traffic.append(((epoch, purpose), key))
        return key
