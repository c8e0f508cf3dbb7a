"""Sentences of a BeiDou terminal, `$...*XX`: bytes in, fields out.  No line, no clock.

XX is the XOR of all bytes between `$` and `*`, in hexadecimal; fields end at commas.
"""

_LONGEST = 300  # bytes between `$` and the line's end; more is no sentence for us
_START, _CR, _LF = 36, 13, 10
_HEX = b"0123456789ABCDEFabcdef"


class Parser:
    """Cuts what a terminal says into sentences, whatever pieces it comes in."""

    def __init__(self):
        self.damaged = 0  # lines that began as a sentence and were none
        self._held = bytearray()
        self._inside = False

    def reset(self):
        """Forget a half of anything."""
        self._begin(False)

    def feed(self, data):
        """Return the sentences that these bytes complete, each as a list of fields (bytes)."""
        sentences = []
        for byte in data:
            if byte == _START:
                self.damaged += self._inside
                self._begin(True)
            elif not self._inside:
                continue
            elif byte in (_CR, _LF):
                self._end(sentences)
            elif len(self._held) < _LONGEST:
                self._held.append(byte)
            else:
                self.damaged += 1
                self._begin(False)
        return sentences

    def _begin(self, inside):
        self._held = bytearray()
        self._inside = inside

    def _end(self, sentences):
        body = _checked(bytes(self._held))
        self._begin(False)
        if body is None:
            self.damaged += 1
        else:
            sentences.append(body.split(b","))


def sentence(fields):
    """Return the sentence of these fields (bytes), ready for the line."""
    body = b",".join(fields)
    return b"$" + body + b"*" + _hex(_xor(body)) + b"\r\n"


def _checked(line):
    """Return what stands in front of `*XX`, or None if XX is not its checksum."""
    body, star, given = line[:-3], line[-3:-2], line[-2:]
    if star != b"*" or any(byte not in _HEX for byte in given):
        return None
    return body if int(given, 16) == _xor(body) else None


def _xor(body):
    total = 0
    for byte in body:
        total ^= byte
    return total


def _hex(byte):
    return ("%02X" % byte).encode()
