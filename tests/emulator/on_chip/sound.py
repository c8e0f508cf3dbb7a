"""On the chip: a tone, silence and a tone, while the loop is busy most of the time.

Prints why the Player failed, or None.
"""

import asyncio
import time

from boards.rp2.sound import LEAD_MS, Sound
from drivers.audio.clips import Clips
from drivers.audio.player import Player
from drivers.clock import Clock

BUSY_MS = 80
PAUSES_MS = (13, 29, 41, 47, 53, 61, 71)
PARTS = (("tone", 800, 1601), ("silence", 99), ("tone", 800, 1613))
SECONDS = 4

clock = Clock()


async def busy():
    while True:
        for pause_ms in PAUSES_MS:
            time.sleep_ms(BUSY_MS)
            await clock.sleep_ms(pause_ms)


async def main():
    running = [asyncio.create_task(one) for one in (busy(), sound.run(), player.run())]
    player.start(PARTS)
    await clock.sleep_ms(1000 * SECONDS)
    for task in running:
        task.cancel()


sound = Sound(clock)
player = Player(sound, Clips("/nowhere"), clock, lead_ms=LEAD_MS)
asyncio.run(main())
print(player.failure())
