"""How terminals of the two generations put things: the 2.1 protocol, and BDS-3 regional."""

import time

from host_tools.sim import beidou_recorded as recorded
from host_tools.sim.beidou_words import Answer, Card, Message

CIVIL_BITS = {1: 110, 2: 408, 3: 628, 4: 848}  # of a message, by the level of a BDS-2 card
LF1_CHARACTERS = 999


class Old:
    """The 2.1 protocol: ICA, ICI, BSI, TXA, TXR."""

    card_questions: tuple[bytes, ...] = (b"CCICA", b"CCICI")
    send = b"CCTXA"
    beams_name = b"BSI"
    usual_level = 3

    def card(self, card: Card | None) -> bytes:
        if card is None:
            return recorded.NO_CARD_2
        who = f"{card.number:0>7},{card.number:0>8},0000011,{0 if card.commands else 6}"
        return f"BDICI,{who},{card.interval_s},{card.level},N,{card.subordinates}".encode()

    def beams(self, signal: bool) -> bytes:
        return b"BDBSI,02,08,0,3,0,0,0,0,0,3,0,0" if signal else b"BDBSI,00,00" + b",0" * 10

    def request(self, fields: list[bytes], sender: str) -> Message:
        _, to, _urgency, coding, *_, data = fields
        return Message(sender, to.decode("ascii"), coding, data)

    def fits(self, message: Message, level: int) -> bool:
        bits = 8 * len(message.data) if message.coding == b"0" else 4 * len(message.data)
        return bits <= CIVIL_BITS.get(level, CIVIL_BITS[4])

    def feedback(self, answer: Answer, wait_s: int, interval_s: int) -> bytes:
        told = {
            Answer.SENT: f"Y,Y,0,{interval_s:04}",
            Answer.EARLY: f"N,N,0,{wait_s:04}",
            Answer.SUPPRESSED: "N,Y,1,0000",
            Answer.SILENCE: "N,Y,3,0000",
            Answer.UNLOCKED: "N,Y,4,0000",
        }
        if answer not in told:
            return recorded.NOT_SENT_2
        return f"BDFKI,TXA,{told[answer]}".encode()

    def yes_but(self, reason: int) -> bytes:
        return f"BDFKI,TXA,Y,Y,{reason},0000".encode()

    def arrival(self, message: Message) -> bytes:
        sender = f"{message.sender:0>7}".encode()
        return b"BDTXR,1,%b,%b,,%b" % (sender, message.coding, message.data)


class New:
    """The BDS-3 regional service: ICR, ICP, PWI, TCQ, TCI."""

    card_questions: tuple[bytes, ...] = (b"CCICR",)
    send = b"CCTCQ"
    beams_name = b"PWI"
    usual_level = 2

    def card(self, card: Card | None) -> bytes:
        number, interval_s, level, commands, subordinates = card or Card("0", 0, 0)
        count = subordinates if commands else 21  # as the terminal says that was recorded
        who = f"{number},0,0,{0 if commands else 3},0,N,2,N,1,0,0,3,1"
        return f"BDICP,{who},{interval_s},{level},0,0,1,1,{count},0,0,0".encode()

    def beams(self, signal: bool) -> bytes:
        return f"BDPWI,{_clock()}.00,00,{'01,51,40,33,0' if signal else '00'}".encode()

    def request(self, fields: list[bytes], sender: str) -> Message:
        _, to, _frequency, _confirmation, coding, data, _repeat = fields
        return Message(sender, to.decode("ascii"), coding, data)

    def fits(self, message: Message, level: int) -> bool:
        return len(message.data) <= LF1_CHARACTERS

    def feedback(self, answer: Answer, wait_s: int, interval_s: int) -> bytes:
        told = {
            Answer.SENT: "Y,0,0",
            Answer.EARLY: f"N,1,{wait_s}",
            Answer.SUPPRESSED: "N,2,0",
            Answer.SILENCE: "N,3,0",
            Answer.UNLOCKED: "N,4,0",
            Answer.REFUSED: "N,6,0",
        }
        if answer not in told:
            return recorded.NO_CARD_3
        return f"BDFKI,{_clock()},TCQ,{told[answer]}".encode()

    def yes_but(self, reason: int) -> bytes:
        return f"BDFKI,000000,TCQ,Y,{reason},0".encode()

    def arrival(self, message: Message) -> bytes:
        who = f"{message.sender},{message.receiver},2,{_clock()}".encode()
        return b"BDTCI,%b,%b,0,%b" % (who, message.coding, message.data)


def _clock() -> str:
    return time.strftime("%H%M%S", time.gmtime())
