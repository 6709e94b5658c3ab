"""The table of names and modules in `codecs`, against the definitions: what was forgotten is named."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge import codecs
from zarrcodec_bridge.core import registry
from zarrcodec_bridge.core.spec import CodecSpec, Dialect

MODULES = [
    module.name
    for module in pkgutil.iter_modules(codecs.__path__)
    if not module.ispkg and not module.name.startswith("_")
]


def _names(spec: CodecSpec, dialect: Dialect) -> list[str]:
    """The names by which a codec is read."""
    return [
        name for form in spec.forms(dialect) if form.readable for name in (form.name, *form.aliases)
    ]


def test_each_module_has_a_line_in_the_table() -> None:
    forgotten = sorted({*MODULES} - codecs.MODULES.keys())
    assert not forgotten, f"add to MODULES in codecs/__init__.py: {forgotten}"
    assert sorted(codecs.MODULES) == sorted(MODULES), "lines without a module"


@pytest.mark.parametrize("module", codecs.MODULES)
def test_the_table_has_the_names_of_the_definition(module: str) -> None:
    spec = import_module(f"zarrcodec_bridge.codecs.{module}").SPEC
    for dialect, listed in zip(("v2", "v3"), codecs.MODULES[module], strict=True):
        defined = _names(spec, dialect)  # type: ignore[arg-type]
        forgotten = [name for name in defined if name not in listed.split()]
        assert not forgotten, f"add to {module!r} in MODULES ({dialect}): {forgotten}"
        assert sorted(listed.split()) == sorted(defined), "names that the definition has not"


def test_the_names_of_imagecodecs_are_those_of_its_definitions() -> None:
    defined = {
        (dialect, name)
        for spec in codecs.imagecodecs.SPECS
        for dialect in ("v2", "v3")
        for name in _names(spec, dialect)  # type: ignore[arg-type]
    }
    assert {*codecs.imagecodecs.NAMES} == defined


@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_each_name_is_found(dialect: Dialect) -> None:
    for name in registry.names(dialect):
        found = registry.find(dialect, name)
        assert found is not None, name
        assert name in (found[1].name, *found[1].aliases)


def test_a_model_whose_name_was_never_looked_up_has_its_definition() -> None:
    for spec in bridge.registered_codecs():
        assert registry.spec_of(spec.model) is spec


def test_the_codecs_are_listed_in_the_order_of_the_table() -> None:
    titles = [spec.title for spec in bridge.registered_codecs()]
    listed = [import_module(f"{codecs.__name__}.{name}").SPEC.title for name in codecs.MODULES]
    assert titles[: len(listed)] == listed
    assert len(titles) == len({*titles})
