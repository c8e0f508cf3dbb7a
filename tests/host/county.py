"""The county's end of DirectIP, as a test plays it, written from Iridium's guide."""

import socket
import struct

from tests.host.simulators import PATIENCE_S

IMEI = "300234010000001"
CONFIRMED, REFUSED = b"\x01\x00\x04\x05\x00\x01\x01", b"\x01\x00\x04\x05\x00\x01\x00"


class County:
    """Listens for MO messages and brings MT messages."""

    def __init__(self, mt_port, port=0):
        self.mt_port = mt_port
        self.open(port)

    def open(self, port=0):
        self.listener = socket.create_server(("127.0.0.1", port))
        self.listener.settimeout(PATIENCE_S)
        self.port = self.listener.getsockname()[1]

    def close(self):
        self.listener.close()

    def take(self, answer=CONFIRMED):
        """Return {element: content} of the next MO message, which is answered so."""
        connection, _ = self.listener.accept()
        with connection:
            connection.settimeout(PATIENCE_S)
            elements = elements_of(whole(connection))
            connection.sendall(answer)
            if answer == CONFIRMED:
                assert connection.recv(1) == b""  # one message for each connection
        return elements

    def bring(self, payload, imei=IMEI, flags=0, client_id=b"Msg1"):
        """Bring an MT message; return (client id, imei, reference, status) of the answer."""
        header = struct.pack(">4s15sH", client_id, imei.encode(), flags)
        elements = {0x41: header} if payload is None else {0x41: header, 0x42: payload}
        answer = elements_of(self.ask(message(elements)))
        assert list(answer) == [0x44]
        return struct.unpack(">4s15sIh", answer[0x44])

    def ask(self, data):
        """Send bytes to the gateway; return all it answers until it closes."""
        with socket.create_connection(("127.0.0.1", self.mt_port), PATIENCE_S) as connection:
            connection.sendall(data)
            answer = whole(connection)
            assert connection.recv(1) == b""
        return answer


def message(elements):
    body = b"".join(struct.pack(">BH", key, len(part)) + part for key, part in elements.items())
    return struct.pack(">BH", 1, len(body)) + body


def whole(connection):
    """Return the next DirectIP message, with its head of 3 bytes."""
    data = b""
    while len(data) < 3 or len(data) < 3 + int.from_bytes(data[1:3], "big"):
        more = connection.recv(4096)
        assert more, f"the gateway closed after {data!r}"
        data += more
    return data


def elements_of(data):
    """Return {identifier: content} of one whole message."""
    revision, length = struct.unpack(">BH", data[:3])
    assert (revision, length) == (1, len(data) - 3)
    body, found = data[3:], {}
    while body:
        key, size = struct.unpack(">BH", body[:3])
        found[key], body = body[3 : 3 + size], body[3 + size :]
    return found
