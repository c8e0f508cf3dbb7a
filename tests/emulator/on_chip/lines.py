"""On the chip: all four lines, the loudspeaker and the flash at work at once, for SECONDS.

Prints one JSON object: per line how many bytes came, their SHA-256, and how many went.
"""

import asyncio
import hashlib
import json
from binascii import hexlify

import rp2

from boards.pico_box.flash_map import FLASH_MAP
from boards.rp2 import flash
from boards.rp2.pio_uart import PioUartStream
from boards.rp2.sound import LEAD_MS, Sound
from boards.rp2.streams import Rs485Stream, UartStream
from boards.rp2.traffic import Traffic
from drivers.audio.clips import Clips
from drivers.audio.player import Player
from drivers.clock import Clock
from drivers.flash_area import FlashArea

SECONDS = 3
WRITE_EVERY_MS = 40
PROGRAM_EVERY_MS = 15
PAGE = bytes(range(256))

clock = Clock()
traffic = Traffic(clock, 1000)
lines = {
    "rs485": Rs485Stream(0, "rs485", 9600, traffic),
    "satellite": UartStream(1, "satellite", 115200, traffic),
    "fourg": PioUartStream(0, "fourg", 115200, traffic),
    "speech": PioUartStream(1, "speech", 9600, traffic),
}
heard = {name: [0, hashlib.sha256()] for name in lines}
wrote = {name: 0 for name in lines}
pages = [0]


async def hear(name):
    while True:
        data = await lines[name].read(256)
        heard[name][0] += len(data)
        heard[name][1].update(data)


async def speak(name):
    while True:
        await lines[name].write(name.encode() + b"\n")
        wrote[name] += len(name) + 1
        await clock.sleep_ms(WRITE_EVERY_MS)


async def program():
    start, size = flash.extent(FLASH_MAP, "journal")
    area = FlashArea(rp2.Flash(), start // 4096, size // 4096)
    for at in range(0, size, 4096):
        area.erase(at)
    started.set()
    for at in range(0, size, 256):
        area.program(at, PAGE)
        pages[0] += 1
        await clock.sleep_ms(PROGRAM_EVERY_MS)


async def play():
    await started.wait()
    player.start((("tone", 800, 1000 * SECONDS),))
    await player.run()


async def main():
    tasks = [program(), play(), sound.run()]
    tasks += [hear(name) for name in lines] + [speak(name) for name in lines]
    running = [asyncio.create_task(one) for one in tasks]
    await started.wait()
    print("begin")
    await clock.sleep_ms(1000 * SECONDS)
    for task in running:
        task.cancel()


started = asyncio.Event()
sound = Sound(clock)
player = Player(sound, Clips("/nowhere"), clock, lead_ms=LEAD_MS)
asyncio.run(main())
told = {
    name: {"heard": count, "sha256": str(hexlify(digest.digest()), "ascii"), "wrote": wrote[name]}
    for name, (count, digest) in heard.items()
}
print(json.dumps({"lines": told, "pages": pages[0], "failure": player.failure()}))
