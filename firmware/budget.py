"""What a road may cost a day, and how much of that is kept for what matters more."""

from protocol.compat import const

_DAY_S = const(86_400)
_SHARES_PCT = const((100, 90, 75, 75))  # of a day's, by priority; the rest may have less
_ROUTINE_PCT = const(50)
_AT_START_PCT = const(25)  # as if spent: a Box that starts over and over must not cost more


class Budget:
    """Messages, bytes and cents: half of a day's may be spent at once, half comes back in a day.

    So no day costs more than its limits, whenever it begins; but for life, which is never refused:
    what it spends is missed by the others.
    """

    def __init__(self, limits, grain_bytes, clock):
        self._limits = (limits.messages, limits.bytes, limits.cents)
        self._cents_a_grain = limits.cents_a_grain
        self._grain_bytes = grain_bytes
        self._clock = clock
        self._since_s = clock.uptime_s()
        # In parts of which one costs two days' seconds, so that a limit comes back each second.
        self._spent = [(limit or 0) * _DAY_S * _AT_START_PCT // 100 for limit in self._limits]

    def allows(self, priority, count):
        """Return whether a message of this priority and count bytes may be paid for now."""
        if priority == 0:
            return True
        self._pass_time()
        share_pct = _SHARES_PCT[priority] if priority < len(_SHARES_PCT) else _ROUTINE_PCT
        for limit, spent, price in zip(self._limits, self._spent, self._prices(count)):
            if (
                limit is not None
                and spent + 2 * price * _DAY_S > limit * _DAY_S * share_pct // 100
            ):
                return False
        return True

    def spend(self, count):
        """A message of count bytes went, or may have gone."""
        self._pass_time()
        for i, price in enumerate(self._prices(count)):
            self._spent[i] += 2 * price * _DAY_S

    def _prices(self, count):
        grains = -(-count // self._grain_bytes) if self._grain_bytes else 1
        return 1, count, grains * self._cents_a_grain

    def _pass_time(self):
        passed_s = self._clock.uptime_s() - self._since_s
        self._since_s += passed_s
        for i, limit in enumerate(self._limits):
            self._spent[i] = max(self._spent[i] - (limit or 0) * passed_s, 0)
