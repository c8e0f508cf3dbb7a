"""A BeiDou short message terminal on a byte line: a road by satellite, one message a minute.

How a message is retried is the Courier's business: one send is one request.
"""

from drivers.errors import BadReply, DriverError
from drivers.modems import beidou_status, beidou_words
from drivers.modems.beidou_dialogue import Dialogue
from drivers.modems.beidou_rest import Rest
from drivers.modems.beidou_words import BDS_3, MOST_BYTES, Beams, Card
from drivers.modems.desk import Desk
from drivers.modems.inbox import Inbox
from drivers.outcomes import REFUSED, Outcome

_LOOK_MS = 1_000  # how soon a send is seen to
_SEND_MS = 60_000
_CHECK_MS = 600_000  # between two looks at a terminal that has nothing to send
_MOST_DIGITS = 10
_NONE_YET = Card(BDS_3, "", 0, 0)


class BeidouModem:
    """What firmware.ports.Modem asks for; run() is its service and the line's only user.

    beams: ((beam, level), ...) as the terminal told them last; strangers: how many messages
    came from other cards than the county's.
    """

    def __init__(self, line, clock, county_card):
        """county_card: the number of the county's card; ValueError if it is none."""
        self.inbox = Inbox()
        self.beams = ()
        self.strangers = 0
        self._county = county_card
        self._sender = _checked(county_card)
        self._clock = clock
        self._desk = Desk(clock, self.inbox)
        self._dialogue = Dialogue(line, clock, self._hear)
        self._rest = Rest(clock)
        self._card = _NONE_YET
        self._checked_at = clock.ticks_ms()

    async def send(self, data):
        """Send 1 to 77 bytes to the county's card; return an Outcome within a minute.

        SENT is the terminal's word that it transmitted: nobody confirms that it was heard.
        UNKNOWN: it was asked to and did not say.  REFUSED: it surely did not, or the card rests.
        """
        if not 1 <= len(data) <= MOST_BYTES:
            return Outcome(REFUSED, "too long or empty: " + str(len(data)) + " bytes")
        if self.wait_ms():
            return self._resting()
        return await self._desk.send(data, _SEND_MS)

    def wait_ms(self):
        """Return how long the card must rest before the next send; 0 while it is not known."""
        return self._rest.left_ms()

    async def receive(self):
        """Wait for the next payload from the county.

        Raises BadReply for one that was dropped, and once whatever made the modem unusable.
        """
        return await self.inbox.take()

    async def run(self):
        """Serve for ever; without a terminal, look for it again and again."""
        await self._desk.run(self._start, self._serve)

    async def _start(self):
        self._dialogue.reset()
        await self._look()

    async def _serve(self):
        while True:
            if self._desk.waiting is not None:
                await self._carry(self._desk.take())
            elif self._clock.since_ms(self._checked_at) > _CHECK_MS:
                await self._look()
            else:
                await self._dialogue.listen(_LOOK_MS)

    async def _look(self):
        """Read the card, and have the beams told even by a terminal that restarted."""
        await self._read_card()
        await self._dialogue.report_beams(self._card.dialect)
        self._checked_at = self._clock.ticks_ms()

    async def _read_card(self):
        """A card that was not here before, or is other than it was, rests before it sends."""
        card = await self._dialogue.card(self._card.dialect)
        if not card.number:
            raise BadReply("the terminal has no card")
        if not beidou_words.carries(card):
            raise BadReply("the card's level " + str(card.level) + " takes no 77 bytes")
        if card != self._card:
            self._rest.begin(card.interval_s)
        self._card = card

    async def _carry(self, request):
        """Have the terminal send the message, and settle how the request ended."""
        try:
            if not self.wait_ms():
                await self._read_card()
            if self.wait_ms():
                request.end(self._resting())
            elif request.outcome is None:
                await self._transmit(request)
        except DriverError as why:
            request.give_up(why)
            raise
        finally:
            request.give_up("the modem's service stopped")

    async def _transmit(self, request):
        card = self._card
        request.gone = True
        try:
            feedback = await self._dialogue.send(card.dialect, self._county, request.data)
            request.end(beidou_status.outcome(feedback))
            self._rest.begin(feedback.wait_s)
        finally:
            self._rest.begin(card.interval_s)

    def _resting(self):
        seconds = (self.wait_ms() + 999) // 1000
        return Outcome(REFUSED, "the card rests " + str(seconds) + " s")

    def _hear(self, news):
        if isinstance(news, Beams):
            self.beams = news.levels
        elif news.sender != self._sender:
            self.strangers += 1
        elif news.payload is None:
            self.inbox.drop("its data are not ours")
        else:
            self.inbox.put(news.payload)


def _checked(card):
    number = beidou_words.number(card.encode())
    if not number or len(card) > _MOST_DIGITS:
        raise ValueError("expected a card number, not " + card)
    return number
