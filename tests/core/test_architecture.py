"""The rooms of the package: what stands where, who imports whom, how large a module may be."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path
from typing import Final

import zarrcodec_bridge as bridge
from zarrcodec_bridge.cli import COMMANDS
from zarrcodec_bridge.codecs import MODULES
from zarrcodec_bridge.readers import MODULES as READER_MODULES

PACKAGE: Final = Path(bridge.__file__).parent
ROOMS: Final = frozenset(
    "core codecs dialects translation readers documents adapters arrays explanations schemas stores cli".split()
)
FRONT: Final = {"__init__.py", "__main__.py", "py.typed"}

LAZY: Final = {
    "zarrcodec_bridge": {f"zarrcodec_bridge.{module}" for module in bridge._LATER.values()},
    "zarrcodec_bridge.cli": {
        f"zarrcodec_bridge.cli.{entry.partition(':')[0]}" for entry in COMMANDS.values()
    },
    "zarrcodec_bridge.codecs": {f"zarrcodec_bridge.codecs.{module}" for module in MODULES},
    "zarrcodec_bridge.readers": {f"zarrcodec_bridge.readers.{module}" for module in READER_MODULES},
}
"""The modules that import others by name, and which: the front page, the subcommands, the codecs, the readers."""

MOST_LINES: Final = 500
MOST_FLOORS: Final = 9


@cache
def modules() -> dict[str, ast.Module]:
    """The modules of the package by name."""
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = (PACKAGE.name, *file.relative_to(PACKAGE).with_suffix("").parts)
        name = ".".join(parts).removesuffix(".__init__")
        found[name] = ast.parse(file.read_text("utf-8"))
    return found


def _run(node: ast.AST) -> Iterator[ast.AST]:
    """What runs of a module, inside functions too; not what only type checkers read."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from _run(child)


def _imported(name: str) -> Iterator[str]:
    for node in _run(modules()[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (each if each in modules() else str(node.module) for each in whole)


@cache
def graph() -> dict[str, set[str]]:
    """Every module, and those of the package that it imports."""
    return {
        name: {*_imported(name), *LAZY.get(name, ())} & modules().keys() - {name}
        for name in modules()
    }


def test_at_the_top_of_the_package_stand_the_twelve_rooms() -> None:
    found = {path.name for path in PACKAGE.iterdir() if path.name != "__pycache__"}
    assert len(ROOMS) == 12
    assert found == ROOMS | FRONT


def test_no_circle_of_modules() -> None:
    """Imports inside functions count, and those by name in the lazy tables."""
    try:
        order = list(TopologicalSorter(graph()).static_order())
    except CycleError as error:
        raise AssertionError(" -> ".join(error.args[1])) from None
    assert set(order) == modules().keys()


def test_no_module_imports_the_package_by_a_string() -> None:
    found = {}
    for name in modules().keys() - LAZY.keys():
        for node in _run(modules()[name]):
            if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in (
                "import_module",
                "__import__",
            ):
                given = ast.unparse(node.args[0]).removeprefix("f")
                if given[0] not in "'\"" or given[1:].startswith(("zarrcodec_bridge", "{", ".")):
                    found[name] = ast.unparse(node)
    assert found == {}


def test_the_lazy_tables_name_modules_that_are_there() -> None:
    assert set().union(*LAZY.values()) <= modules().keys()
    for name, module in bridge._LATER.items():
        assert name in import_module(f"zarrcodec_bridge.{module}").__all__


def test_rooms_stand_on_few_floors() -> None:
    """A room stands above all that it imports; so does the front page, below the command line."""
    below: dict[str, set[str]] = {}
    for name, imported in graph().items():
        room = _room(name)
        below.setdefault(room, set()).update({_room(each) for each in imported} - {room})
    floors: dict[str, int] = {}
    for room in TopologicalSorter(below).static_order():
        floors[room] = 1 + max((floors[each] for each in below[room]), default=0)
    assert max(floors[room] for room in ROOMS) <= MOST_FLOORS, floors


def _room(name: str) -> str:
    return name.split(".")[1] if "." in name else "front page"


def test_modules_are_short() -> None:
    lines = {
        file.relative_to(PACKAGE).as_posix(): len(file.read_text("utf-8").splitlines())
        for file in PACKAGE.rglob("*.py")
    }
    assert {file for file, count in lines.items() if count >= MOST_LINES} == set()
