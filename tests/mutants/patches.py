"""The mutants: what is broken, where, and the test that must notice."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """In `file` the text `old`, which is there once, becomes `new`; `test` must turn red."""

    name: str
    file: str
    old: str
    new: str
    test: str


_ORDERS = "tests/sim/test_orders.py::test_"
_CALLS = "tests/sim/test_calls.py::test_"
_OUTAGE = "tests/sim/test_outage.py::test_"
_GATEWAY = "tests/sim/test_gateway.py::test_"
_SETTINGS = "tests/sim/test_settings.py::test_"

_KEYS = "tests/shared/test_keys.py::TestKeys::test_"
_LANES = "tests/shared/test_lanes.py::TestLanes::test_"
_COURIER = "tests/shared/test_courier.py::TestCourier::test_"
_OUTBOX = "tests/shared/test_outbox.py::TestFull::test_"
_SILENCE = "tests/shared/test_box.py::TestSilence::test_"
_REASSEMBLY = "tests/shared/test_reassembly.py::"
_TEXT = "tests/shared/test_text.py::"
_TEXT_SENT = "tests/host/test_text_build.py::"

_VECTORS = "tests/shared/test_vectors.py::TestVectors::test_"

_GATE = "tests/shared/test_gatekeeper.py::"

_CHIP = "tests/emulator/test_village.py::test_"
_CHIP_TROUBLE = "tests/emulator/test_trouble.py::test_"
_COSE = "tests/host/test_cose.py::test_"
_PAGE = "tests/host/test_specification.py::test_"
_SLOT = "tests/emulator/test_slot.py::test_"
_WITHDRAWAL = "tests/shared/test_announcer.py::TestWithdrawal::test_"

_UNKNOWN_GENERATION = (
    _TEXT + "TestNeverSpoken::" + ("test_a_generation_this_box_does_not_have_is_refused")
)
_DAMAGED_TABLE = _TEXT + "TestTables::test_a_table_with_a_bit_changed_in_any_byte_is_none"
_WHOLE_TEXT = _TEXT + "TestTexts::test_a_text_is_its_codes_and_ones_up_to_a_whole_byte"
_ANNOUNCED = (
    _TEXT_SENT + "TestSending::" + ("test_one_target_without_the_table_makes_it_utf_8_for_all")
)

_FORGERIES = _ORDERS + "forgeries_one_bit_from_a_true_order_stay_silent_and_the_true_one_sounds"
_REPLAY = _ORDERS + "a_replay_stays_silent_even_after_a_restart"
_LATE = _ORDERS + "a_late_order_stays_silent_and_one_valid_for_longer_sounds"
_OUTSIDE = _ORDERS + "a_signed_frame_outside_a_carry_stays_silent_on_ip"
_INTERRUPTED = _ORDERS + "an_interrupted_danger_order_sounds_again_after_a_power_cut"
_SILENT = _ORDERS + "right_registers_and_a_silent_loudspeaker_are_a_fault_until_it_is_heard_again"
_DRILL = _ORDERS + "a_drill_says_so_first_and_last"
_DANGER = _ORDERS + "a_danger_order_cuts_into_a_notice_and_both_are_told"
_SOUNDS = _ORDERS + "an_order_sounds_tone_voice_tone_and_is_proven"
_CANCEL = _ORDERS + "a_cancel_stops_what_sounds"
_WITHDRAWN = _ORDERS + "an_order_withdrawn_before_it_comes_never_sounds"
_DELIVERED = _CALLS + "a_call_is_not_delivered_while_the_roads_are_cut"
_ANOTHER = _CALLS + "an_answer_to_another_call_changes_no_lamp"
_LAMP_AFTER = _CALLS + "the_lamp_says_after_a_power_cut_what_it_said_before"
_DARK = _OUTAGE + "a_press_in_the_dark_survives_a_power_cut_and_arrives_once"
_TWICE = _OUTAGE + "what_the_road_brings_twice_is_kept_once_and_sounds_once"
_NUMBERS = _OUTAGE + "a_number_is_never_used_twice_even_after_power_cuts"
_FULL = _GATEWAY + "nothing_is_acknowledged_when_the_disk_is_full"
_SATELLITE = _GATEWAY + "the_satellite_is_told_that_it_came_only_once_it_is_written"
_UNSIGNED = _GATEWAY + "the_gateway_takes_no_order_that_the_county_did_not_sign"
_PLAYED_BACK = _GATEWAY + "a_frame_played_back_from_elsewhere_is_no_news_and_moves_nobody"
_STOLEN = _GATEWAY + "whoever_takes_the_gateway_with_all_its_secrets_can_sound_nothing"
_TIME = _GATEWAY + "a_time_that_answers_nothing_is_not_believed"
_SIREN = _SETTINGS + "a_box_with_the_keys_of_another_board_is_a_siren_and_tells_nobody"

MUTANTS = (
    # Nothing unproven sounds.
    Mutant(
        "forged accepted",
        "firmware/gatekeeper.py",
        "return end.value",
        "return True",
        _FORGERIES,
    ),
    Mutant(
        "forged accepted by whoever holds the gateway",
        "firmware/gatekeeper.py",
        "return end.value",
        "return True",
        _STOLEN,
    ),
    Mutant(
        "late accepted",
        "firmware/timekeeper.py",
        "return LATE if self.minute() >= calendar.order_ends(order) else NOW",
        "return NOW",
        _LATE,
    ),
    Mutant(
        "replay ledger off",
        "firmware/ledger.py",
        "return order_id in self._open or self._is_closed(order_id)",
        "return False",
        _REPLAY,
    ),
    Mutant(
        "finished order forgotten by a power cut",
        "firmware/ledger.py",
        "        self._store.put(_CLOSED + slot, self._closed[slot])\n",
        "",
        _REPLAY,
    ),
    Mutant(
        "signed frame accepted outside a Carry",
        "firmware/intake.py",
        "if header.mode == frame.SIGNED and not bearer.kind.bare_signed:",
        "if False:",
        _OUTSIDE,
    ),
    Mutant(
        "Cancel of an unknown order forgotten",
        "firmware/announcer.py",
        "        self._end(playback)\n\n    def drop(",
        "\n    def drop(",
        _WITHDRAWN,
    ),
    Mutant(
        "Cancel does not stop the sound",
        "firmware/announcer.py",
        'return CANCELLED, "withdrawn"',
        "return None",
        _CANCEL,
    ),
    Mutant(
        "a drill does not say so",
        "firmware/programme.py",
        'voice = [("clip", _DRILL_CLIP)] + voice + [("clip", _DRILL_CLIP)]',
        "pass",
        _DRILL,
    ),
    Mutant(
        "keys of another board accepted",
        "firmware/keyring_copies.py",
        "if copy.unique_id != unique_id:",
        "if False:",
        _SIREN,
    ),
    Mutant(
        "gateway takes an unsigned order",
        "host_tools/gateway/orders.py",
        "if not any(crypto.verify(key, to_be_signed, signature) for key in found):",
        "if not found:",
        _UNSIGNED,
    ),
    Mutant(
        "a Time that answers nothing is believed",
        "firmware/timekeeper.py",
        'raise BadTime("an answer to nothing this Box asked")',
        "return 0",
        _TIME,
    ),
    Mutant(
        "a trusted clock walks away in small steps",
        "firmware/timekeeper.py",
        "self._second_at_start = second_at_start",
        "self._second_at_start = self._first_told = second_at_start",
        "tests/shared/test_timekeeper.py::TestTime::"
        "test_many_small_steps_move_a_trusted_clock_by_ten_minutes_in_all",
    ),
    Mutant(
        "many proofs at once",
        "firmware/gatekeeper.py",
        "await self._prove(road, *self._gates[road].queue.pop(0))",
        "asyncio.create_task(self._prove(road, *self._gates[road].queue.pop(0)))",
        _GATE + "TestRationing::test_one_proof_at_a_time_on_all_roads_together",
    ),
    Mutant(
        "a proof forgotten too soon",
        "firmware/gatekeeper.py",
        "_MOST_DIGESTS = const(64)",
        "_MOST_DIGESTS = const(63)",
        _GATE + "TestProof::test_the_last_64_are_remembered_and_no_more",
    ),
    # Nobody is told what is not so.
    Mutant(
        "a text of another table generation spoken",
        "protocol/text/__init__.py",
        "if table.first_byte == first:",
        "if table.tag == first >> 4:",
        _UNKNOWN_GENERATION,
    ),
    Mutant(
        "a damaged text table read",
        "protocol/text/table.py",
        "if not is_whole(data):",
        "if False:",
        _DAMAGED_TABLE,
    ),
    Mutant(
        "the end of a text swallowed",
        "protocol/text/bits.py",
        "return self._bits - self._at < 8 and self.window() == 0xFFFF",
        "return self._bits - self._at < 8",
        _WHOLE_TEXT,
    ),
    Mutant(
        "a text by a table that one target lacks",
        "host_tools/text/encode.py",
        "frozenset.intersection(*sets)",
        "frozenset.union(*sets)",
        _ANNOUNCED,
    ),
    Mutant(
        "played without proof",
        "firmware/performance.py",
        "cause = self.proof.cause([i for i in range(self._part) if self._sounds(i)])",
        "cause = None",
        _SILENT,
    ),
    Mutant(
        "a fault never clears",
        "firmware/announcer.py",
        'self._sentinel.clear_all(_LINE_FAULTS + ("player_failed",))',
        "pass",
        _SILENT,
    ),
    Mutant(
        "danger does not cut in",
        "firmware/arbiter.py",
        "return RANK.index(offered.rank) > RANK.index(on_air.rank)",
        "return False",
        _DANGER,
    ),
    Mutant(
        "amplifier not stopped at the end",
        "firmware/performance.py",
        "            await hw.amplifier.stop()\n",
        "",
        _SOUNDS,
    ),
    Mutant(
        "delivered as soon as the call is kept",
        "firmware/calls.py",
        "self._become(CALLING, None)",
        "self._become(DELIVERED, (0, 0))",
        _DELIVERED,
    ),
    Mutant(
        "Slip deleted on SENT",
        "firmware/courier.py",
        "                self._went(slip, bearer, outcome.word == SENT)\n",
        "                self._went(slip, bearer, outcome.word == SENT)\n"
        "                list(self._outbox.acknowledged_steps(slip.epoch, [slip.seq]))\n",
        _DELIVERED,
    ),
    Mutant(
        "taken on any CallTaken",
        "firmware/calls.py",
        "return self._call == (epoch, seq)",
        "return True",
        _ANOTHER,
    ),
    Mutant(
        "acknowledged before commit",
        "host_tools/gateway/writer.py",
        "return self._intake.take(connection, arrivals)",
        "answers = self._intake.take(connection, arrivals)\n"
        "        self._committed(answers)\n"
        "        return answers",
        _FULL,
    ),
    Mutant(
        "satellite told before commit",
        "host_tools/gateway/satellite.py",
        "return kept is not None and await kept",
        "return kept is not None",
        _SATELLITE,
    ),
    Mutant(
        "return address moved by a repeated frame",
        "host_tools/gateway/intake.py",
        "batch.receive(arrival, digest, known.id)\n",
        "batch.receive(arrival, digest, known.id)\n"
        '            move = "UPDATE boxes SET ip_address = ?"\n'
        "            batch.connection.exec_driver_sql(move, (arrival.sender,))\n",
        _PLAYED_BACK,
    ),
    # Nothing acknowledged is lost.
    Mutant(
        "Slip kept in memory only",
        "firmware/outbox.py",
        "        self._store.put(_key(one.number), slip.record(one, epoch, seq))\n",
        "        pass\n",
        _DARK,
    ),
    Mutant(
        "Slips forgotten by a restart",
        "firmware/outbox.py",
        "for key, value in store.items() if key[:1] == _PREFIX",
        "for key, value in ()",
        _DARK,
    ),
    Mutant(
        "Slip sent again under a new number",
        "firmware/outbox.py",
        "        if one.seq is None:\n",
        "        if True:\n",
        _DELIVERED,
    ),
    Mutant(
        "numbers not reserved on flash",
        "firmware/keyring.py",
        "frame.name(self.epoch, self._mark)",
        "frame.name(self.epoch, self._next)",
        _NUMBERS,
    ),
    Mutant(
        "lamp's state in memory only",
        "firmware/calls.py",
        "            self._store.put(self._key, bytes((state,)) + frame.name(*call))\n",
        "            pass\n",
        _LAMP_AFTER,
    ),
    Mutant(
        "interrupted order forgotten by a restart",
        "firmware/announcer.py",
        "                self._take_up(order_id, entry)\n",
        "                pass\n",
        _INTERRUPTED,
    ),
    Mutant(
        "dedupe off at the county",
        "host_tools/gateway/keeping.py",
        'return self.connection.execute(_KNOWN, {"digest": digest}).first()',
        "return None",
        _TWICE,
    ),
    # What no road shows in a run that goes well.
    Mutant(
        "an open frame taken on a road",
        "protocol/frame.py",
        "    if mode == OPEN and not console:\n",
        "    if False:\n",
        "tests/shared/test_frame.py::TestHostileFrames::"
        "test_an_open_frame_is_taken_at_a_console_and_on_no_road",
    ),
    Mutant(
        "a Station believed where there is none",
        "firmware/intake.py",
        'raise Refused("a local frame, and this Box has no Station")\n',
        "pass\n",
        _SILENCE + "what_a_station_could_have_sealed_where_there_is_no_station",
    ),
    Mutant(
        "acknowledged though it cannot be acted on",
        "firmware/intake.py",
        'raise Refused("genuine, but this Box cannot act on it yet: "',
        'repr("genuine, but this Box cannot act on it yet: "',
        _SILENCE + "what_is_genuine_and_cannot_be_acted_on_is_told_and_not_acknowledged",
    ),
    Mutant(
        "a change of health applied to whatever is known",
        "host_tools/gateway/effects.py",
        "if known.health is None or not is_near or known.health_mark & 0xFF != change.base:",
        "if known.health is None:",
        "tests/host/test_gateway_reports.py::TestHealthDelta::"
        "test_without_its_base_nothing_is_guessed_and_the_whole_is_asked_for",
    ),
    # What comes in pieces.
    Mutant(
        "pieces of two frames mixed",
        "protocol/reassembly.py",
        "len(piece.data) & 0xFF, piece.check))",
        "len(piece.data) & 0xFF, 0))",
        _REASSEMBLY + "TestMixing::test_two_frames_of_one_number_and_another_check_never_mix",
    ),
    Mutant(
        "what waits longest displaced before what is least urgent",
        "protocol/reassembly.py",
        "(one.priority, held[one.source], -one.turn)",
        "(0, held[one.source], -one.turn)",
        _REASSEMBLY
        + "TestFlood::test_the_least_urgent_goes_first_then_the_one_that_waits_longest",
    ),
    Mutant(
        "a false piece is never left out",
        "protocol/fragment_set.py",
        "if not left_out <= i < left_out + self._spare]",
        "if i < self.k]",
        _REASSEMBLY + "TestFalsePieces::test_one_among_them_is_left_out_wherever_it_is",
    ),
    Mutant(
        "each try sends the same pieces",
        "host_tools/gateway/pieces.py",
        "first = tries * count",
        "first = 0",
        "tests/host/test_gateway_pieces.py::TestDownward::test_the_next_try_sends_other_pieces",
    ),
    # Whom a Box believes.
    Mutant(
        "a revoked key goes on giving orders",
        "firmware/rekeying.py",
        "was.ranks or 0, was.targets or 0, 0, seq)",
        "was.ranks or 0, was.targets or 0, was.uses, seq)",
        _KEYS + "a_revoked_key_gives_no_orders_and_stays_revoked_after_a_reset",
    ),
    Mutant(
        "earlier Keys bring a revoked key back",
        "firmware/rekeying.py",
        "    if seq < was.seq:\n",
        "    if False:\n",
        _KEYS + "earlier_keys_that_were_held_back_are_refused_and_told",
    ),
    Mutant(
        "Keys played back are taken again",
        "firmware/deeds.py",
        "if not by_next and self._ledger.known(order_id):",
        "if False:",
        _KEYS + "keys_played_back_change_nothing_and_are_told_once",
    ),
    Mutant(
        "an old copy of the keyring is left where it is",
        "firmware/keyring_copies.py",
        "            if _content(cell) != data:\n",
        "            if False:\n",
        "tests/shared/test_flash_cell.py::TestKeyringCells::"
        "test_wherever_the_power_is_cut_while_keys_are_taken_the_file_is_the_old_or_the_new",
    ),
    Mutant(
        "an old epoch is believed for ever",
        "host_tools/gateway/verify.py",
        "max(oldest, current - _MOST_BACK)",
        "current - _MOST_BACK",
        "tests/host/test_rekeying.py::TestRotation::"
        "test_an_old_epoch_ends_with_the_boot_that_says_so",
    ),
    Mutant(
        "a signer goes on below what the Boxes know",
        "host_tools/keys/counter.py",
        "    return recover(path, highest_seen)\n",
        "    return None\n",
        "tests/host/test_rekeying.py::TestCounters::"
        "test_a_counter_that_is_an_old_copy_goes_on_above_what_was_seen",
    ),
    # What only the chip can see.
    Mutant(
        "a proof gives nobody else a turn",
        "firmware/gatekeeper.py",
        "            await self._clock.sleep_ms(0)\n",
        "",
        _CHIP + "a_press_in_the_midst_of_a_proof_lights_the_lamp_at_once",
    ),
    Mutant(
        "PTT held at a level",
        "drivers/ptt.py",
        "            level = 1 - level\n",
        "            level = 1\n",
        _CHIP + "an_order_by_satellite_sounds_and_is_told",
    ),
    Mutant(
        "no stop after a reset",
        "firmware/announcer.py",
        "        await performance.stop(self._hw, self._journal)\n        self._recover()",
        "        self._recover()",
        _CHIP_TROUBLE + "the_first_words_after_each_reset_are_stop",
    ),
    Mutant(
        "an erase while bytes come in",
        "boards/rp2/hardware.py",
        "        return lines_quiet and silent and all(contact() for contact in self._contacts)",
        "        return True",
        _CHIP_TROUBLE + "old_sectors_are_erased_ahead_but_not_while_bytes_come_in",
    ),
    Mutant(
        "a line of PIO gives nobody else a turn",
        "boards/rp2/pio_uart.py",
        "            await asyncio.sleep_ms(_LOOK_MS)\n"
        "            data = self._receiver.take(most)\n",
        "            data = self._receiver.take(most)\n",
        "tests/emulator/test_lines.py::test_every_byte_that_comes_is_read[fourg]",
    ),
    Mutant(
        "starts of a release not counted",
        "boards/rp2/selector.py",
        "            slot.count_start()\n",
        "",
        _SLOT + "a_release_is_given_up_after_three_starts_when[it cannot be assembled]",
    ),
    Mutant(
        "end of a tone guessed from the time since the last samples",
        "drivers/audio/player.py",
        "            programme.admit_lateness()\n",
        "            programme.admit_lateness()\n            self._device.drain()\n",
        "tests/emulator/test_sound.py::test_a_busy_loop_puts_no_hole_into_what_sounds_and_nothing_is_left_over",
    ),
    Mutant(
        "a block of heap kept for each order, 100 bytes an hour",
        "firmware/ledger.py",
        "        was_open = self._open.pop(order_id, None)\n",
        "        was_open = self._open.pop(order_id, None)\n"
        "        self._leak = (getattr(self, '_leak', None), order_id[0])\n",
        "tests/emulator/test_hour.py::"
        "test_after_an_hours_heartbeats_orders_and_calls_the_heap_is_as_full_as_before",
    ),
    # The wire is what the standards say, to those who know nothing of us.
    Mutant(
        "sealed under the name of another algorithm",
        "protocol/proof.py",
        '_SEALED_HEADERS = b"\\xa1\\x01\\x0a"',
        '_SEALED_HEADERS = b"\\xa1\\x01\\x0b"',
        _COSE + "a_stranger_proves_what_a_frame_is_short_for",
    ),
    Mutant(
        "signed in the structure of another kind of COSE object",
        "protocol/proof.py",
        '("Signature1", _SIGNED_HEADERS,',
        '("Signature", _SIGNED_HEADERS,',
        _COSE + "what_a_stranger_proves_is_a_frame_that_we_take",
    ),
    Mutant(
        "written out for any epoch",
        "host_tools/cose.py",
        "unprotected = {IV: proof.nonce(header, epoch)}",
        "unprotected = {IV: proof.nonce(header, 3)}",
        _COSE + "a_stranger_proves_what_a_frame_is_short_for",
    ),
    Mutant(
        "a length in more bytes than it needs is taken",
        "protocol/cbor.py",
        "if n < 24 or (size > 1 and n < 1 << (4 * size)):",
        "if major != _BYTES and (n < 24 or (size > 1 and n < 1 << (4 * size))):",
        _VECTORS + "each_has_its_verdict_and_its_meaning",
    ),
    Mutant(
        "null at the end is taken where it is a later release's",
        "protocol/messages.py",
        "    if values and values[-1] is None:\n        raise",
        "    if len(values) <= known and values and values[-1] is None:\n        raise",
        _VECTORS + "each_has_its_verdict_and_its_meaning",
    ),
    Mutant(
        "whatever body comes is remembered",
        "protocol/messages.py",
        "    declared = row(direction, number)\n    values = _values(body",
        "    _rows[direction, body] = declared = row(direction, number)\n"
        "    values = _values(body",
        "tests/host/test_fuzz.py::"
        "test_both_interpreters_say_the_same_of_broken_frames_and_believe_no_forgery[1]",
    ),
    Mutant(
        "a number in more bytes than it needs is taken",
        "protocol/cbor.py",
        "elif first == _TWO_BYTES and data[at]:",
        "elif first == _TWO_BYTES:",
        "tests/shared/test_cbor.py::TestHostileBytes::test_what_is_never_written_is_never_read",
    ),
    # The page from which others write their decoders says what is so.
    Mutant(
        "the specification gives a Call another number",
        "protocol/README.md",
        "· 3 Call ·",
        "· 4 Call ·",
        _PAGE + "it_has_every_number_with_its_name",
    ),
    Mutant(
        "the specification shows a key of another epoch",
        "protocol/README.md",
        "4bb32aecbf69080f7bd9979d6a69425d",
        "4bb32aecbf69080f7bd9979d6a69425c",
        _PAGE + "it_shows_how_the_keys_of_the_examples_are_made",
    ),
    Mutant(
        "an acknowledgement's bits are counted from the lowest of a byte",
        "protocol/acks.py",
        "if data[3 + i // 8] & 0x80 >> i % 8:",
        "if data[3 + i // 8] & 1 << i % 8:",
        _PAGE + "its_examples_mean_what_it_says",
    ),
    Mutant(
        "an address left out for ever, whoever the county thinks this modem is",
        "firmware/bearer.py",
        "self.kind.elided and not in_full",
        "self.kind.elided",
        "tests/shared/test_courier.py::TestCourier::"
        "test_after_three_unanswered_tries_the_address_goes_along",
    ),
    Mutant(
        "an order's end waits for another's turn, and a Cancel in it makes what sounded cancelled",
        "firmware/announcer.py",
        "        proof, ended = await self._sounded(turn, parts, most_ms)\n",
        "        proof, ended = await self._sounded(turn, parts, most_ms)\n"
        "        await self._hw.clock.sleep_ms(0)\n",
        _WITHDRAWAL + "an_order_withdrawn_while_its_end_is_written_down_was_played",
    ),
    # A text in few bytes says what the officer saw, or nothing.
    Mutant(
        "a damaged text table told of",
        "protocol/table_area.py",
        "return table[: len(MAGIC)] == MAGIC and table[_DIGEST : 2 * _DIGEST] == digest(table)",
        "return table[: len(MAGIC)] == MAGIC",
        "tests/shared/test_table_area.py::TestTableArea::test_a_damaged_table_costs_only_itself",
    ),
    Mutant(
        "a text read by the table of another generation",
        "protocol/table_area.py",
        "if table[_FIRST_BYTE] == first_byte and is_whole(table):",
        "if is_whole(table):",
        "tests/sim/test_texts.py::"
        "test_a_text_of_an_unknown_generation_is_not_sent_and_if_it_comes_never_spoken",
    ),
    Mutant(
        "a text delivered to a Box that told of no such table",
        "host_tools/gateway/orders.py",
        "if text and text[0] and text[0] not in (row.text_tables or ()):",
        "if False:",
        "tests/host/test_gateway_texts.py::"
        "test_an_order_in_few_bytes_is_taken_once_every_box_told_of_its_table",
    ),
    Mutant(
        "a text signed that will be heard as another",
        "host_tools/text/known.py",
        "if words(field) != text:",
        "if words(field) is None:",
        "tests/host/test_signer.py::TestSigning::"
        "test_a_text_that_would_be_heard_as_another_is_not_signed",
    ),
    # Whose turn it is, what a day may cost, and what expires, is told as it is.
    Mutant(
        "a call waits behind the alarms of a gauge",
        "firmware/lanes.py",
        'return slip.tries(self._road), slip.row.name != "Call"',
        "return (slip.tries(self._road),)",
        _LANES + "a_call_waits_for_nothing_but_calls",
    ),
    Mutant(
        "life that only goes again keeps everybody else off a road",
        "firmware/lanes.py",
        "return self._again > _MOST_AGAIN",
        "return False",
        _LANES + "while_life_only_goes_again_one_message_in_four_is_of_the_others",
    ),
    Mutant(
        "a budget refuses a call",
        "firmware/budget.py",
        "        if priority == 0:\n            return True\n",
        "",
        "tests/shared/test_budget.py::TestBudget::"
        "test_routine_leaves_half_for_what_matters_and_reports_leave_some_for_life",
    ),
    Mutant(
        "the carrier's word ends a message's custody",
        "firmware/courier.py",
        "            slip.carried = True\n",
        "            slip.carried = True\n"
        "            list(self._outbox.acknowledged_steps(slip.epoch, [slip.seq]))\n",
        _COURIER + "the_word_of_the_carrier_only_makes_the_next_try_later",
    ),
    Mutant(
        "a rider makes a message dearer",
        "firmware/packing.py",
        "if total > self._kind.mtu or self._grains_of(total) > grains:",
        "if total > self._kind.mtu:",
        "tests/shared/test_packing.py::TestLoad::test_nothing_rides_along_that_makes_it_dearer",
    ),
    Mutant(
        "what expires is not counted",
        "firmware/outbox.py",
        "        self._count_expired(victim.number)\n",
        "",
        _OUTBOX + "when_full_the_oldest_of_the_least_urgent_makes_room_and_is_counted",
    ),
    Mutant(
        "what expired is counted anew after each start",
        "firmware/outbox.py",
        "self.expired, number = struct.unpack(_COUNT, kept or bytes(8))",
        "self.expired, number = 0, 0",
        _OUTBOX + "what_expired_is_counted_over_restarts_and_power_cuts_and_never_twice",
    ),
    Mutant(
        "the head of the journal vouches for the line before the last",
        "firmware/journal_head.py",
        "lines, digest = self._journal.head()",
        "lines, digest = self._journal.head()[0] - 1, self._journal.head()[1]",
        "tests/shared/test_journal_head.py::TestJournalHead::"
        "test_once_a_day_and_once_the_time_is_known_the_county_is_told_how_far_it_is",
    ),
    # A road claims no more than its carrier said, and is not asked before its time.
    Mutant(
        "a BeiDou card asked at once after a start",
        "drivers/modems/beidou.py",
        "        if card != self._card:\n",
        "        if False:\n",
        "tests/shared/test_beidou.py::TestRest::test_in_a_thousand_slots_nobody_asks_early_whatever_the_box_goes_through",
    ),
    Mutant(
        "a BeiDou request followed by no rest",
        "drivers/modems/beidou.py",
        "        finally:\n            self._rest.begin(card.interval_s)\n",
        "        finally:\n            pass\n",
        "tests/shared/test_beidou.py::TestRest::test_whatever_became_of_it_a_request_is_followed_by_a_rest",
    ),
    Mutant(
        "a BeiDou card's margin taken off its interval",
        "drivers/modems/beidou_rest.py",
        "1000 * seconds + _MARGIN_MS",
        "1000 * seconds - _MARGIN_MS",
        "tests/shared/test_beidou.py::TestRest::test_in_a_thousand_slots_nobody_asks_early_whatever_the_box_goes_through",
    ),
    Mutant(
        "a terminal's yes with a reason taken for sent",
        "drivers/modems/beidou_status.py",
        '    if reason == 0 and "N" not in feedback.went:\n',
        '    if "N" not in feedback.went:\n',
        "tests/shared/test_beidou_words.py::TestOutcomes::test_only_a_yes_without_a_reason_is_a_success",
    ),
    Mutant(
        "a BeiDou sentence believed whatever its checksum",
        "drivers/modems/beidou_sentences.py",
        "    return body if int(given, 16) == _xor(body) else None\n",
        "    return body\n",
        "tests/shared/test_beidou_words.py::TestSentences::test_no_damaged_byte_makes_another_sentence",
    ),
    Mutant(
        "a 4G message that may have gone called refused",
        "drivers/modems/cellular.py",
        "            request.gone = True\n",
        "",
        "tests/shared/test_cellular.py::TestTrouble::test_half_an_answer_is_no_success",
    ),
    Mutant(
        "a stranger's datagram taken for the county's",
        "drivers/modems/cellular_dialogue.py",
        "        return datagram.host == self._address and datagram.port == self._port\n",
        "        return True\n",
        "tests/shared/test_cellular.py::TestReceiving::test_strangers_are_dropped_and_counted",
    ),
    Mutant(
        "the byte that keeps a road open is stored",
        "host_tools/gateway/udp.py",
        "        if data == containers.KEEP_ALIVE:\n            return\n",
        "",
        "tests/host/test_gateway_process.py::test_what_keeps_a_road_open_leaves_no_trace_and_moves_no_address",
    ),
    Mutant(
        "the county takes a terminal's yes with a reason for sent",
        "host_tools/gateway/beidou_words.py",
        "if self.yes and not self.reason:",
        "if self.yes:",
        "tests/host/test_gateway_beidou.py::TestRefusals::test_what_surely_was_not_sent_is_asked_again",
    ),
    Mutant(
        "the county's terminal asked at once after a start",
        "host_tools/gateway/beidou.py",
        "                self._slot.close(card.interval_s + MARGIN_S)  # when was it used last?\n",
        "                pass\n",
        "tests/host/test_gateway_beidou.py::TestSlots::test_after_a_start_nothing_is_known_so_one_interval_passes",
    ),
    Mutant(
        "an address left out believed from any card",
        "host_tools/gateway/keeping.py",
        'boxes.c.beidou_card == bindparam("sender")',
        'boxes.c.beidou_card != bindparam("sender")',
        "tests/host/test_gateway_beidou.py::TestWhoseItIs::test_an_address_left_out_is_believed_only_from_the_boxs_own_card",
    ),
    Mutant(
        "RockBLOCK answered before commit",
        "host_tools/gateway/rockblock.py",
        "return kept is not None and await kept",
        "return kept is not None",
        "tests/host/test_gateway_rockblock.py::test_what_cannot_be_written_is_not_answered_with_yes",
    ),
    Mutant(
        "what came in a broken session is dropped",
        "host_tools/gateway/satellite.py",
        "        if not brought.payload:\n",
        "        if wrong or not brought.payload:\n",
        "tests/host/test_gateway_satellite.py::test_how_a_session_ended_changes_nothing_about_what_it_brought",
    ),
    Mutant(
        "an order for life behind the answers that wait for a satellite",
        "host_tools/gateway/mt.py",
        "next(queue for queue in self._waiting if queue)",
        "next(queue for queue in reversed(list(self._waiting)) if queue)",
        "tests/host/test_gateway_satellite.py::test_an_order_for_life_finds_room_and_overtakes_what_waits_for_iridium",
    ),
    Mutant(
        "a new call rests with its road",
        "firmware/courier.py",
        "self._outbox.for_life == calls and ",
        "",
        _COURIER + "a_new_call_is_tried_at_once_on_a_road_that_rests_after_refusals",
    ),
    Mutant(
        "a Slip that two roads acknowledge is forgotten twice",
        "firmware/outbox.py",
        "one.epoch == epoch and one.waits:",
        "one.epoch == epoch:",
        "tests/shared/test_outbox.py::TestSettling::"
        "test_each_slip_of_an_acknowledgement_is_a_step_and_one_gone_meanwhile_is_none",
    ),
    Mutant(
        "all that an Ack names is forgotten in one turn",
        "firmware/intake.py",
        "                        journal.note(bearer.name, why)\n"
        "                    await clock.sleep_ms(0)\n",
        "                        journal.note(bearer.name, why)\n",
        "tests/emulator/test_beidou.py::"
        "test_a_call_goes_by_beidou_when_the_card_may_send_and_the_lamp_tells_that_it_arrived",
    ),
    Mutant(
        "a report that was replaced is written once more",
        "firmware/courier.py",
        "            if slip.waits:\n",
        "            if True:\n",
        _COURIER + "a_rider_replaced_while_another_is_handed_over_stays_behind",
    ),
    # The store keeps what counts wherever the power is cut, and nothing else.
    Mutant(
        "the old comes back when the new is removed",
        "drivers/records.py",
        "    if live or key in known:\n",
        "    if live:\n",
        "tests/shared/test_store.py::TestResurrection::test_the_old_does_not_come_back_when_the_new_is_removed",
    ),
    Mutant(
        "counters are not carried along",
        "drivers/ring_log.py",
        "self._copied(self._index.carried(), number, at)",
        "self._copied([], number, at)",
        "tests/shared/test_store.py::TestStore::test_every_sector_begins_with_all_that_is_carried_along",
    ),
    Mutant(
        "a store fills the room it needs to move",
        "drivers/ring_log.py",
        " and ring.free() >= self.spare:",
        ":",
        "tests/shared/test_store.py::TestStore::test_in_a_full_store_what_is_there_can_change_for_ever",
    ),
    Mutant(
        "what counts is left behind in a sector to be erased",
        "drivers/ring_log.py",
        "        elif some_left:\n            self._begin_sector()\n",
        "        elif some_left:\n            self.ring.lowest += 1\n",
        "tests/shared/test_store.py::TestStore::test_in_a_full_store_what_is_there_can_change_for_ever",
    ),
    Mutant(
        "damage is told of once and never again",
        "drivers/ring_log.py",
        "            ring.told = ring.newest + 1\n",
        "",
        "tests/shared/test_store.py::TestDamage::test_a_damaged_store_says_so_at_every_start_until_something_was_put",
    ),
    Mutant(
        "a sector is erased before flash says that it is not in use",
        "drivers/ring.py",
        "return self.sectors - (self.newest + 1 - self._in_use)",
        "return self.free()",
        "tests/shared/test_flash_store.py::TestPowerCuts::test_wherever_the_power_is_cut_nothing_kept_is_lost_and_nothing_removed_returns",
    ),
    Mutant(
        "what was written to an FRAM is not read back",
        "drivers/fram.py",
        "        if found != data:\n",
        "        if not found:\n",
        "tests/shared/test_fram.py::TestFram::test_a_bit_that_was_lost_on_its_way_is_noticed",
    ),
    Mutant(
        "an FRAM not asked to let itself be written each time",
        "drivers/fram.py",
        "        self._enable_writing()\n",
        "        if not at:\n            self._enable_writing()\n",
        "tests/shared/test_fram.py::TestFram::test_every_write_asks_for_the_latch_that_fell_after_the_one_before",
    ),
    Mutant(
        "an FRAM that is not there taken for a blank one",
        "drivers/fram.py",
        "        self._ask(self._addressed(_READ, at), buffer)\n        self._expect_the_chip()\n",
        "        self._ask(self._addressed(_READ, at), buffer)\n",
        "tests/shared/test_fram.py::TestFram::test_a_chip_that_is_not_there_is_never_taken_for_a_blank_one",
    ),
    Mutant(
        "the store of another Box taken for its own",
        "boards/rp2/fram.py",
        "    if found.endswith(_HAS_OWNER):\n",
        "    if found == _HAS_OWNER:\n",
        "tests/emulator/test_fram.py::test_without_its_own_fram_it_takes_no_other_store_and_says_nothing_on_any_road",
    ),
    Mutant(
        "numbers begin again where the store's mark is of an epoch that is over",
        "firmware/keyring.py",
        'self._store.state != "kept" or epoch != self.epoch:',
        'self._store.state != "kept" or epoch > self.epoch:',
        "tests/shared/test_keyring.py::TestEpoch::test_a_box_that_is_given_back_a_store_it_had_before_uses_no_number_again",
    ),
)
