"""Rows of the codecs that numcodecs has, and of `zstd`, `crc32c` and `bitround`."""

from __future__ import annotations

from table_row import Row
from zarrcodec_bridge.codecs.adler32 import Adler32
from zarrcodec_bridge.codecs.astype import Astype
from zarrcodec_bridge.codecs.base64 import Base64
from zarrcodec_bridge.codecs.bitround import Bitround
from zarrcodec_bridge.codecs.bz2 import Bz2
from zarrcodec_bridge.codecs.categorize import Categorize
from zarrcodec_bridge.codecs.crc32 import Crc32
from zarrcodec_bridge.codecs.crc32c import Crc32c
from zarrcodec_bridge.codecs.fixedscaleoffset import FixedScaleOffset
from zarrcodec_bridge.codecs.fletcher32 import Fletcher32
from zarrcodec_bridge.codecs.jenkins_lookup3 import JenkinsLookup3
from zarrcodec_bridge.codecs.json2 import Json2
from zarrcodec_bridge.codecs.lz4 import Lz4
from zarrcodec_bridge.codecs.lzma import Lzma, LzmaFilter
from zarrcodec_bridge.codecs.msgpack2 import Msgpack2
from zarrcodec_bridge.codecs.numcodecs_packbits import NumcodecsPackbits
from zarrcodec_bridge.codecs.pcodec import Pcodec
from zarrcodec_bridge.codecs.pickle import Pickle
from zarrcodec_bridge.codecs.quantize import Quantize
from zarrcodec_bridge.codecs.shuffle import Shuffle
from zarrcodec_bridge.codecs.vlen_array import VlenArray
from zarrcodec_bridge.codecs.zfpy import Zfpy
from zarrcodec_bridge.codecs.zstd import Zstd
from zarrcodec_bridge.core.errors import LossError, MissingContextError, NotRepresentableError

PCODEC = {
    "level": 8,
    "mode_spec": "auto",
    "delta_spec": "auto",
    "paging_spec": "equal_pages_up_to",
    "delta_encoding_order": None,
    "equal_pages_up_to": 262144,
}
LZMA = {"format": 1, "check": -1, "preset": None, "filters": None}
JSON2 = {
    "encoding": "utf-8",
    "skipkeys": False,
    "ensure_ascii": True,
    "check_circular": True,
    "allow_nan": True,
    "sort_keys": True,
    "indent": None,
    "separators": [",", ":"],
    "strict": True,
}


def _v3(name: str, **configuration: object) -> dict[str, object]:
    return {"name": name, "configuration": configuration}


ZSTD = [
    Row(
        codec=Zstd(level=3),
        v2={"id": "zstd", "level": 3},
        v3=_v3("zstd", level=3, checksum=False),
        also=[
            {"id": "zstd", "level": 3, "checksum": False},
            _v3("zstd", level=3),
            _v3("zstd", level=3, checksum=False),
            _v3("numcodecs.zstd", level=3),
            _v3("numcodecs.zstd", level=3, checksum=False),
            _v3("numcodecs.zstd", id="zstd", level=3, checksum=False),
        ],
        wrong=[
            ({"name": "zstd"}, ("configuration", "level")),
            (_v3("zstd"), ("configuration", "level")),
            (_v3("zstd", level=23), ("configuration", "level")),
            (_v3("zstd", level=-131073), ("configuration", "level")),
            (_v3("zstd", level="5"), ("configuration", "level")),
            (_v3("zstd", level=True), ("configuration", "level")),
            (_v3("zstd", level=3, checksum=1), ("configuration", "checksum")),
            (_v3("zstd", level=3, checksum=None), ("configuration", "checksum")),
            (_v3("zstd", level=3, threads=4), ("configuration", "threads")),
            (_v3("numcodecs.zstd", id="zlib", level=3), ("configuration", "id")),
            ({"id": "zstd", "level": "5"}, ("level",)),
            ({"id": "zstd", "level": 3, "checksum": "no"}, ("checksum",)),
            ({"id": "zstd", "opts": {"level": 1}}, ("opts",)),
            ({"id": "zstd", "level": 2**40}, ("level",)),
        ],
        targets={
            "zarr-python": _v3("zstd", level=3, checksum=False),
            "tensorstore": _v3("zstd", level=3, checksum=False),
            "zarrs": _v3("zstd", level=3, checksum=False),
        },
    ),
    Row(
        codec=Zstd(level=-5, checksum=True),
        v2={"id": "zstd", "level": -5, "checksum": True},
        v3=_v3("zstd", level=-5, checksum=True),
        also=[_v3("numcodecs.zstd", level=-5, checksum=True)],
    ),
    Row(
        codec=Zstd(level=0),
        v2={"id": "zstd", "level": 0},
        v3=_v3("zstd", level=0, checksum=False),
        also=["zstd", {"id": "zstd"}, "numcodecs.zstd", {"name": "numcodecs.zstd"}],
    ),
    Row(
        codec=Zstd(level=22),
        v2={"id": "zstd", "level": 22},
        v3=_v3("zstd", level=22, checksum=False),
        also=[{"id": "zstd", "level": 30}],
        notes=["level 30 is written as 22"],
    ),
    Row(
        codec=Zstd(level=-131072),
        v2={"id": "zstd", "level": -131072},
        v3=_v3("zstd", level=-131072, checksum=False),
        also=[{"id": "zstd", "level": -200000}],
        notes=["level -200000 is written as -131072"],
    ),
]

CHECKSUMS = [
    Row(
        codec=Crc32c(),
        v2={"id": "crc32c"},
        v3=_v3("crc32c"),
        also=[
            "crc32c",
            {"name": "crc32c"},
            {"id": "crc32c", "location": "end"},
            {"id": "crc32c", "location": None},
            "numcodecs.crc32c",
            _v3("numcodecs.crc32c"),
            _v3("numcodecs.crc32c", location="end"),
            _v3("numcodecs.crc32c", id="crc32c"),
        ],
        wrong=[
            (_v3("crc32c", location="start"), ("configuration", "location")),
            (_v3("crc32c", location="end"), ("configuration", "location")),
            (_v3("numcodecs.crc32c", location="middle"), ("configuration", "location")),
            ({"id": "crc32c", "location": "START"}, ("location",)),
            ({"id": "crc32c", "seed": 0}, ("seed",)),
        ],
        targets={
            "zarr-python": _v3("crc32c"),
            "tensorstore": _v3("crc32c"),
            "zarrs": _v3("crc32c"),
        },
    ),
    Row(
        codec=Crc32c(location="start"),
        v2={"id": "crc32c", "location": "start"},
        v3=_v3("numcodecs.crc32c", location="start"),
        targets={
            "zarr-python": _v3("numcodecs.crc32c", location="start"),
            "tensorstore": NotRepresentableError,
            "zarrs": NotRepresentableError,
        },
    ),
    Row(
        codec=Crc32(),
        v2={"id": "crc32"},
        v3=_v3("numcodecs.crc32"),
        also=[
            "crc32",
            "numcodecs.crc32",
            {"id": "crc32", "location": None},
            _v3("numcodecs.crc32", location="start"),
        ],
        wrong=[
            ({"id": "crc32", "location": "middle"}, ("location",)),
            (_v3("numcodecs.crc32", location=0), ("configuration", "location")),
        ],
        targets={"zarrs": NotRepresentableError, "tensorstore": NotRepresentableError},
    ),
    Row(
        codec=Crc32(location="start"),
        v2={"id": "crc32", "location": "start"},
        v3=_v3("numcodecs.crc32", location="start"),
        also=["crc32"],
    ),
    Row(
        codec=Crc32(location="end"),
        v2={"id": "crc32", "location": "end"},
        v3=_v3("numcodecs.crc32", location="end"),
    ),
    Row(
        codec=Adler32(),
        v2={"id": "adler32"},
        v3=_v3("numcodecs.adler32"),
        also=["adler32", "numcodecs.adler32", {"id": "adler32", "location": "start"}],
        wrong=[({"id": "adler32", "location": "top"}, ("location",))],
        targets={"zarrs": _v3("numcodecs.adler32"), "tensorstore": NotRepresentableError},
    ),
    Row(
        codec=Adler32(location="end"),
        v2={"id": "adler32", "location": "end"},
        v3=_v3("numcodecs.adler32", location="end"),
    ),
    Row(
        codec=Fletcher32(),
        v2={"id": "fletcher32"},
        v3=_v3("numcodecs.fletcher32"),
        also=[
            "fletcher32",
            "numcodecs.fletcher32",
            "https://codec.zarrs.dev/bytes_to_bytes/fletcher32",
            _v3("numcodecs.fletcher32", id="fletcher32"),
        ],
        wrong=[({"id": "fletcher32", "location": "end"}, ("location",))],
        targets={"zarrs": _v3("numcodecs.fletcher32"), "tensorstore": NotRepresentableError},
    ),
    Row(
        codec=JenkinsLookup3(),
        v2={"id": "jenkins_lookup3"},
        v3=_v3("numcodecs.jenkins_lookup3"),
        also=[
            "jenkins_lookup3",
            {"id": "jenkins_lookup3", "initval": 0, "prefix": None},
            _v3("numcodecs.jenkins_lookup3", initval=0, prefix=None),
        ],
        wrong=[
            ({"id": "jenkins_lookup3", "prefix": "ab"}, ("prefix",)),
            ({"id": "jenkins_lookup3", "prefix": [97, 98]}, ("prefix",)),
            ({"id": "jenkins_lookup3", "initval": -1}, ("initval",)),
            ({"id": "jenkins_lookup3", "initval": 2**32}, ("initval",)),
            (
                _v3("numcodecs.jenkins_lookup3", prefix=""),
                ("configuration", "prefix"),
            ),
        ],
        targets={"zarrs": NotRepresentableError},
    ),
    Row(
        codec=JenkinsLookup3(initval=2**32 - 1, prefix=None),
        v2={"id": "jenkins_lookup3", "initval": 4294967295, "prefix": None},
        v3=_v3("numcodecs.jenkins_lookup3", initval=4294967295, prefix=None),
    ),
]

BITROUND = [
    Row(
        codec=Bitround(keepbits=5),
        v2={"id": "bitround", "keepbits": 5},
        v3=_v3("bitround", keepbits=5),
        also=[
            _v3("bitround", keepbits=5),
            _v3("numcodecs.bitround", keepbits=5),
            _v3("numcodecs.bitround", id="bitround", keepbits=5),
            _v3("https://codec.zarrs.dev/array_to_bytes/bitround", keepbits=5),
            _v3("https://codec.zarrs.dev/array_to_array/bitround", keepbits=5),
        ],
        wrong=[
            ("bitround", ("keepbits",)),
            ({"id": "bitround", "keepbits": -1}, ("keepbits",)),
            ({"id": "bitround", "keepbits": 5.0}, ("keepbits",)),
            ({"name": "bitround"}, ("configuration", "keepbits")),
            (_v3("bitround", keepbits=True), ("configuration", "keepbits")),
            (_v3("numcodecs.bitround", keepbits=5, mode="x"), ("configuration", "mode")),
        ],
        targets={
            "zarr-python": _v3("numcodecs.bitround", keepbits=5),
            "zarrs": _v3("bitround", keepbits=5),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Bitround(keepbits=0),
        v2={"id": "bitround", "keepbits": 0},
        v3=_v3("bitround", keepbits=0),
        dtype="float16",
    ),
    Row(
        codec=Bitround(keepbits=23),
        v2={"id": "bitround", "keepbits": 23},
        v3=_v3("bitround", keepbits=23),
        dtype="<f4",
        targets={"zarr-python": _v3("numcodecs.bitround", keepbits=23)},
    ),
    Row(
        codec=Bitround(keepbits=24),
        v2={"id": "bitround", "keepbits": 24},
        v3=_v3("bitround", keepbits=24),
        dtype="<f4",
        lossy="v2",
        targets={"zarrs": _v3("bitround", keepbits=24), "zarr-python": LossError},
    ),
    Row(
        codec=Bitround(keepbits=52),
        v2={"id": "bitround", "keepbits": 52},
        v3=_v3("bitround", keepbits=52),
        dtype=">f8",
        notes=["numcodecs reads big-endian chunks, but cannot write them"],
    ),
    Row(
        codec=Bitround(keepbits=3),
        v2={"id": "bitround", "keepbits": 3},
        v3=_v3("bitround", keepbits=3),
        dtype="int32",
        lossy="v2",
        targets={"zarrs": _v3("bitround", keepbits=3), "zarr-python": NotRepresentableError},
    ),
]

COMPRESSORS = [
    Row(
        codec=Bz2(level=9),
        v2={"id": "bz2", "level": 9},
        v3=_v3("numcodecs.bz2", level=9),
        also=[
            _v3("numcodecs.bz2", id="bz2", level=9),
            _v3("https://codec.zarrs.dev/bytes_to_bytes/bz2", level=9),
        ],
        wrong=[
            ({"id": "bz2", "level": 0}, ("level",)),
            ({"id": "bz2", "level": 10}, ("level",)),
            (_v3("numcodecs.bz2", level=True), ("configuration", "level")),
        ],
        targets={
            "zarr-python": _v3("numcodecs.bz2", level=9),
            "zarrs": _v3("numcodecs.bz2", level=9),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Bz2(),
        v2={"id": "bz2", "level": 1},
        v3=_v3("numcodecs.bz2", level=1),
        also=["bz2", "numcodecs.bz2", {"id": "bz2"}],
    ),
    Row(
        codec=Lz4(acceleration=10),
        v2={"id": "lz4", "acceleration": 10},
        v3=_v3("numcodecs.lz4", acceleration=10),
        also=[{"id": "lz4", "acceleration": 10, "header": "YES"}],
        wrong=[
            ({"id": "lz4", "acceleration": 2**31}, ("acceleration",)),
            ({"id": "lz4", "acceleration": 1.5}, ("acceleration",)),
            ({"id": "lz4", "header": "NO"}, ("header",)),
            ({"id": "lz4", "header": "YES"}, ("header",)),
            (_v3("numcodecs.lz4", level=5), ("configuration", "level")),
            (_v3("numcodecs.lz4", header=True), ("configuration", "header")),
        ],
        notes=["'header', which GDAL leaves there, is dropped"],
        targets={
            "zarr-python": _v3("numcodecs.lz4", acceleration=10),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Lz4(),
        v2={"id": "lz4", "acceleration": 1},
        v3=_v3("numcodecs.lz4", acceleration=1),
        also=["lz4", "numcodecs.lz4", _v3("numcodecs.lz4")],
    ),
    Row(
        codec=Lz4(acceleration=-1),
        v2={"id": "lz4", "acceleration": -1},
        v3=_v3("numcodecs.lz4", acceleration=-1),
    ),
    Row(
        codec=Lzma(),
        v2={"id": "lzma"},
        v3=_v3("numcodecs.lzma"),
        also=["lzma", "numcodecs.lzma", {"id": "lzma", **LZMA}, _v3("numcodecs.lzma", **LZMA)],
        wrong=[
            ({"id": "lzma", "format": 0}, ("format",)),
            ({"id": "lzma", "format": True}, ("format",)),
            ({"id": "lzma", "format": 1.0}, ("format",)),
            ({"id": "lzma", "check": 2}, ("check",)),
            ({"id": "lzma", "preset": 10}, ("preset",)),
            ({"id": "lzma", "preset": 2**31 + 10}, ("preset",)),
            ({"id": "lzma", "preset": -1}, ("preset",)),
            ({"id": "lzma", "delta": 1}, ("delta",)),
            ({"id": "lzma", "format": 3}, ("filters",)),
            ({"id": "lzma", "format": 3, "filters": []}, ("filters",)),
            ({"id": "lzma", "format": 3, "filters": [{"id": 33}] * 5}, ("filters",)),
            ({"id": "lzma", "format": 3, "preset": 1, "filters": [{"id": 33}]}, ("filters",)),
            ({"id": "lzma", "format": 3, "filters": [{"id": 10}]}, ("filters", 0, "id")),
            ({"id": "lzma", "format": 3, "filters": [{"preset": 1}]}, ("filters", 0, "id")),
            (
                {"id": "lzma", "format": 3, "filters": [{"id": 3, "dist": 0}]},
                ("filters", 0, "dist"),
            ),
            (
                {"id": "lzma", "format": 3, "filters": [{"id": 33}, {"id": 3, "lc": 1}]},
                ("filters", 1),
            ),
            (
                {"id": "lzma", "format": 3, "filters": [{"id": 33, "size": 1}]},
                ("filters", 0, "size"),
            ),
            (_v3("numcodecs.lzma", format=4), ("configuration", "format")),
        ],
        targets={
            "zarr-python": _v3("numcodecs.lzma"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Lzma(format=1, check=-1, preset=None, filters=None),
        v2={"id": "lzma", **LZMA},
        v3=_v3("numcodecs.lzma", **LZMA),
    ),
    Row(
        codec=Lzma(preset=6),
        v2={"id": "lzma", "preset": 6},
        v3=_v3("numcodecs.lzma", preset=6),
        also=[{"id": "lzma", "preset": 6, "delta": 1}],
        notes=["'delta', which other writers leave there, is dropped"],
    ),
    Row(
        codec=Lzma(preset=2**31 + 9, check=10),
        v2={"id": "lzma", "preset": 2147483657, "check": 10},
        v3=_v3("numcodecs.lzma", preset=2147483657, check=10),
    ),
    Row(
        codec=Lzma(format=2),
        v2={"id": "lzma", "format": 2},
        v3=_v3("numcodecs.lzma", format=2),
    ),
    Row(
        codec=Lzma(
            format=3,
            filters=(LzmaFilter(id=3, dist=4), LzmaFilter(id=33, preset=1, dict_size=4096, lc=1)),
        ),
        v2={
            "id": "lzma",
            "format": 3,
            "filters": [{"id": 3, "dist": 4}, {"id": 33, "preset": 1, "dict_size": 4096, "lc": 1}],
        },
        v3=_v3(
            "numcodecs.lzma",
            format=3,
            filters=[{"id": 3, "dist": 4}, {"id": 33, "preset": 1, "dict_size": 4096, "lc": 1}],
        ),
    ),
    Row(
        codec=Lzma(format=1, check=4),
        v2={"id": "lzma", "format": 1, "check": 4},
        v3=_v3("numcodecs.lzma", format=1, check=4),
        also=[
            {"id": "lzma", "check": 4, "filters": [{"id": 4, "start_offset": 0}, {"id": 33}]},
        ],
        notes=["filters are dropped: streams of format 1 name their own"],
    ),
]

SHUFFLE = [
    Row(
        codec=Shuffle(elementsize=4),
        v2={"id": "shuffle", "elementsize": 4},
        v3=_v3("numcodecs.shuffle", elementsize=4),
        dtype="<f8",
        also=["shuffle", {"id": "shuffle"}, _v3("numcodecs.shuffle", id="shuffle", elementsize=4)],
        wrong=[
            ({"id": "shuffle", "elementsize": "4"}, ("elementsize",)),
            ({"id": "shuffle", "elementsize": None}, ("elementsize",)),
            ({"id": "shuffle", "elementsize": -1}, ("elementsize",)),
            ({"id": "shuffle", "elementsize": True}, ("elementsize",)),
            ({"id": "shuffle", "element_size": 4}, ("element_size",)),
            (_v3("numcodecs.shuffle", elementsize=4.0), ("configuration", "elementsize")),
        ],
        targets={
            "zarr-python": _v3("numcodecs.shuffle", elementsize=4),
            "zarrs": _v3("numcodecs.shuffle", elementsize=4),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Shuffle(),
        v2=MissingContextError,
        v3=_v3("numcodecs.shuffle"),
        also=["numcodecs.shuffle", _v3("numcodecs.shuffle", elementsize=None)],
        targets={"zarr-python": _v3("numcodecs.shuffle"), "zarrs": MissingContextError},
    ),
    Row(
        codec=Shuffle(),
        dtype="float64",
        v2={"id": "shuffle", "elementsize": 8},
        v3=_v3("numcodecs.shuffle", elementsize=8),
        same=[_v3("numcodecs.shuffle", elementsize=8)],
    ),
    Row(
        codec=Shuffle(),
        dtype="uint8",
        v2={"id": "shuffle", "elementsize": 1},
        v3=_v3("numcodecs.shuffle", elementsize=1),
    ),
    Row(
        codec=Shuffle(elementsize=7),
        v2={"id": "shuffle", "elementsize": 7},
        v3=_v3("numcodecs.shuffle", elementsize=7),
    ),
    Row(
        codec=Shuffle(elementsize=0),
        v2={"id": "shuffle", "elementsize": 0},
        v3=NotRepresentableError,
        dtype="<i4",
        also=[_v3("numcodecs.shuffle", elementsize=0)],
    ),
]

FILTERS = [
    Row(
        codec=FixedScaleOffset(offset=1000, scale=0.5, dtype="<f8", astype="|u1"),
        v2={
            "id": "fixedscaleoffset",
            "offset": 1000,
            "scale": 0.5,
            "dtype": "<f8",
            "astype": "|u1",
        },
        v3=_v3("numcodecs.fixedscaleoffset", offset=1000, scale=0.5, dtype="<f8", astype="|u1"),
        also=[
            {
                "id": "fixedscaleoffset",
                "offset": 1000,
                "scale": 0.5,
                "dtype": "float64",
                "astype": "u1",
            },
            _v3(
                "numcodecs.fixedscaleoffset",
                offset=1000.0,
                scale=0.5,
                dtype="float64",
                astype="uint8",
            ),
        ],
        wrong=[
            ({"id": "fixedscaleoffset", "scale": 1, "dtype": "<f8"}, ("offset",)),
            ({"id": "fixedscaleoffset", "offset": 0, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 1}, ("dtype",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 0, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 0.0, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": "0", "scale": 1, "dtype": "<f8"}, ("offset",)),
            ({"id": "fixedscaleoffset", "offset": True, "scale": 1, "dtype": "<f8"}, ("offset",)),
            (
                {"id": "fixedscaleoffset", "offset": float("nan"), "scale": 1, "dtype": "<f8"},
                ("offset",),
            ),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 10**400, "dtype": "<f8"}, ("scale",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "|O"}, ("dtype",)),
            ({"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": "<M8[s]"}, ("dtype",)),
            (
                _v3("numcodecs.fixedscaleoffset", offset=0, scale=1, astype="|S4"),
                ("configuration", "astype"),
            ),
        ],
        targets={
            "zarr-python": _v3(
                "numcodecs.fixedscaleoffset", offset=1000, scale=0.5, dtype="<f8", astype="|u1"
            ),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=FixedScaleOffset(offset=-1.5, scale=-10, dtype=">f4"),
        v2={"id": "fixedscaleoffset", "offset": -1.5, "scale": -10, "dtype": ">f4"},
        v3=_v3("numcodecs.fixedscaleoffset", offset=-1.5, scale=-10, dtype="<f4"),
        dtype=">f4",
        also=[
            {
                "id": "fixedscaleoffset",
                "offset": -1.5,
                "scale": -10,
                "dtype": ">f4",
                "astype": None,
            }
        ],
    ),
    Row(
        codec=FixedScaleOffset(offset=0, scale=10, astype="<i2"),
        v2=MissingContextError,
        v3=_v3("numcodecs.fixedscaleoffset", offset=0, scale=10, astype="<i2"),
        also=[_v3("numcodecs.fixedscaleoffset", offset=0, scale=10, astype="int16")],
    ),
    Row(
        codec=FixedScaleOffset(offset=0, scale=10, astype=">i2"),
        dtype=">f8",
        v2={
            "id": "fixedscaleoffset",
            "offset": 0,
            "scale": 10,
            "dtype": ">f8",
            "astype": ">i2",
        },
        v3=_v3("numcodecs.fixedscaleoffset", offset=0, scale=10, dtype="<f8", astype="<i2"),
    ),
    Row(
        codec=Quantize(digits=2, dtype="<f8"),
        v2={"id": "quantize", "digits": 2, "dtype": "<f8"},
        v3=_v3("numcodecs.quantize", digits=2, dtype="<f8"),
        also=[
            {"id": "quantize", "digits": 2, "dtype": "float64"},
            {"id": "quantize", "digits": 2, "dtype": "<f8", "astype": None},
            _v3("numcodecs.quantize", id="quantize", digits=2, dtype="f8"),
        ],
        wrong=[
            ({"id": "quantize", "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": 2}, ("dtype",)),
            ({"id": "quantize", "digits": 2.0, "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": 308, "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": -309, "dtype": "<f8"}, ("digits",)),
            ({"id": "quantize", "digits": 2, "dtype": "<i8"}, ("dtype",)),
            ({"id": "quantize", "digits": 2, "dtype": "<f8", "astype": "<i4"}, ("astype",)),
            (
                _v3("numcodecs.quantize", digits=True, dtype="<f8"),
                ("configuration", "digits"),
            ),
        ],
        targets={
            "zarr-python": _v3("numcodecs.quantize", digits=2, dtype="<f8"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Quantize(digits=-1, dtype="<f4", astype="<f4"),
        v2={"id": "quantize", "digits": -1, "dtype": "<f4", "astype": "<f4"},
        v3=_v3("numcodecs.quantize", digits=-1, dtype="<f4", astype="<f4"),
    ),
    Row(
        codec=Quantize(digits=0, dtype="<f8", astype="<f2"),
        v2={"id": "quantize", "digits": 0, "dtype": "<f8", "astype": "<f2"},
        v3=NotRepresentableError,
        also=[_v3("numcodecs.quantize", digits=0, dtype="float64", astype="float16")],
    ),
    Row(
        codec=Quantize(digits=1, dtype=">f8", astype=">f8"),
        v2={"id": "quantize", "digits": 1, "dtype": ">f8", "astype": ">f8"},
        v3=_v3("numcodecs.quantize", digits=1, dtype="<f8", astype="<f8"),
        dtype=">f8",
        notes=["its data types lose their byte order"],
    ),
    Row(
        codec=Astype(encode_dtype="<f4", decode_dtype="<f8"),
        v2={"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"},
        v3=_v3("numcodecs.astype", encode_dtype="<f4", decode_dtype="<f8"),
        also=[
            {"id": "astype", "encode_dtype": "f4", "decode_dtype": "float64"},
            _v3("numcodecs.astype", id="astype", encode_dtype="float32", decode_dtype="f8"),
        ],
        wrong=[
            ("astype", ("encode_dtype",)),
            ({"id": "astype", "encode_dtype": "<f4"}, ("decode_dtype",)),
            ({"id": "astype", "encode_dtype": "|O", "decode_dtype": "<f8"}, ("encode_dtype",)),
            (_v3("numcodecs.astype", decode_dtype="<f8"), ("configuration", "encode_dtype")),
        ],
        targets={
            "zarr-python": _v3("numcodecs.astype", encode_dtype="<f4", decode_dtype="<f8"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Astype(encode_dtype="|i1"),
        v2=MissingContextError,
        v3=_v3("numcodecs.astype", encode_dtype="|i1"),
        also=[_v3("numcodecs.astype", encode_dtype="int8")],
    ),
    Row(
        codec=Astype(encode_dtype="|i1"),
        dtype=">i4",
        v2={"id": "astype", "encode_dtype": "|i1", "decode_dtype": ">i4"},
        v3=_v3("numcodecs.astype", encode_dtype="|i1", decode_dtype="<i4"),
    ),
    Row(
        codec=NumcodecsPackbits(),
        v2={"id": "packbits"},
        v3=_v3("numcodecs.packbits"),
        dtype="bool",
        also=["numcodecs.packbits", _v3("numcodecs.packbits", id="packbits")],
        wrong=[
            ({"id": "packbits", "padding_encoding": "first_byte"}, ("padding_encoding",)),
            ("packbits", ()),
        ],
        targets={
            "zarr-python": _v3("numcodecs.packbits"),
            "zarrs": NotRepresentableError,
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=NumcodecsPackbits(),
        v2={"id": "packbits"},
        v3=NotRepresentableError,
        dtype="uint8",
    ),
]

SERIALIZERS = [
    Row(
        codec=Pcodec(level=8),
        v2={"id": "pcodec", "level": 8},
        v3=_v3("numcodecs.pcodec", level=8),
        dtype="<f8",
        also=[
            "pcodec",
            "numcodecs.pcodec",
            {"id": "pcodec", **PCODEC},
            _v3("numcodecs.pcodec", id="pcodec", level=8),
            _v3("https://codec.zarrs.dev/array_to_bytes/pcodec", level=8),
        ],
        wrong=[
            ({"id": "pcodec", "level": 13}, ("level",)),
            ({"id": "pcodec", "level": -1}, ("level",)),
            ({"id": "pcodec", "mode_spec": "try"}, ("mode_spec",)),
            ({"id": "pcodec", "delta_spec": "No_op"}, ("delta_spec",)),
            ({"id": "pcodec", "paging_spec": "exact"}, ("paging_spec",)),
            ({"id": "pcodec", "delta_encoding_order": 8}, ("delta_encoding_order",)),
            (
                {"id": "pcodec", "delta_spec": "no_op", "delta_encoding_order": 1},
                ("delta_encoding_order",),
            ),
            ({"id": "pcodec", "equal_pages_up_to": 0}, ("equal_pages_up_to",)),
            (_v3("numcodecs.pcodec", level=8.0), ("configuration", "level")),
            (_v3("numcodecs.pcodec", gcds=True), ("configuration", "gcds")),
        ],
        targets={
            "zarr-python": _v3("numcodecs.pcodec", level=8),
            "zarrs": _v3("numcodecs.pcodec", level=8),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Pcodec(**PCODEC),  # type: ignore[arg-type]
        v2={"id": "pcodec", **PCODEC},
        v3=_v3("numcodecs.pcodec", **PCODEC),
        dtype="uint16",
    ),
    Row(
        codec=Pcodec(level=4, mode_spec="classic", delta_encoding_order=1, equal_pages_up_to=1),
        v2={
            "id": "pcodec",
            "level": 4,
            "mode_spec": "classic",
            "delta_encoding_order": 1,
            "equal_pages_up_to": 1,
        },
        v3=_v3(
            "numcodecs.pcodec",
            level=4,
            mode_spec="classic",
            delta_encoding_order=1,
            equal_pages_up_to=1,
        ),
    ),
    Row(
        codec=Pcodec(delta_spec="none"),
        v2={"id": "pcodec", "delta_spec": "none"},
        v3=_v3("numcodecs.pcodec", delta_spec="none"),
        dtype={"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}},
        also=[
            {"id": "pcodec", "delta_spec": "no_op"},
            _v3("numcodecs.pcodec", delta_spec="no_op"),
        ],
        targets={"zarrs": _v3("numcodecs.pcodec", delta_spec="none")},
    ),
    Row(
        codec=Pcodec(level=0, delta_spec="try_consecutive", delta_encoding_order=7),
        v2={
            "id": "pcodec",
            "level": 0,
            "delta_spec": "try_consecutive",
            "delta_encoding_order": 7,
        },
        v3=_v3("numcodecs.pcodec", level=0, delta_spec="try_consecutive", delta_encoding_order=7),
    ),
    Row(
        codec=Pcodec(level=12, delta_spec="try_lookback"),
        v2=NotRepresentableError,
        v3=_v3("numcodecs.pcodec", level=12, delta_spec="try_lookback"),
        dtype="complex64",
        targets={
            "zarrs": _v3("numcodecs.pcodec", level=12, delta_spec="try_lookback"),
            "zarr-python": NotRepresentableError,
        },
    ),
    Row(
        codec=Pcodec(),
        v2=NotRepresentableError,
        v3=NotRepresentableError,
        dtype="int8",
    ),
    Row(
        codec=Zfpy(mode=4, tolerance=0.01),
        v2={"id": "zfpy", "mode": 4, "tolerance": 0.01},
        v3=_v3("numcodecs.zfpy", mode=4, tolerance=0.01),
        dtype="<f4",
        also=[
            {
                "id": "zfpy",
                "mode": 4,
                "tolerance": 0.01,
                "rate": -1,
                "precision": -1,
                "compression_kwargs": {"tolerance": 0.01},
            },
            {"id": "zfpy", "tolerance": 0.01, "rate": 8, "compression_kwargs": None},
            _v3("numcodecs.zfpy", mode=4, tolerance=0.01, compression_kwargs={"tolerance": 0.01}),
            _v3("numcodecs.zfpy", id="zfpy", tolerance=0.01),
            _v3("https://codec.zarrs.dev/array_to_bytes/zfpy", mode=4, tolerance=0.01),
        ],
        wrong=[
            ({"id": "zfpy", "mode": 6}, ("mode",)),
            ({"id": "zfpy", "mode": True}, ("mode",)),
            ({"id": "zfpy", "mode": "fixed_accuracy"}, ("mode",)),
            ({"id": "zfpy", "tolerance": "0.1"}, ("tolerance",)),
            ({"id": "zfpy", "tolerance": float("inf")}, ("tolerance",)),
            ({"id": "zfpy", "precision": 2.5}, ("precision",)),
            ({"id": "zfpy", "compression_kwargs": 1}, ("compression_kwargs",)),
            (_v3("numcodecs.zfpy", minbits=1), ("configuration", "minbits")),
        ],
        targets={
            "zarr-python": _v3("numcodecs.zfpy", mode=4, tolerance=0.01),
            "zarrs": _v3("numcodecs.zfpy", mode=4, tolerance=0.01),
            "tensorstore": NotRepresentableError,
        },
    ),
    Row(
        codec=Zfpy(),
        v2={"id": "zfpy", "mode": 4, "tolerance": -1},
        v3=_v3("numcodecs.zfpy", mode=4, tolerance=-1),
        also=[
            {"id": "zfpy", "mode": 5},
            _v3("numcodecs.zfpy", mode=5),
            "zfpy",
            "numcodecs.zfpy",
            {"id": "zfpy", "mode": 4, "compression_kwargs": {"tolerance": 0.5}},
        ],
        targets={"zarrs": _v3("numcodecs.zfpy", mode=5)},
        notes=["mode 5 is written as mode 4 with tolerance -1"],
    ),
    Row(
        codec=Zfpy(mode=2, rate=16),
        v2={"id": "zfpy", "mode": 2, "rate": 16},
        v3=_v3("numcodecs.zfpy", mode=2, rate=16),
        also=[{"id": "zfpy", "mode": 2, "rate": 16.0, "tolerance": 0.5}],
        targets={"zarrs": _v3("numcodecs.zfpy", mode=2, rate=16)},
    ),
    Row(
        codec=Zfpy(mode=3, precision=20),
        v2={"id": "zfpy", "mode": 3, "precision": 20},
        v3=_v3("numcodecs.zfpy", mode=3, precision=20),
        dtype="int64",
        targets={"zarrs": _v3("numcodecs.zfpy", mode=3, precision=20)},
    ),
    Row(
        codec=Zfpy(mode=1),
        v2={"id": "zfpy", "mode": 1},
        v3=_v3("numcodecs.zfpy", mode=1),
        targets={"zarrs": NotRepresentableError},
        notes=["numcodecs reads chunks of mode 1, but cannot write them"],
    ),
    Row(
        codec=Zfpy(mode=0),
        v2=NotRepresentableError,
        v3=_v3("numcodecs.zfpy", mode=0),
        dtype="uint8",
        targets={"zarr-python": NotRepresentableError},
    ),
    Row(
        codec=Zfpy(mode=3, precision=-1),
        v2=NotRepresentableError,
        v3=NotRepresentableError,
        dtype="float16",
    ),
]

V2_ONLY = [
    Row(
        codec=Base64(),
        v2={"id": "base64"},
        v3=NotRepresentableError,
        also=["base64"],
        wrong=[({"id": "base64", "altchars": "-_"}, ("altchars",))],
    ),
    Row(
        codec=Json2(),
        v2={"id": "json2", **JSON2},
        v3=NotRepresentableError,
        also=[
            "json2",
            {"id": "json2", **JSON2},
            {"id": "json2", "separators": None},
        ],
        wrong=[
            ({"id": "json2", "encoding": None}, ("encoding",)),
            ({"id": "json2", "strict": 1}, ("strict",)),
            ({"id": "json2", "indent": "\t"}, ("indent",)),
            ({"id": "json2", "separators": ","}, ("separators",)),
            ({"id": "json2", "default": None}, ("default",)),
        ],
    ),
    Row(
        codec=Json2(indent=2, encoding="latin-1", allow_nan=False),
        v2={
            "id": "json2",
            **JSON2,
            "indent": 2,
            "encoding": "latin-1",
            "allow_nan": False,
            "separators": [", ", ": "],
        },
        v3=NotRepresentableError,
        also=[  # as Python takes it
            {"id": "json2", "indent": "  ", "encoding": "latin-1", "allow_nan": False},
        ],
    ),
    Row(
        codec=Msgpack2(),
        v2={"id": "msgpack2", "use_single_float": False, "use_bin_type": True, "raw": False},
        v3=NotRepresentableError,
        also=["msgpack2", {"id": "msgpack2", "raw": False}],
        wrong=[({"id": "msgpack2", "raw": 0}, ("raw",))],
    ),
    Row(
        codec=Msgpack2(raw=True, use_single_float=True, use_bin_type=False),
        v2={"id": "msgpack2", "use_single_float": True, "use_bin_type": False, "raw": True},
        v3=NotRepresentableError,
    ),
    Row(
        codec=Pickle(),
        v2={"id": "pickle", "protocol": 5},
        v3=NotRepresentableError,
        also=["pickle", {"id": "pickle", "protocol": 5}],
        wrong=[
            ({"id": "pickle", "protocol": 6}, ("protocol",)),
            ({"id": "pickle", "protocol": "5"}, ("protocol",)),
        ],
    ),
    Row(
        codec=Pickle(protocol=0),
        v2={"id": "pickle", "protocol": 0},
        v3=NotRepresentableError,
    ),
    Row(
        codec=Categorize(labels=("female", "male"), dtype="|O"),
        v2={"id": "categorize", "labels": ["female", "male"], "dtype": "|O", "astype": "|u1"},
        v3=NotRepresentableError,
        also=[
            {"id": "categorize", "labels": ["female", "male"], "dtype": "O"},
            {"id": "categorize", "labels": ["female", "male"], "dtype": "|O", "astype": "u1"},
        ],
        wrong=[
            ({"id": "categorize", "dtype": "|O"}, ("labels",)),
            ({"id": "categorize", "labels": ["a"]}, ("dtype",)),
            ({"id": "categorize", "labels": ["a", 1], "dtype": "|O"}, ("labels", 1)),
            ({"id": "categorize", "labels": "ab", "dtype": "|O"}, ("labels",)),
            ({"id": "categorize", "labels": ["a"], "dtype": "|S4"}, ("dtype",)),
            ({"id": "categorize", "labels": ["a"], "dtype": "|O", "astype": "|O"}, ("astype",)),
        ],
    ),
    Row(
        codec=Categorize(labels=(), dtype=">U4", astype=">u2"),
        v2={"id": "categorize", "labels": [], "dtype": ">U4", "astype": ">u2"},
        v3=NotRepresentableError,
    ),
    Row(
        codec=VlenArray(dtype="<i4"),
        v2={"id": "vlen-array", "dtype": "<i4"},
        v3=NotRepresentableError,
        also=[{"id": "vlen-array", "dtype": "int32"}],
        wrong=[
            ({"id": "vlen-array"}, ("dtype",)),
            ({"id": "vlen-array", "dtype": "|O"}, ("dtype",)),
        ],
    ),
]

ROWS: list[Row] = [
    *ZSTD,
    *CHECKSUMS,
    *BITROUND,
    *COMPRESSORS,
    *SHUFFLE,
    *FILTERS,
    *SERIALIZERS,
    *V2_ONLY,
]
