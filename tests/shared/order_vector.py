"""One order as a county's signer makes it: signed with Ed25519 by another library.

The key pair is that of RFC 8032, section 7.1, TEST 2; the signature was made with the
`cryptography` package over protocol.proof.to_be_signed of this order, realm and header:
slot 1, SEQ 77, for the Box 0x1234 of tests.village, danger, flash_flood, clip 1, once, issued
in minute 800000 and good for an hour.
"""

PUBLIC_KEY = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")

ORDER = bytes.fromhex(
    "a220123400004d011a000c35000602030101f601d63ca029b10cfb84ef6ae4dfe49a9be893b0d34e"
    "d717907538955be22e7b20faa7506603c1de3c967db2a738667e0aaadafe4bf7e4cee834886cfdbd"
    "d5a55807"
)
