"""What was seen and heard from outside since the beginning, whatever restarted in between."""

from protocol import acks
from tests.prove.air import UP
from tests.prove.opened import opened

_SILENT_AFTER_MS = 200  # looks of 50 ms, and an amplifier that takes its time


class Sound:
    """One programme that began; order is None where the county signed nothing like it."""

    def __init__(self, order):
        self.order = order
        self.whole = False


class Witness:
    """broken lists what was wrong at the very moment it happened, in sentences."""

    def __init__(self):
        self.posts = []  # (kind, body) of what the Box said it had kept
        self.sounds = []
        self.orders = {}  # {clip: id of the order the county signed}
        self.ended, self.played = set(), set()  # orders, as the Box told
        self.withdrawn = {}  # {order whose Cancel is on the Box's flash: since when, in ms}
        self.cancels = {}  # {id of the Cancel: id of its order}
        self.acknowledged = set()  # (epoch, SEQ), as the county told
        self.cuts = 0
        self.broken = []
        self._frames = {}

    def kept(self, kind, body):
        self.posts.append((kind, body))

    def begins(self, parts):
        """A programme begins to sound; return its Sound."""
        clips = [part[1] for part in parts if part[0] == "clip"]
        order = self.orders.get(clips[0]) if clips else None
        if order is None:
            self._note("something sounds that the county did not sign")
        elif order in self.ended:
            self._note("an order sounds that was told finished")
        elif order in self.withdrawn:
            self._note("an order sounds whose Cancel was taken")
        self.sounds.append(Sound(order))
        if self._begun(order) > 1 + self.cuts:
            self._note("an order sounds twice, and the power did not fail in between")
        return self.sounds[-1]

    def heard_whole(self, sound, ended_ms):
        """This programme sounded to its end, which was then."""
        taken_ms = self.withdrawn.get(sound.order, ended_ms)
        if ended_ms - taken_ms > _SILENT_AFTER_MS:
            self._note("an order sounds on whose Cancel was taken")
        sound.whole = True

    def cancel_taken(self, cancel, now_ms):
        """The Box has this Cancel on its flash."""
        self.withdrawn.setdefault(self.cancels[cancel], now_ms)

    def notices(self, parcel):
        """A payload is put on a road."""
        for said in opened(parcel.data, parcel.road == "sbd"):
            if self._frames.setdefault(said.name, said.canonical) != said.canonical:
                self._note(f"two frames under one number: {said.name}")
            if parcel.way == UP:
                self._box_says(said)
            elif said.kind == "Ack":
                numbers = acks.read(said.message.acknowledged)
                self.acknowledged |= {(said.name[1], seq) for seq in numbers}

    def told(self):
        """Return it all for a digest."""
        sounds = tuple((sound.order, sound.whole) for sound in self.sounds)
        sets = (self.ended, self.played, self.withdrawn.items(), self.acknowledged)
        return sorted(self.posts), sounds, self.cuts, tuple(sorted(found) for found in sets)

    def _box_says(self, said):
        if said.kind != "Playback":
            return
        playback = said.message
        if playback.stage == "finished":
            self.ended.add(playback.order)
        if playback.outcome == "played":
            self._claim(playback.order)

    def _claim(self, order):
        if not any(sound.whole and sound.order == order for sound in self.sounds):
            self._note("a Playback says played, and it did not sound to its end")
        self.played.add(order)

    def _begun(self, order):
        return sum(sound.order == order for sound in self.sounds)

    def _note(self, sentence):
        self.broken.append(sentence)
