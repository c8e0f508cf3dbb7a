"""MicroPython's cryptolib for CPython, so that device code that uses AES can be tested there.

Same shape as <https://docs.micropython.org/en/v1.25.0/library/cryptolib.html>, and no kinder:
ECB and CBC only, as on the rp2 port; whole blocks only; one direction for each object.
"""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

ECB, CBC = 1, 2
BLOCK_BYTES = 16


class aes:  # noqa: N801 - MicroPython's own spelling
    def __init__(self, key, mode, IV=None, /):  # noqa: N803
        if len(key) not in (16, 32):
            raise ValueError("key")
        if mode not in (ECB, CBC):
            raise ValueError("mode")
        if mode == CBC and (IV is None or len(IV) != BLOCK_BYTES):
            raise ValueError("IV")
        chaining = modes.CBC(bytes(IV)) if mode == CBC else modes.ECB()
        self._cipher = Cipher(algorithms.AES(bytes(key)), chaining)
        self._stream = None
        self._direction = None

    def encrypt(self, in_buf, out_buf=None, /):
        return self._process("encryptor", in_buf, out_buf)

    def decrypt(self, in_buf, out_buf=None, /):
        return self._process("decryptor", in_buf, out_buf)

    def _process(self, direction, in_buf, out_buf):
        if self._direction not in (None, direction):
            raise ValueError("can't encrypt & decrypt")
        if self._stream is None:
            self._direction = direction
            self._stream = getattr(self._cipher, direction)()
        if len(in_buf) % BLOCK_BYTES:
            raise ValueError("blksize % 16")
        out = self._stream.update(bytes(in_buf))
        if out_buf is None:
            return out
        if len(out_buf) < len(out):
            raise ValueError("output too small")
        out_buf[: len(out)] = out
        return out_buf
