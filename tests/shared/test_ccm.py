"""What passes sealed between a Box and its county, against the published packets."""

import gc
import unittest
from binascii import hexlify, unhexlify

from protocol import ccm, compat

# RFC 3610, section 8, the packets with an 8-byte tag:
# number, key, nonce, additional data, plaintext, ciphertext and tag.
PACKETS = (
    (
        1,
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000003020100a0a1a2a3a4a5",
        "0001020304050607",
        "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
        "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0",
    ),
    (
        2,
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000004030201a0a1a2a3a4a5",
        "0001020304050607",
        "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916",
    ),
    (
        3,
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000005040302a0a1a2a3a4a5",
        "0001020304050607",
        "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
        "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5",
    ),
    (
        4,
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000006050403a0a1a2a3a4a5",
        "000102030405060708090a0b",
        "0c0d0e0f101112131415161718191a1b1c1d1e",
        "a28c6865939a9a79faaa5c4c2a9d4a91cdac8c96c861b9c9e61ef1",
    ),
    (
        5,
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000007060504a0a1a2a3a4a5",
        "000102030405060708090a0b",
        "0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "dcf1fb7b5d9e23fb9d4e131253658ad86ebdca3e51e83f077d9c2d93",
    ),
    (
        6,
        "c0c1c2c3c4c5c6c7c8c9cacbcccdcecf",
        "00000008070605a0a1a2a3a4a5",
        "000102030405060708090a0b",
        "0c0d0e0f101112131415161718191a1b1c1d1e1f20",
        "6fc1b011f006568b5171a42d953d469b2570a4bd87405a0443ac91cb94",
    ),
    (
        13,
        "d7828d13b2b0bdc325a76236df93cc6b",
        "00412b4ea9cdbe3c9696766cfa",
        "0be1a88bace018b1",
        "08e8cf97d820ea258460e96ad9cf5289054d895ceac47c",
        "4cb97f86a2a4689a877947ab8091ef5386a6ffbdd080f8e78cf7cb0cddd7b3",
    ),
    (
        14,
        "d7828d13b2b0bdc325a76236df93cc6b",
        "0033568ef7b2633c9696766cfa",
        "63018f76dc8a1bcb",
        "9020ea6f91bdd85afa0039ba4baff9bfb79c7028949cd0ec",
        "4ccb1e7ca981befaa0726c55d378061298c85c92814abc33c52ee81d7d77c08a",
    ),
    (
        15,
        "d7828d13b2b0bdc325a76236df93cc6b",
        "00103fe41336713c9696766cfa",
        "aa6cfa36cae86b40",
        "b916e0eacc1c00d7dcec68ec0b3bbb1a02de8a2d1aa346132e",
        "b1d23a2220ddc0ac900d9aa03c61fcf4a559a4417767089708a776796edb723506",
    ),
    (
        16,
        "d7828d13b2b0bdc325a76236df93cc6b",
        "00764c63b8058e3c9696766cfa",
        "d0d0735c531e1becf049c244",
        "12daac5630efa5396f770ce1a66b21f7b2101c",
        "14d253c3967b70609b7cbb7c499160283245269a6f49975bcadeaf",
    ),
    (
        17,
        "d7828d13b2b0bdc325a76236df93cc6b",
        "00f8b678094e3b3c9696766cfa",
        "77b60f011c03e1525899bcae",
        "e88b6a46c78d63e52eb8c546efb5de6f75e9cc0d",
        "5545ff1a085ee2efbf52b2e04bee1e2336c73e3f762c0c7744fe7e3c",
    ),
    (
        18,
        "d7828d13b2b0bdc325a76236df93cc6b",
        "00d560912d3f703c9696766cfa",
        "cd9044d2b71fdb8120ea60c0",
        "6435acbafb11a82e2f071d7ca4a5ebd93a803ba87f",
        "009769ecabdf48625594c59251e6035722675e04c847099e5ae0704551",
    ),
)

KEY = bytes(range(16))
NONCE = bytes(range(13))
AAD = b"fengsui/1"
SMALL_HEAP = 1024 * 1024
PLAINTEXT = b"The river is rising, go up to the school."

# Sealed with OpenSSL under KEY and NONCE: plaintext, additional data, ciphertext and tag.
BARE = (
    (
        PLAINTEXT,
        b"",
        "425cd1a821608ce728b75ad4bd4677ab8a6e630e564a1ec6598fde2ee372bf73"
        "b0753c2bbdc3c81457d9aac1164711ae59",
    ),
    (b"", AAD, "cf71c965a1c23bf0"),
    (b"", b"", "9fbef26dcc34fce5"),
)


class TestSealing(unittest.TestCase):
    def test_the_packets_of_rfc_3610_are_sealed_and_opened(self):
        for number, *texts in PACKETS:
            with self.subTest(number=number):
                key, nonce, aad, plaintext, sealed = [unhexlify(text) for text in texts]
                self.assertEqual(hexlify(ccm.seal(key, nonce, plaintext, aad)), hexlify(sealed))
                self.assertEqual(ccm.open(key, nonce, sealed, aad), plaintext)

    def test_there_may_be_nothing_to_seal_and_nothing_beside_it(self):
        for plaintext, aad, sealed in BARE:
            self.assertEqual(hexlify(ccm.seal(KEY, NONCE, plaintext, aad)).decode(), sealed)
            self.assertEqual(ccm.open(KEY, NONCE, unhexlify(sealed), aad), plaintext)

    def test_any_length_comes_back_as_it_was(self):
        for length in (0, 1, 15, 16, 17, 31, 32, 33, 340):
            for aad_length in (0, 1, 13, 14, 15, 30, 31):
                plaintext, aad = bytes(range(256))[:length], bytes(aad_length)
                sealed = ccm.seal(KEY, NONCE, plaintext, aad)
                self.assertEqual(len(sealed), len(plaintext) + 8)
                self.assertEqual(ccm.open(KEY, NONCE, sealed, aad), plaintext)

    def test_the_longest_of_everything_is_sealed(self):
        try:
            plaintext, aad = bytes(65535), bytes(65279)
            sealed = ccm.seal(KEY, NONCE, plaintext, aad)
            self.assertTrue(ccm.open(KEY, NONCE, sealed, aad) == plaintext, "64 kB came back")
        except MemoryError:
            self.assertLess(heap_bytes(), SMALL_HEAP)  # such a board never has so much to seal

    def test_what_is_too_long_is_not_sealed(self):
        with self.assertRaises(ValueError):
            ccm.seal(KEY, NONCE, bytes(65536), AAD)
        with self.assertRaises(ValueError):
            ccm.seal(KEY, NONCE, PLAINTEXT, bytes(65280))

    def test_a_key_or_nonce_of_another_length_is_our_mistake_not_a_forgery(self):
        sealed = ccm.seal(KEY, NONCE, PLAINTEXT, AAD)
        for what, key, nonce in (
            ("key", KEY[:15], NONCE),
            ("key", KEY * 2, NONCE),
            ("nonce", KEY, NONCE[:12]),
            ("nonce", KEY, NONCE + b"\x00"),
        ):
            for call, data in ((ccm.seal, PLAINTEXT), (ccm.open, sealed)):
                with self.assertRaises(ValueError) as raised:
                    call(key, nonce, data, AAD)
                self.assertIn(what, str(raised.exception))
                self.assertFalse(isinstance(raised.exception, ccm.Forged))


class TestForgery(unittest.TestCase):
    def setUp(self):
        self.sealed = ccm.seal(KEY, NONCE, PLAINTEXT, AAD)

    def test_one_changed_bit_anywhere_is_noticed(self):
        for position in range(len(self.sealed)):
            self.assert_forged(KEY, NONCE, with_bit_changed(self.sealed, position), AAD)
        for position in range(len(NONCE)):
            self.assert_forged(KEY, with_bit_changed(NONCE, position), self.sealed, AAD)
        for position in range(len(AAD)):
            self.assert_forged(KEY, NONCE, self.sealed, with_bit_changed(AAD, position))
        for position in range(len(KEY)):
            self.assert_forged(with_bit_changed(KEY, position), NONCE, self.sealed, AAD)

    def test_a_piece_of_it_is_forged(self):
        for length in range(len(self.sealed)):
            self.assert_forged(KEY, NONCE, self.sealed[:length], AAD)
        self.assert_forged(KEY, NONCE, self.sealed + b"\x00", AAD)

    def test_more_than_can_be_sealed_is_forged(self):
        self.assert_forged(KEY, NONCE, bytes(65535 + 9), AAD)

    def test_additional_data_cannot_pass_for_plaintext(self):
        self.assert_forged(KEY, NONCE, self.sealed, b"")
        self.assert_forged(KEY, NONCE, ccm.seal(KEY, NONCE, AAD + PLAINTEXT, b""), AAD)

    def assert_forged(self, key, nonce, sealed, aad):
        with self.assertRaises(ccm.Forged):
            ccm.open(key, nonce, sealed, aad)


class TestWithoutCryptolib(unittest.TestCase):
    def setUp(self):
        self.aes = compat.aes
        compat.aes = None

    def tearDown(self):
        compat.aes = self.aes

    def test_who_needs_aes_is_told_that_there_is_none(self):
        with self.assertRaises(RuntimeError):
            ccm.seal(KEY, NONCE, PLAINTEXT, AAD)


def heap_bytes():
    """Return how large MicroPython's heap is; CPython's ends where the machine's memory does."""
    return gc.mem_alloc() + gc.mem_free() if hasattr(gc, "mem_free") else SMALL_HEAP


def with_bit_changed(data, position):
    return data[:position] + bytes([data[position] ^ 1 << position % 8]) + data[position + 1 :]


if __name__ == "__main__":
    unittest.main()
