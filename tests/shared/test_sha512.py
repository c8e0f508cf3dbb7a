"""The digest behind every signature, against the published ones."""

import unittest
from binascii import hexlify

from protocol.sha512 import sha512, sha512_steps
from protocol.steps import finished
from tests.shared.arithmetics import ARITHMETICS

# FIPS 180-4 examples: one block, two blocks.
ABC = (
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
TWO_BLOCKS = (
    "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
    "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"
)
NOTHING = (
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
    "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
)
# The digest of the digests of the first 0, 1, 2 ... 299 bytes of 0, 1, 2 ... 255, 0, 1 ...,
# computed with OpenSSL.
EVERY_LENGTH = (
    "97248248ab8e9324b9577e93acd92914d32bb25edcacbb91edb75576dea14781"
    "b5b477c027835c43a08ddc16cbbcd6d067d159897e5c18aa43aeeb2e49811bb3"
)


class TestSha512(unittest.TestCase):
    def test_the_published_digests_come_out(self):
        for data, digest in (
            (b"abc", ABC),
            (eights("abcdefghijklmnopqrstu"), TWO_BLOCKS),
            (b"", NOTHING),
        ):
            self.assertEqual(written(sha512(data)), digest)
            self.assertEqual({written(found) for found in by_each(data)}, {digest})

    def test_every_length_is_padded_right(self):
        data = bytes(range(256)) + bytes(range(44))
        digests = bytearray(300 * 64)
        for length in range(300):
            digests[64 * length : 64 * length + 64] = sha512(data[:length])
        self.assertEqual(written(sha512(digests)), EVERY_LENGTH)

    def test_a_board_finds_the_same_digests(self):
        for seed in range(20):
            data = sha512(bytes((seed,))) * 5
            self.assertEqual(by_each(data[: 16 * seed]), {sha512(data[: 16 * seed])}, seed)

    def test_a_block_of_128_bytes_is_five_steps(self):
        for length, blocks in ((0, 1), (111, 1), (112, 2), (239, 2), (240, 3), (1280, 11)):
            steps = sum(1 for _ in sha512_steps(bytes(length)))
            self.assertEqual(steps, 5 * blocks, length)

    def test_data_may_stay_in_its_buffer(self):
        self.assertEqual(sha512(memoryview(b"xabcx")[1:4]), sha512(b"abc"))
        self.assertEqual(sha512(bytearray(b"abc")), sha512(b"abc"))


def by_each(data):
    """Return the set of what every arithmetic makes of data; it has one member, or they differ."""
    return {finished(sha512_steps(data, each.block_added_steps)) for each in ARITHMETICS}


def eights(letters):
    """Return the first eight of the letters, then eight from the second on, and so on."""
    return "".join([letters[i : i + 8] for i in range(len(letters) - 7)]).encode()


def written(digest):
    return hexlify(digest).decode()


if __name__ == "__main__":
    unittest.main()
