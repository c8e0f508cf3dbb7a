"""What comes in pieces waits here until there are enough; when no more come, it asks for some."""

from drivers.errors import DriverError
from firmware.authority import Refused
from protocol import fragments
from protocol.compat import const
from protocol.reassembly import Reassembly

_MOST_FRAMES = const(2)  # at once, 1 kB each
_LOOK_MS = const(1_000)


class PiecesIn:
    """Four things are handed in, all of them the Intake's.

    named_by(bearer): the address its carrier names, or None.
    check(header, bearer): raises Refused or ValueError for what is not taken from there.
    act(data, bearer, told): acts on a whole frame, or raises; returns whether its proof is still
    to be done, and told(genuine) is to be called then.
    ask(bearer, seq, missing): asks the county for more.
    """

    def __init__(self, named_by, check, act, ask):
        self._named_by = named_by
        self._check = check
        self._act = act
        self._ask = ask
        self._reassembly = Reassembly(_MOST_FRAMES)

    def take(self, payload, bearer):
        """Keep a piece and act on what it makes whole; return the reasons for what is refused.

        Raises Refused or ValueError for what is no piece of a frame for this Box.
        """
        piece = fragments.read(payload, self._named_by(bearer))
        self._check(piece.header, bearer)
        return self._try(self._reassembly.put(bearer.name, piece), bearer)

    def asking(self, bearers, clock, journal):
        """Return the service that asks for pieces which no longer come."""

        async def run():
            asked = {}
            while True:
                await clock.sleep_ms(_LOOK_MS)
                for bearer in bearers:
                    if clock.since_ms(asked.get(bearer.name, 0)) > bearer.kind.patience_ms:
                        asked[bearer.name] = clock.ticks_ms()
                        self._ask_by(bearer, journal)

        return run

    def _ask_by(self, bearer, journal):
        """Ask for the most urgent frame from this road that got no piece of late."""
        lack = self._reassembly.lack(bearer.name)
        if lack is None:
            return
        try:
            self._ask(bearer, lack.header.seq, lack.missing)
        except DriverError as why:
            journal.note(bearer.name, "not asked for more: " + str(why))

    def _try(self, rebuilt, bearer):
        """Act on a frame made of pieces; if it is no genuine one, on one made of others."""
        refusals = []
        while rebuilt is not None:
            genuine = True
            try:
                if self._act(rebuilt.frame, bearer, self._teller(rebuilt, bearer)):
                    break
            except ValueError as why:
                genuine = False
                refusals.append("refused: " + str(why))
            except (Refused, DriverError) as why:
                refusals.append("refused: " + str(why))
            rebuilt = self._reassembly.judged(rebuilt, genuine)
        return refusals

    def _teller(self, rebuilt, bearer):
        """Return what is to be called when it is known whether a signature is genuine."""

        def told(genuine):
            return self._try(self._reassembly.judged(rebuilt, genuine), bearer)

        return told
