"""What a signed message does once its proof has succeeded, and how the county is told."""

from firmware.authority import Refused, Unfit
from firmware.settings import BadSettings
from protocol import calendar, messages
from protocol.keyring_file import FOR_DRILLS, ROOT_SLOT


class Deeds:
    """DriverError flies on: what could not be kept was not done."""

    def __init__(self, keyring, ledger, timekeeper, announcer, site, journal):
        self._keyring = keyring
        self._ledger = ledger
        self._timekeeper = timekeeper
        self._announcer = announcer
        self._site = site
        self._journal = journal

    def do(self, header, message, body, key):
        """Do what this genuine message says; key is the public key that proved it."""
        order_id = calendar.order_id(message.slot, header.seq)
        try:
            if type(message) is messages.Keys:
                self._rekey(order_id, header.seq, message, key)
            elif type(message) is messages.Settings:
                self._settle(order_id, message)
            elif type(message) is messages.Cancel:
                self._withdraw(order_id, message)
            else:
                self._admit(order_id, message, body)
        except (Unfit, BadSettings) as why:  # the county is told, and it is not tried again
            self._journal.note("gatekeeper", why)
            self._announcer.refuse(order_id, "does_not_fit")

    def _admit(self, order_id, order, body):
        drill = bool(self._keyring.slot(order.slot).uses & FOR_DRILLS)
        if not drill:
            self._timekeeper.witnessed(order.issued)
        self._ledger.admit(order_id, bytes((drill,)) + body)
        self._announcer.offer(order_id, order, drill)
        self._announcer.report("verified", order_id)

    def _withdraw(self, order_id, cancel):
        self._announcer.withdraw(cancel.order)
        self._ledger.close(order_id)
        self._announcer.report("verified", order_id)

    def _rekey(self, order_id, seq, keys, key):
        """Take Keys; cut short by a power failure, the same Keys are taken once more.

        What a key gave that is no longer believed is dropped before the keyring forgets it.
        """
        by_next = key != self._keyring.public_keys(ROOT_SLOT)[0]
        if not by_next and self._ledger.known(order_id):
            raise Refused("seen before")
        ring = self._keyring.rekeyed(seq, keys, by_next)
        for number in self._keyring.disowned(ring):
            self._announcer.drop(number)
        if by_next:
            self._ledger.begin_again(order_id[:1])
        self._keyring.adopt(ring)
        self._journal.note("gatekeeper", "keys taken: version " + str(ring.version))
        self._announcer.taken(order_id)

    def _settle(self, order_id, settings):
        self._site.take(order_id, settings)
        self._journal.note("gatekeeper", "settings taken")
        self._announcer.taken(order_id)
