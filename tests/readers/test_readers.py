"""The table of readers against the definitions of the codecs: every name is known, every form is accounted for."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

import zarrcodec_bridge as bridge
from zarrcodec_bridge.core.data_types import DataType
from zarrcodec_bridge.readers import READERS, TARGETS, opened_by
from zarrcodec_bridge.translation.options import make_options

FORMS = [
    (dialect, form.name)
    for spec in bridge.registered_codecs()
    if spec.model.__module__.startswith("zarrcodec_bridge.")
    for dialect in ("v2", "v3")
    for form in spec.forms(dialect)
]

NOBODYS = {
    ("v3", "conditional"),
    ("v3", "ChunkyCodec"),  # virtual-tiff's class names
    ("v3", "HorizontalDeltaCodec"),
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("dialect", ["v2", "v3"])
def test_readers_name_codecs_as_their_definitions_do(name, dialect):
    known = {form for side, form in FORMS if side == dialect}
    opened = READERS[name].format(dialect)
    assert (
        opened.codecs | opened.elsewhere.keys() | opened.unknown_keys.keys() | opened.rules.keys()
        <= known
    )
    assert not opened.codecs & opened.elsewhere.keys()
    assert opened.objects | opened.rules.keys() <= opened.codecs
    for slot in (opened.filters, opened.compressors):
        assert slot is None or slot <= opened.codecs
    assert opened.nothing_after <= opened.codecs
    for parameter in opened.limits.keys() | opened.required:
        assert parameter.rpartition(".")[0] in opened.codecs
    assert opened.more_elements.keys() <= opened.codecs
    assert opened.prefix is None or any(form.startswith(opened.prefix) for form in known)


def test_every_form_has_a_reader_or_is_known_to_have_none():
    assert {(side, name) for side, name in FORMS if not opened_by(side, [name])} == NOBODYS


@pytest.mark.parametrize("name", READERS)
def test_readers_say_what_was_measured_and_when(name):
    reader = READERS[name]
    assert reader.name == name
    assert re.fullmatch(r"\d+(\.\d+)+", reader.version)
    assert date.fromisoformat(reader.measured)


@pytest.mark.parametrize("name", READERS)
def test_readers_name_data_types_as_the_bridge_does(name):
    reader = READERS[name]
    configurations = {
        "fixed_length_utf32": {"length_bytes": 8},
        "null_terminated_bytes": {"length_bytes": 8},
        "raw_bytes": {"length_bytes": 8},
        "numpy.datetime64": {"unit": "s", "scale_factor": 1},
        "numpy.timedelta64": {"unit": "s", "scale_factor": 1},
        "struct": {"fields": [{"name": "a", "data_type": "int8"}]},
    }
    for data_type in reader.v3.data_types | reader.swapped_wrong:
        configuration = configurations.get(data_type)
        spelled = (
            {"name": data_type, "configuration": configuration} if configuration else data_type
        )
        assert DataType.from_v3(spelled).name == data_type
        assert DataType.from_v3(spelled).is_known


def test_a_target_that_is_none_is_refused_with_a_suggestion():
    for target in TARGETS:
        make_options(target)
    for wrong, meant in [
        ("zarr_python", "zarr-python"),
        ("Tensorstor", "tensorstore"),
        ("zars", "zarrs"),
        ("gdall", "gdal"),
        ("zarr-python>=9", "zarr-python==3.4.2"),
        (("spec", "zarita"), "zarrita"),
    ]:
        with pytest.raises(bridge.BridgeError, match=f"did you mean '{meant}'"):
            bridge.to_v3("gzip", target=wrong)
    for wrong in (None, 3, [], [3], {"spec": 1}):
        with pytest.raises(bridge.BridgeError, match="expected target 'spec', 'zarr-python'"):
            bridge.to_v3("gzip", target=wrong)


def test_the_import_contract_lists_every_reader():
    text = Path(__file__).parents[2].joinpath("pyproject.toml").read_text()
    contracts = {
        item["name"]: item for item in tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    }
    assert set(contracts["readers stand alone"]["modules"]) == {
        f"zarrcodec_bridge.readers.{name.replace('-', '_')}" for name in READERS
    }
