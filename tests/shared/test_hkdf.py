"""Keys for every Box and use, against the published derivations."""

import unittest
from binascii import hexlify

from protocol.hkdf import hkdf_sha256, hmac_sha256

LONG_KEY = b"\xaa" * 131

# RFC 4231, section 4: number of the test, key, message, code.
RFC_4231 = (
    (
        1,
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        2,
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        3,
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        4,
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        6,
        LONG_KEY,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        7,
        LONG_KEY,
        b"This is a test using a larger than block-size key and a larger than block-size data."
        b" The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
)

# RFC 5869, appendix A: name, secret, salt, info, derived key.
RFC_5869 = (
    (
        "A.1",
        b"\x0b" * 22,
        bytes(range(13)),
        bytes(range(0xF0, 0xFA)),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    ),
    (
        "A.2",
        bytes(range(80)),
        bytes(range(0x60, 0xB0)),
        bytes(range(0xB0, 0x100)),
        "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
        "cc30c58179ec3e87c14c01d5c1f3434f1d87",
    ),
    (
        "A.3",
        b"\x0b" * 22,
        b"",
        b"",
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    ),
)


class TestHmac(unittest.TestCase):
    def test_the_codes_of_rfc_4231_come_out(self):
        for number, key, message, code in RFC_4231:
            with self.subTest(number=number):
                self.assertEqual(hexlify(hmac_sha256(key, message)).decode(), code)


class TestHkdf(unittest.TestCase):
    def test_the_keys_of_rfc_5869_come_out(self):
        for name, secret, salt, info, key in RFC_5869:
            with self.subTest(name=name):
                derived = hkdf_sha256(secret, info, len(key) // 2, salt)
                self.assertEqual(hexlify(derived).decode(), key)

    def test_without_a_salt_it_is_the_empty_one(self):
        self.assertEqual(
            hkdf_sha256(b"master", b"box", 32), hkdf_sha256(b"master", b"box", 32, b"")
        )

    def test_every_use_has_its_own_key(self):
        up, down = [hkdf_sha256(b"master", info, 16) for info in (b"up", b"down")]
        self.assertNotEqual(up, down)

    def test_a_shorter_key_is_the_beginning_of_a_longer_one(self):
        longest = hkdf_sha256(b"master", b"box", 8160)
        self.assertEqual(len(longest), 8160)
        for length in (1, 16, 31, 32, 33, 64, 100):
            self.assertEqual(hkdf_sha256(b"master", b"box", length), longest[:length])

    def test_a_key_of_no_bytes_or_too_many_is_refused(self):
        for length in (-1, 0, 8161):
            with self.assertRaises(ValueError):
                hkdf_sha256(b"master", b"box", length)


if __name__ == "__main__":
    unittest.main()
