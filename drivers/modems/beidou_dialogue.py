"""One request and its answer at a time with a BeiDou terminal; every wait has an end."""

from drivers.errors import NoReply
from drivers.modems import beidou_words
from drivers.modems.beidou_sentences import Parser
from drivers.modems.beidou_words import BDS_2, BDS_3, Card, Feedback

_MOST_READ = 512
_PAUSE_MS = 100  # what comes late is no answer to the next request
_WRITE_MS = 1_000  # 190 bytes take 200 ms at 9600 Bd
_CARD_MS = 2_000
_TRIES = 2  # the first may meet half a sentence of before
_FEEDBACK_MS = 15_000  # sending alone takes up to 8 s


class Dialogue:
    """on_news(Message or Beams) is called for each, whatever it comes in the middle of.

    Everything raises NoReply or LineLost.
    """

    def __init__(self, line, clock, on_news):
        self._line = line
        self._clock = clock
        self._on_news = on_news
        self._parser = Parser()
        self._answers = []

    def reset(self):
        """Forget a half of anything; the terminal is looked for anew."""
        self._parser.reset()

    async def card(self, usual):
        """Return the Card, in whichever dialect the terminal answers; the usual is asked first."""
        other = BDS_2 if usual == BDS_3 else BDS_3
        for _ in range(_TRIES):
            for dialect in (usual, other):
                await self._say(beidou_words.ASK_CARD[dialect])
                found = await self._until(Card, dialect, _CARD_MS)
                if found is not None:
                    return found
        raise NoReply("the terminal does not tell its card")

    async def report_beams(self, dialect):
        """Have the terminal tell from time to time what it hears; nothing answers this."""
        await self._say(beidou_words.REPORT_BEAMS[dialect])

    async def send(self, dialect, to, payload):
        """Have a payload sent to the card number `to`; return the terminal's Feedback.

        Once the request is on the line, only a Feedback tells whether the payload went.
        """
        await self._say(beidou_words.request(dialect, to, payload))
        feedback = await self._until(Feedback, dialect, _FEEDBACK_MS)
        if feedback is None:
            raise NoReply("the terminal does not say whether it sent")
        return feedback

    async def listen(self, ms):
        """Hear messages and beams for this long."""
        started = self._clock.ticks_ms()
        left_ms = ms
        while left_ms > 0:
            self._hear(await self._line.poll(_MOST_READ, left_ms))
            self._answers = []
            left_ms = ms - self._clock.since_ms(started)

    async def _say(self, sentence):
        await self.listen(_PAUSE_MS)
        await self._line.write(sentence, _WRITE_MS)

    async def _until(self, kind, dialect, ms):
        """Return the next answer of this kind and dialect, None if none comes."""
        started = self._clock.ticks_ms()
        left_ms = ms
        while left_ms > 0:
            self._hear(await self._line.poll(_MOST_READ, left_ms))
            while self._answers:
                answer = self._answers.pop(0)
                if isinstance(answer, kind) and answer.dialect == dialect:
                    return answer
            left_ms = ms - self._clock.since_ms(started)
        return None

    def _hear(self, data):
        for fields in self._parser.feed(data):
            news = beidou_words.meaning(fields)
            if isinstance(news, (Card, Feedback)):
                self._answers.append(news)
            elif news is not None:
                self._on_news(news)
