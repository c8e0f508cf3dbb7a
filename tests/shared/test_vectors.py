import unittest

from protocol import ccm, frame, messages, proof
from tests.shared import vectors_file
from tests.shared.frame_judge import ACCEPTED, DIRECTIONS, MODES, Keys
from tests.shared.meanings import message_of
from tests.shared.vectors_file import octets

LEAST = 150  # and a third of them refusals


class TestVectors(unittest.TestCase):
    def setUp(self):
        self.is_there = vectors_file.is_there(vectors_file.FILE)

    def test_each_has_its_verdict_and_its_meaning(self):
        if not self.is_there:
            return
        judge = vectors_file.judge_of(vectors_file.head())
        replayed = refused = 0
        for vector in vectors_file.vectors():
            carrier, console = vector.get("carrier"), vector.get("console", False)
            found = judge.judge(vector["what"], octets(vector), carrier, console)
            with self.subTest(rule=vector["rule"]):
                self.assertEqual(found, (vector["verdict"], vector.get("meaning")))
            replayed += 1
            refused += vector["verdict"] != ACCEPTED
        self.assertGreaterEqual(replayed, LEAST)
        self.assertGreaterEqual(3 * refused, replayed)

    def test_the_meaning_of_a_frame_makes_its_bytes(self):
        if not self.is_there:
            return
        keys = Keys(vectors_file.head())
        for vector in vectors_file.vectors():
            if vector["what"] != "frame" or vector["verdict"] != ACCEPTED or "one_way" in vector:
                continue
            with self.subTest(rule=vector["rule"]):
                self.assertEqual(written(keys, vector), octets(vector))


def written(keys, vector):
    """Return the frame that this vector's meaning makes; a signature is taken from its bytes."""
    meaning = vector["meaning"]
    direction = DIRECTIONS.index(meaning["direction"])
    row = messages.row(direction, meaning["type"])
    mode, rest = MODES.index(meaning["mode"]), ("priority", "ack_wanted", "address", "seq")
    header = frame.Header(mode, direction, row.number, *[meaning[name] for name in rest])
    body = messages.encode(direction, message_of(row.name, meaning["fields"]))
    if mode == frame.SIGNED:
        protected = body + octets(vector)[-64:]
    elif mode == frame.OPEN:
        protected = proof.checked(header, body)
    else:
        key = keys.traffic(header)
        protected = proof.seal(ccm, key, keys.epoch, keys.realm, header, body)
    return frame.write(header, protected, elided="carrier" in vector)


if __name__ == "__main__":
    unittest.main()
