"""Faults planted in firmware and gateway, each of which the exploration has to find.

Each is a small patch in the explorer's own process, and the scene in which it must be seen.
"""

import contextlib
from typing import NamedTuple
from unittest import mock

from firmware import intake
from firmware.announcer import Announcer
from firmware.courier import Courier
from firmware.gatekeeper import Gatekeeper
from firmware.keyring import Keyring
from firmware.ledger import REPORTING, Entry, Ledger
from firmware.outbox import Outbox
from firmware.performance import PLAYED, Performance
from firmware.recent import Recent
from host_tools.gateway.writer import Writer
from protocol import acks


class Fault(NamedTuple):
    name: str
    scene: str
    planted: contextlib.AbstractContextManager


def _after_a_send(deed):
    """Return a patch that does deed(outbox, slip) once the carrier has taken a Slip."""
    went = Courier._went

    def gone(self, slip, bearer, is_sent):
        went(self, slip, bearer, is_sent)
        if is_sent:
            deed(self._outbox, slip)

    return mock.patch.object(Courier, "_went", gone)


def _forget(outbox, slip):
    if slip.waits:
        outbox._forget(slip)


def _settle(outbox, slip):
    for settle in outbox._settlers:
        settle(slip)


def _owed_before_the_commit():
    written = Writer._written

    def early(self, connection, arrivals, dropped):
        self._committed(written(self, connection, arrivals, dropped))
        return []

    return mock.patch.object(Writer, "_written", early)


def _below_the_mark():
    find_mark = Keyring._find_mark

    def low(self, mark):
        find_mark(self, mark)
        self._next = max(self._next - 7, 0)

    return mock.patch.object(Keyring, "_find_mark", low)


def _number_not_kept():
    hand_over = Outbox.hand_over

    def forgetful(self, slip):
        with mock.patch.object(self, "_keep"):
            return hand_over(self, slip)

    return mock.patch.object(Outbox, "hand_over", forgetful)


def _acknowledges_all_below():
    def read(data):
        return range(max(acks.read(data)) + 1)

    return mock.patch.object(intake, "acks", mock.Mock(read=read))


def _finished_only_in_memory():
    def report(self, order_id, playback_body):
        self._open[order_id] = Entry(REPORTING, 0, playback_body)

    def close(self, order_id):
        self._open.pop(order_id, None)
        self._closed[order_id[:1]] = order_id[1:]

    return mock.patch.multiple(Ledger, report=report, close=close)


def _admits_again():
    offer = Gatekeeper.offer

    def forgetful(self, *arguments):
        self._digests = Recent(1, 8)
        offer(self, *arguments)

    return mock.patch.multiple(Gatekeeper, offer=forgetful, _known=lambda *_: False)


def _believes_everybody():
    async def genuine(self, *_):
        await self._clock.sleep_ms(0)
        return True

    return mock.patch.object(Gatekeeper, "_genuine", genuine)


def _told_before_it_sounded():
    async def go_on(self):
        return PLAYED, None

    return mock.patch.object(Performance, "_go_on", go_on)


def faults():
    """Return all of them, each to be planted once."""
    return (
        Fault("slip_deleted_on_sent", "call_and_report", _after_a_send(_forget)),
        Fault("lamp_delivered_on_sent", "call_and_report", _after_a_send(_settle)),
        Fault("ack_before_commit", "call_county_dies", _owed_before_the_commit()),
        Fault("ack_takes_all_below", "call_and_report", _acknowledges_all_below()),
        Fault("number_used_again", "call_power_fails", _below_the_mark()),
        Fault("number_not_kept", "call_power_fails", _number_not_kept()),
        Fault("finished_only_in_memory", "sound_power_fails", _finished_only_in_memory()),
        Fault("admitted_again", "order_two_roads", _admits_again()),
        Fault("cancel_forgotten", "order_and_cancel",
              mock.patch.object(Announcer, "withdraw")),
        Fault("sounds_on_after_cancel", "sound_and_cancel",
              mock.patch.object(Announcer, "_interrupted", return_value=None)),
        Fault("believes_everybody", "order_and_forgery", _believes_everybody()),
        Fault("played_before_it_sounded", "order_two_roads", _told_before_it_sounded()),
    )  # fmt: skip
