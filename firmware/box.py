"""The whole Box on one page: what is built, from what, and what runs."""

from collections import namedtuple

from firmware import settings
from firmware.announcer import Announcer
from firmware.bearer import Bearer
from firmware.calls import CallPoint
from firmware.courier import Courier
from firmware.deeds import Deeds
from firmware.gatekeeper import Gatekeeper
from firmware.health import Health
from firmware.intake import Intake
from firmware.journal import Journal
from firmware.journal_head import JournalHead
from firmware.keyring import Keyring
from firmware.ledger import Ledger
from firmware.outbox import Outbox
from firmware.reports import Reports
from firmware.sentinel import Sentinel
from firmware.site import Site
from firmware.supervisor import OnAir
from firmware.timekeeper import Timekeeper
from protocol import ccm
from protocol.ed25519 import Verifier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from firmware.ports import Hardware

# services: ((name, run), ...) for supervisor.supervise
Box = namedtuple("Box", ("services", "journal", "sentinel", "on_air"))


def assemble(hw: "Hardware", verifier=None, arithmetic=None) -> Box:
    """Return the Box made of this hardware.

    arithmetic is the board's own for protocol.ed25519, if it is faster; verifier takes the
    place of both.

    Raises BadSettings when the settings file is wrong and NoKeys when the Box was not
    provisioned; the board then starts firmware.safe_mode instead.
    """
    settings.read(hw.settings)
    journal = Journal(hw.journal_lines)
    timekeeper = Timekeeper(hw.store, hw.clock)
    journal.stamped_by(timekeeper)
    keyring = Keyring(hw.keyring_cells, hw.store, ccm, hw.unique_id)
    site = Site(hw.settings, hw.store, keyring.issue)
    outbox = Outbox(hw.store, keyring, hw.clock)
    sentinel = Sentinel(hw.store, outbox, timekeeper, journal)
    ledger = Ledger(hw.store)
    on_air = OnAir(hw.clock)

    announcer = Announcer(hw, site, ledger, outbox, timekeeper, sentinel, on_air, journal)
    verifier = verifier or Verifier(arithmetic=arithmetic)
    deeds = Deeds(keyring, ledger, timekeeper, announcer, site, journal)
    gatekeeper = Gatekeeper(keyring, verifier, ledger, timekeeper, deeds, site, hw.clock, journal)
    call_points = [
        CallPoint(point, outbox, hw.store, timekeeper, hw.clock, journal)
        for point in hw.call_points
    ]
    bearers = [
        Bearer(name, kind, modem, hw.clock, site.budgets.get(name))
        for name, kind, modem in hw.roads
    ]
    courier = Courier(outbox, bearers, timekeeper, hw.clock, journal)
    reports = Reports(hw, keyring, outbox, bearers, timekeeper, ledger, sentinel)
    health = Health(hw, site, outbox, bearers, sentinel)
    head = JournalHead(journal, timekeeper, sentinel, hw.clock)
    asked = {
        "boot": reports.tell,
        "health": lambda: health.tell(whole=True),
        "log_head": head.tell,
    }
    intake = Intake(keyring, site, outbox, courier, gatekeeper, call_points, timekeeper, asked)

    services = list(hw.services)
    services.append(("announcer", announcer.run))
    services.append(("gatekeeper", gatekeeper.run))
    services.append(("boot", reports.boot))
    services.append(("health", health.run))
    services.append(("journal head", head.run))
    for point in call_points:
        services.append((point.name, point.run))
    services.append(("pieces", intake.pieces.asking(bearers, hw.clock, journal)))
    for bearer in bearers:
        services.append((bearer.name + " out", courier.carrying(bearer)))
        services.append((bearer.name + " in", intake.listening(bearer, hw.clock, journal)))
    return Box(services, journal, sentinel, on_air)
