"""Who may import whom, and what happens in one place only.  The tables are the rule."""

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"protocol", "drivers", "firmware", "boards", "host_tools", "tests"}

# What a file may import of this project: the first prefix that fits its path decides.
MAY_IMPORT = {
    "protocol/": {"protocol"},
    "drivers/": {"drivers"},
    "firmware/": {"firmware", "protocol", "drivers"},
    "boards/*/main.py": {"boards", "drivers", "firmware"},
    "boards/": {"boards", "drivers"},
    "host_tools/": {"host_tools", "protocol"},
    "tests/audit": {"tests.audit"},
}

# Modules that exist on MicroPython 1.25 and only turn values into values.
OF_VALUES = {"array", "binascii", "collections", "hashlib", "json", "struct"}
# What device code may import besides this project; boards meet the machine and are free.
OF_THE_INTERPRETER = {
    "protocol/compat.py": {"cryptolib", "micropython"},
    "protocol/": {"binascii", "collections", "hashlib", "struct"},
    "drivers/clock.py": {"asyncio", "time"},
    "drivers/files.py": {"os"},
    "drivers/": OF_VALUES | {"asyncio", "micropython"},
    "firmware/": OF_VALUES | {"asyncio"},
}

# Firmware knows drivers by the words they define: these modules, and constants of any other.
MODULES_OF_WORDS = {"drivers.errors", "drivers.outcomes"}

# What protocol, drivers and firmware do in one place only.
ONE_PLACE = {
    "asyncio.create_task": "firmware/supervisor.py",
    "asyncio.gather": "firmware/supervisor.py",
    "(object).create_task": "firmware/supervisor.py",  # of an event loop
    "asyncio.sleep": "drivers/clock.py",
    "asyncio.sleep_ms": "drivers/clock.py",
    "print": "firmware/console.py",
    "except Exception": "firmware/supervisor.py",
    "except BaseException": "firmware/supervisor.py",
    "except everything": "firmware/supervisor.py",
}

# What a key could be made of, by every name it has: the door refuses a source that repeats itself.
RANDOMNESS = {"os.urandom", "random", "uos.urandom", "urandom"}
DOOR_TO_RANDOMNESS = "boards/rp2/randomness.py"

# Where packages come from and where a machine keeps its files: each copy finds its own.
FOREIGN_PLACES = re.compile(
    r"(deb|security|snapshot|ftp[\w.]*)\.debian\.org|(archive|ports|security)\.ubuntu\.com"
    r"|(archive|raspbian)\.raspberrypi\.\w+|pypi\.org|pythonhosted\.org|npmjs\.\w+"
    r"|\bmirrors?\.[\w-]+\.(cn|com|de|edu|eu|io|net|org)\b"
    r"|(?<![\w.])/(work|root|home/\w+)/"
)


@pytest.mark.parametrize("rule", MAY_IMPORT)
def test_folders_import_only_what_stands_below_them(rule):
    complaints = [
        f"{where} imports {name}: {rule} may import only {_listed(MAY_IMPORT[rule])} of ours"
        for path in sources("py", "pyi")
        if rule_for(path, MAY_IMPORT) == rule
        for where, name in imports(path)
        if name.split(".")[0] in OURS and not begins_with(name, MAY_IMPORT[rule])
    ]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("rule", OF_THE_INTERPRETER)
def test_device_code_knows_no_machine_and_no_desktop_module(rule):
    complaints = [
        f"{where} imports {name}: {rule} may import only {_listed(OF_THE_INTERPRETER[rule])}"
        for path in sources("py")
        if rule_for(path, OF_THE_INTERPRETER) == rule
        for where, name in imports(path)
        if name.split(".")[0] not in OURS | OF_THE_INTERPRETER[rule]
    ]
    assert not complaints, "\n".join(complaints)


def test_firmware_knows_drivers_only_by_their_words():
    complaints = [
        f"{path}:{line} takes {name}: firmware asks the Hardware for its parts and builds none"
        for path in sources("py")
        if path.startswith("firmware/")
        for line, name in taken_from_drivers(tree_of(path))
        if not is_a_word(name)
    ]
    assert not complaints, "\n".join(complaints)


def test_the_setup_needs_nothing_that_it_has_yet_to_install():
    complaints = [
        f"{where} imports {name}: the setup runs before .venv exists"
        for path in sources("py")
        if path.startswith("host_tools/setup/") or path == "host_tools/__init__.py"
        for where, name in imports(path)
        if name.split(".")[0] not in sys.stdlib_module_names
        if not begins_with(name, {"host_tools.setup"})
    ]
    assert not complaints, "\n".join(complaints)


def test_some_things_happen_in_one_place_only():
    complaints = [
        f"{path}:{line} has {deed}: it belongs in {ONE_PLACE[deed]}"
        for path in sources("py")
        if path.startswith(("protocol/", "drivers/", "firmware/"))
        for line, deed in deeds(tree_of(path))
        if ONE_PLACE.get(deed, path) != path
    ]
    assert not complaints, "\n".join(complaints)


def test_nothing_on_a_box_takes_randomness_but_through_one_door():
    complaints = [
        f"{path}:{line} takes {name}: whoever needs it asks {DOOR_TO_RANDOMNESS}"
        for path in sources("py")
        if path.startswith(("boards/", "drivers/", "firmware/", "protocol/"))
        if path != DOOR_TO_RANDOMNESS
        for line, name in randomness_in(tree_of(path))
    ]
    assert not complaints, "\n".join(complaints)


def test_no_board_has_a_say_in_what_is_genuine():
    """It may bring faster arithmetic; only tests put something in the verifier's place."""
    assembled = [
        ast.unparse(call)
        for path in sources("py")
        if path.startswith("boards/")
        for call in ast.walk(tree_of(path))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "box.assemble"
    ]
    may_be = {"box.assemble(hardware)", "box.assemble(hardware, arithmetic=Arithmetic())"}
    assert set(assembled) == may_be


def test_no_file_names_a_registry_a_mirror_or_a_place_on_one_machine():
    complaints = [
        f"{path}:{number} names {found.group()}: each machine brings its own"
        for path in committed_files()
        for number, line in enumerate((ROOT / path).read_text(errors="replace").splitlines(), 1)
        if (found := FOREIGN_PLACES.search(line))
    ]
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("import time", ["time"]),
        ("from drivers import modbus", ["drivers.modbus"]),
        ("from drivers.lamp import CALLING, Lamp", ["drivers.lamp.CALLING", "drivers.lamp.Lamp"]),
        ("def f():\n    import machine", ["machine"]),
        ("from . import box", ["(relative).box"]),
        ("module = __import__('machine')", ["machine"]),
        ("from protocol import *", ["protocol.*"]),
    ],
)
def test_the_guard_sees_every_way_to_import(source, seen):
    assert [name for _, name in imported(ast.parse(source))] == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("from asyncio import create_task\ncreate_task(run())", ["asyncio.create_task"]),
        ("loop.create_task(run())", ["(object).create_task"]),
        ("from asyncio import sleep_ms as nap\nnap(1)", ["asyncio.sleep_ms"]),
        ("import asyncio as a\na.sleep(1)", ["asyncio.sleep"]),
        ("wait = asyncio.sleep", []),
        ("import asyncio\nwait = asyncio.sleep", ["asyncio.sleep"]),
        ("self._clock.sleep_ms(5)", []),
        ("console.print('x')", []),
        ("print('x')", ["print"]),
        ("try:\n    f()\nexcept (OSError, Exception):\n    pass", ["except Exception"]),
        ("try:\n    f()\nexcept:\n    pass", ["except everything"]),
        ("try:\n    f()\nexcept OSError:\n    pass", []),
    ],
)
def test_the_guard_sees_every_way_to_do_a_deed(source, seen):
    assert [deed for _, deed in deeds(ast.parse(source)) if deed in ONE_PLACE] == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("from drivers.lamp import CALLING", []),
        ("from drivers import lamp\nlamp.CALLING", []),
        ("from drivers.errors import DriverError", []),
        ("from drivers.lamp import Lamp", ["drivers.lamp.Lamp"]),
        ("from drivers import lamp\nlamp.Lamp(3)", ["drivers.lamp.Lamp"]),
        ("import drivers.lamp\ndrivers.lamp.Lamp(3)", ["drivers.lamp.Lamp"]),
        ("from drivers.lamp import *", ["drivers.lamp.*"]),
        ("from drivers import *", ["drivers.*"]),
    ],
)
def test_the_guard_tells_words_of_drivers_from_drivers(source, seen):
    taken = taken_from_drivers(ast.parse(source))
    assert [name for _, name in taken if not is_a_word(name)] == seen


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.urandom(16)",
        "import os\nsecret(16, draw=os.urandom)",
        "import os as system\nsystem.urandom(16)",
        "from os import urandom as draw",
        "from os import *\nurandom(16)",
        "import uos\nuos.urandom(16)",
        "import random",
        "from random import getrandbits",
        "import urandom",
    ],
)
def test_the_guard_sees_every_way_to_take_randomness(source):
    assert list(randomness_in(ast.parse(source)))


def test_the_guard_tells_the_door_from_what_it_guards():
    source = "from boards.rp2 import randomness\nrandomness.secret(16)"
    assert not list(randomness_in(ast.parse(source)))
    assert list(randomness_in(tree_of(DOOR_TO_RANDOMNESS)))


def test_the_guard_looks_at_the_real_code():
    tops = {path.split("/")[0] for path in sources("py")}
    assert tops >= {"protocol", "firmware", "host_tools", "tests"}


def sources(*endings):
    """Return our source files as paths from the root, `boards/sim/main.py`."""
    found = (path for top in sorted(OURS) for path in sorted((ROOT / top).rglob("*.py*")))
    return [path.relative_to(ROOT).as_posix() for path in found if path.suffix[1:] in endings]


def committed_files():
    """Return what git tracks, or would if it were added now."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for path in listed.splitlines() if (ROOT / path).is_file()]


def rule_for(path, rules):
    """Return the first rule whose path begins this one; `*` stands for one folder."""
    for rule in rules:
        if re.match(re.escape(rule).replace(r"\*", "[^/]+"), path):
            return rule
    return None


def begins_with(name, packages):
    return any(name == package or name.startswith(package + ".") for package in packages)


def taken_from_drivers(tree):
    """Yield (line, `drivers.module.Name`) however it was reached; a module alone is no harm."""
    for line, name in [*imported(tree), *deeds(tree)]:
        if re.match(r"drivers\.(\w+\.|\*)", name):
            yield line, name


def is_a_word(name):
    """Is this `drivers.module.WORD`, or anything of a module made of words?"""
    return begins_with(name, MODULES_OF_WORDS) or name.rpartition(".")[2].isupper()


def randomness_in(tree):
    """Yield (line, dotted name) for each way by which it takes randomness."""
    for line, name in [*imported(tree), *deeds(tree)]:
        if begins_with(name, RANDOMNESS):
            yield line, name


def imports(path):
    """Yield (`file:line`, dotted name) for each name that a file imports."""
    for line, name in imported(tree_of(path)):
        yield f"{path}:{line}", name


@functools.cache
def tree_of(path):
    return ast.parse((ROOT / path).read_text(), path)


def imported(tree):
    """Yield (line, dotted name), with the imported name itself as the last part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "(relative)" if node.level else node.module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "__import__":
            yield node.lineno, str(getattr(node.args[0], "value", "(computed)"))


def deeds(tree):
    """Yield (line, deed) for what ONE_PLACE speaks of, whatever local name it goes by."""
    known_as = local_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            yield from ((node.lineno, f"except {caught}") for caught in caught_by(node))
        elif isinstance(node, ast.Name):
            yield node.lineno, known_as.get(node.id, node.id)
        elif isinstance(node, ast.Attribute):
            owner = known_as.get(ast.unparse(node.value), "(object)")
            yield node.lineno, f"{owner}.{node.attr}"


def local_names(tree):
    """Return {local name: dotted name} for every import of a tree."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
            names.update({alias.asname or alias.name: module + alias.name for alias in node.names})
    return names


def caught_by(handler):
    if handler.type is None:
        return ["everything"]
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return [ast.unparse(kind) for kind in kinds]


def _listed(names):
    return ", ".join(sorted(names))
