"""The ten first things that people try: each takes at most three lines, and what is slightly wrong says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from pydantic import BaseModel
from pydantic.errors import PydanticUserError

import zarrcodec_bridge as bridge

ZARRAY: Final = {
    "zarr_format": 2,
    "shape": [4, 4],
    "chunks": [4, 4],
    "dtype": "<i4",
    "order": "C",
    "filters": None,
    "compressor": {"id": "zlib", "level": 1},
    "fill_value": 0,
}
GROUP: Final = {"zarr_format": 2}
MULTISCALES: Final = {
    "multiscales": [
        {
            "version": "0.4",
            "axes": [{"name": name, "type": "space"} for name in "yx"],
            "datasets": [
                {"path": "0", "coordinateTransformations": [{"type": "scale", "scale": [1, 1]}]}
            ],
        }
    ]
}
PLATE: Final = {
    "plate": {
        "version": "0.4",
        "rows": [{"name": "A"}],
        "columns": [{"name": "1"}],
        "wells": [{"path": "A/1", "rowIndex": 0, "columnIndex": 0}],
    }
}
FILES: Final = {
    "old.zarr/.zgroup": GROUP,
    "old.zarr/a/.zarray": ZARRAY,
    "plate.zarr/.zgroup": GROUP,
    "plate.zarr/.zattrs": PLATE,
    "plate.zarr/A/.zgroup": GROUP,
    "plate.zarr/A/1/.zgroup": GROUP,
    "plate.zarr/A/1/.zattrs": {"well": {"version": "0.4", "images": [{"path": "0"}]}},
    "plate.zarr/A/1/0/.zgroup": GROUP,
    "plate.zarr/A/1/0/.zattrs": MULTISCALES,
    "plate.zarr/A/1/0/0/.zarray": {**ZARRAY, "dimension_separator": "/"},
    "references.json": {
        "version": 1,
        "refs": {
            ".zgroup": json.dumps(GROUP),
            "a/.zarray": json.dumps(ZARRAY),
            "a/0.0": ["data.bin", 0, 64],
        },
    },
}


class Reversed:
    """A codec of one's own."""

    codec_id = "ten-first-things-reversed"

    def encode(self, buf: Any) -> bytes:
        return bytes(buf)[::-1]

    def decode(self, buf: Any, out: Any = None) -> bytes:
        return bytes(buf)[::-1]

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Reversed:
        return cls()


class Thing(NamedTuple):
    """What people try: the lines of a user, what they give, and attempts that are slightly wrong."""

    lines: str
    gives: Callable[[dict[str, Any]], object]
    """Whether the names have what was wanted."""
    wrong: dict[str, str]
    """By the attempt: what is said, by this library or by the one that is asked."""
    needs: tuple[str, ...] = ()


def lines_by_reader(found: Any) -> dict[str, str]:
    """The lines of a check, by the reader that they begin with."""
    lines = [line for line in str(found).splitlines() if "  v2  " in line]
    return {line.split()[0]: line for line in lines}


THINGS: Final = {
    "a numcodecs object into zarr 3": Thing(
        """
compressor = bridge.codec(numcodecs.Blosc("zstd", clevel=3))
array = zarr.create_array("new.zarr", shape=(8,), dtype="i4", compressors=compressor)
""",
        lambda names: (
            bridge.to_v3(names["array"].compressors[0])
            == {
                "name": "blosc",
                "configuration": {
                    "cname": "zstd",
                    "clevel": 3,
                    "shuffle": "shuffle",
                    "typesize": 4,
                    "blocksize": 0,
                },
            }
        ),
        {
            "bridge.codec(numcodecs.Blosc)": "got the class Blosc; pass an instance",
            "bridge.codec([numcodecs.Blosc()])": "got a list of codecs; explain(codecs",
            "bridge.codec('blosc', kind='a2a')": "its kind is b2b, not a2a",
            "zarr.create(shape=8, dtype='i4', zarr_format=2, compressor=bridge.codec('blosc'))": (
                "Cannot use a BytesBytesCodec as a compressor"
            ),
        },
        ("numcodecs", "zarr 3"),
    ),
    "a .zarray to v3": Thing(
        """
zarray = json.loads(Path("old.zarr/a/.zarray").read_text())
document = bridge.metadata_to_v3(zarray)
""",
        lambda names: (
            [codec["name"] for codec in names["document"]["codecs"]] == ["bytes", "numcodecs.zlib"]
        ),
        {
            "bridge.to_v3(zarray)": "got a whole .zarray; metadata_to_v3(document) writes it as v3",
            "bridge.metadata_to_v3(zarray['compressor'])": "got one codec; to_v3(codec)",
            "bridge.metadata_to_v3('old.zarr/a/.zarray')": "explain('old.zarr/a/.zarray') reads it",
            "bridge.metadata_to_v3(json.dumps(zarray))": "json.loads(text) reads it",
            "bridge.metadata_to_v2(zarray)": "normalize_metadata repairs a v2 document",
            "bridge.metadata_to_v3(zarray, target='tensorstor')": "did you mean 'tensorstore'?",
        },
    ),
    "an xarray encoding": Thing(
        """
data = xarray.Dataset({"t": ("x", numpy.arange(4))})
data["t"].encoding = {"compressor": numcodecs.Zlib(5), "filters": None}
bridge.convert_encoding(data, 3).to_zarr("xarray.zarr", zarr_format=3, consolidated=False)
""",
        lambda names: (
            names["xarray"].open_zarr("xarray.zarr", consolidated=False).equals(names["data"])
        ),
        {
            "bridge.convert_encoding(data['t'].encoding, 3)": "expected an xarray Dataset, DataArray or",
            "bridge.convert_encoding(data, 'v3')": "expected zarr_format 2 or 3",
            "bridge.to_v3({'chunks': (4,), 'compressors': ()})": (
                "got an encoding of xarray; convert_encoding(dataset, zarr_format)"
            ),
        },
        ("xarray", "numcodecs", "zarr 3"),
    ),
    "the codecs of a store": Thing(
        """
found = bridge.explain("old.zarr")
""",
        lambda names: "a  v2  little-endian int32, zlib" in str(names["found"]),
        {
            "bridge.explain('odl.zarr')": "there is no such file",
            "bridge.to_v3('old.zarr')": "explain('old.zarr') lists its arrays",
            "bridge.Pipeline.from_array('old.zarr')": "explain('old.zarr') lists its arrays",
        },
    ),
    "a kerchunk reference": Thing(
        """
references = json.loads(Path("references.json").read_text())
found = bridge.references_to_v3(references)
""",
        lambda names: (
            json.loads(names["found"]["refs"]["a/zarr.json"])["codecs"][1]["name"]
            == "numcodecs.zlib"
        ),
        {
            "bridge.metadata_to_v3(references)": "references_to_v3(references) writes it as v3",
            "bridge.to_v3(references)": "references_to_v3(references) writes it as v3",
        },
    ),
    "who can open it": Thing(
        """
found = bridge.check("old.zarr", readers=["tensorstore", "zarrista"])
""",
        lambda names: (
            not names["found"].is_opened
            and {
                reader: said.split()[3] for reader, said in lines_by_reader(names["found"]).items()
            }
            == {"tensorstore": "opens", "zarrista": "refuses"}
        ),
        {
            "bridge.check('odl.zarr')": "there is no such file",
            "bridge.check('old.zarr', readers='tensorstor')": "did you mean 'tensorstore'?",
            "bridge.Pipeline.from_metadata('old.zarr').readers()": "explain('old.zarr') lists its",
            "bridge.to_v3('zlib', target='tensorstore')": "does not open it; zarr-python, zarrs",
        },
    ),
    "an OME plate": Thing(
        """
report = bridge.migrate("plate.zarr", 3, dry_run=False)
""",
        lambda names: (
            names["report"].ok
            and json.loads(Path("plate.zarr/zarr.json").read_text())["attributes"]["ome"]["version"]
            == "0.5"
            and json.loads(Path("plate.zarr/A/1/0/0/zarr.json").read_text())["dimension_names"]
            == ["y", "x"]
        ),
        {
            "bridge.migrate('palte.zarr', 3)": "there is no directory or zip file at",
            "bridge.migrate('plate.zarr', 'v3')": "expected zarr_format 2 or 3",
            "bridge.metadata_to_v3('plate.zarr')": "migrate('plate.zarr') gives it the other format",
        },
    ),
    "a string with a level and without": Thing(
        """
names = ["zstd", "zstd:9", "blosc:zstd", "blosc:zstd:9"]
found = [bridge.to_v2(name) for name in names]
""",
        lambda names: (
            [codec.get("level", codec.get("clevel")) for codec in names["found"]] == [0, 9, 5, 9]
        ),
        {
            "bridge.to_v3('zstd-9')": "did you mean 'zstd:9'?",
            "bridge.to_v3('blosc-zstd')": "did you mean 'blosc:zstd'?",
            "bridge.to_v3('zsdt:9')": "did you mean 'zstd'?",
            "bridge.to_v3('ZSTD:9')": "did you mean 'zstd'?",
            "bridge.to_v3('zstd:high')": "expected a name, 'NAME:LEVEL'",
            "bridge.to_v3('gzip:10')": "level: expected less than or equal to 9, got 10",
            "bridge.to_v3('blosc:zstd:10')": "clevel: expected less than or equal to 9, got 10",
            "bridge.to_v3('blosc:9')": "'blosc:CNAME:LEVEL'",
            "bridge.to_v3('lz4:3')": "lz4 has no level; pass a dictionary with acceleration",
        },
    ),
    "a Pydantic model": Thing(
        """
class Settings(BaseModel):
    compressor: bridge.V3Codec
settings = Settings(compressor="zstd:9")
""",
        lambda names: (
            names["settings"].model_dump()["compressor"]
            == {"name": "zstd", "configuration": {"level": 9, "checksum": False}}
        ),
        {
            "Settings(compressor='zsdt')": "did you mean 'zstd'?",
            "type('Bare', (BaseModel,), {'__annotations__': {'c': bridge.Codec}})(c='zstd')": "V3Codec",
            "Settings(compressor={'id': 'zstd', 'levle': 9})": "did you mean 'level'?",
        },
    ),
    "a codec of one's own": Thing(
        """
name = bridge.register_with_zarr(Reversed, kind="b2b")
compressor = bridge.codec(Reversed(), kind="b2b")
array = zarr.create_array("own.zarr", shape=(8,), dtype="u1", compressors=compressor)
""",
        lambda names: (
            bridge.to_v3(names["array"].compressors[0])["name"] == Reversed.codec_id
            and names["zarr"].open_array("own.zarr").compressors == names["array"].compressors
        ),
        {
            "bridge.codec(Reversed())": "its kind ('a2a', 'a2b' or 'b2b') is not known; pass kind",
            "bridge.codec(Reversed)": "got the class Reversed; pass an instance",
            "bridge.codec(Reversed(), kind='compressor')": "expected kind 'a2a', 'a2b' or 'b2b'",
            "bridge.codec(Reversed.codec_id)": "no codec is registered",
            "zarr.create_array({}, shape=8, dtype='u1', compressors=bridge.codec(Unknown(), kind='b2b'))": (
                "call register_with_zarr(Unknown, kind='b2b') here"
            ),
        },
        ("numcodecs", "zarr 3"),
    ),
}


def test_there_are_ten() -> None:
    assert len(THINGS) == 10
    for thing in THINGS.values():
        assert len(thing.lines.strip().splitlines()) <= 3


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    for path, document in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(json.dumps(document))
    monkeypatch.chdir(tmp_path)
    found: dict[str, Any] = {"bridge": bridge, "json": json, "Path": Path, "BaseModel": BaseModel}
    return found | {
        "Reversed": Reversed,
        "Unknown": type("Unknown", (Reversed,), {"codec_id": "u"}),
    }


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", THINGS)
def test_it_works_in_three_lines(name: str, names: dict[str, Any]) -> None:
    thing = THINGS[name]
    for package in ("numpy", *thing.needs):
        module, _, oldest = package.partition(" ")
        pytest.importorskip(module, minversion=oldest or None)
        names[module] = import_module(module)
    exec(thing.lines, names)
    assert thing.gives(names)
    for attempt, message in thing.wrong.items():
        with pytest.raises((ValueError, PydanticUserError)) as caught:
            eval(attempt, names)
        assert message in str(caught.value), attempt
