"""A broadcast amplifier on a Modbus line; a register map says what its registers mean."""

from collections import namedtuple

from drivers.errors import BadReply
from drivers.maps.check import check

Reading = namedtuple("Reading", ("volts_mv", "amps_ma", "microphone_db"))


class Amplifier:
    """What firmware.ports.Amplifier asks for.

    bus is a drivers.modbus.Master; register_map one of drivers.maps.  Raises ValueError if
    the address or the map is wrong.  Waking and stopping ask even a slave that rests.
    """

    def __init__(self, bus, address, register_map):
        if not 1 <= address <= 247:
            raise ValueError("amplifier address: expected a number from 1 to 247")
        self._bus = bus
        self._address = address
        self._map = check(register_map)

    async def wake(self, volume_pct):
        """Set the comm-loss timeout and the volume (0 to 100), then enable; read all back."""
        before = self._settings(volume_pct)
        enable = self._map["enable"]
        for first, values in _runs(before):
            await self._bus.write(self._address, first, values, insist=True)
        await self._bus.write(self._address, enable["register"], [enable["on"]], insist=True)
        await self._verify(before + [(enable["register"], enable["on"])])

    async def measure(self):
        """Return a Reading; microphone_db is None where no microphone is fitted."""
        registers = await self._measured()
        return Reading(
            self._scaled("volts_mv", registers),
            self._scaled("amps_ma", registers),
            self._microphone(registers),
        )

    async def stop(self):
        """Disable the output, and see that it is disabled."""
        enable = self._map["enable"]
        await self._bus.write(self._address, enable["register"], [enable["off"]], insist=True)
        await self._verify([(enable["register"], enable["off"])])

    def _settings(self, volume_pct):
        """Return ((register, value), ...) of all that is set before the output is enabled."""
        if not 0 <= volume_pct <= 100:
            raise ValueError("volume: expected 0 to 100 percent")
        settings = [_register(self._map["volume_pct"], volume_pct)]
        comm_loss = self._map.get("comm_loss_ms")
        if comm_loss is not None:
            settings.append(_register(comm_loss, comm_loss["value"]))
        return settings

    async def _verify(self, settings):
        wanted = dict(settings)
        for first, values in _runs(settings):
            found = await self._bus.read(self._address, "holding", first, len(values), insist=True)
            for register, value in enumerate(found, first):
                if value != wanted[register]:
                    raise BadReply(self._complaint(register, value, wanted[register]))

    def _complaint(self, register, found, wanted):
        names = [key for key in ("enable", "volume_pct", "comm_loss_ms") if key in self._map]
        name = next(key for key in names if self._map[key]["register"] == register)
        return "amplifier %d: %s reads %d, not %d" % (self._address, name, found, wanted)

    async def _measured(self):
        """Return {register: value} of all measures, read in one request."""
        names = [n for n in ("volts_mv", "amps_ma", "microphone_db") if n in self._map]
        registers = [self._map[name]["register"] for name in names]
        first, count = min(registers), max(registers) - min(registers) + 1
        values = await self._bus.read(self._address, self._map["measured_in"], first, count)
        return dict(enumerate(values, first))

    def _microphone(self, registers):
        entry = self._map.get("microphone_db")
        if entry is None or registers[entry["register"]] == entry["absent"]:
            return None
        return self._scaled("microphone_db", registers)

    def _scaled(self, name, registers):
        entry = self._map[name]
        numerator, denominator = entry["scale"]
        return registers[entry["register"]] * numerator // denominator


def _register(entry, value):
    """Return (register, what to write there) for a value in the map's unit."""
    numerator, denominator = entry["scale"]
    return entry["register"], value * denominator // numerator


def _runs(settings):
    """Return [(first register, values), ...] with neighbours in one run."""
    runs = []
    for register, value in sorted(settings):
        if runs and register == runs[-1][0] + len(runs[-1][1]):
            runs[-1][1].append(value)
        else:
            runs.append((register, [value]))
    return runs
