"""An amplifier that also has to be keyed: it is on the air only while somebody measures it."""


class KeyedAmplifier:
    """What firmware.ports.Amplifier asks for, of an amplifier and a drivers.ptt.Ptt."""

    def __init__(self, amplifier, ptt):
        self._amplifier = amplifier
        self._ptt = ptt

    async def wake(self, volume_pct):
        await self._amplifier.wake(volume_pct)
        self._ptt.key()

    async def measure(self):
        self._ptt.key()
        return await self._amplifier.measure()

    async def stop(self):
        self._ptt.release()
        await self._amplifier.stop()
