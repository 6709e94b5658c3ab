"""What is suggested for unknown names: never a codec that cannot decode the data (FINDINGS D6)."""

from __future__ import annotations

import pytest

from zarrcodec_bridge import Pipeline, UnknownCodecError, normalize

NAMES: list[tuple[str, str, tuple[str, ...]]] = [
    # case alone
    ("v2", "GZIP", ("gzip",)),
    ("v3", "GZIP", ("gzip",)),
    ("v3", "GZip", ("gzip",)),
    ("v2", "Blosc", ("blosc",)),
    ("v3", "Blosc", ("blosc",)),
    ("v3", "Zstd", ("zstd",)),
    ("v3", "LZ4", ("numcodecs.lz4",)),
    ("v3", "numcodecs.GZip", ("numcodecs.gzip",)),
    ("v3", "vlen_utf8", ("vlen-utf8",)),
    ("v2", "numcodecs.Zlib", ("zlib",)),
    # other names of the same format
    ("v3", "lz4", ("numcodecs.lz4",)),
    ("v3", "zfpy", ("numcodecs.zfpy",)),
    ("v3", "crc32", ("numcodecs.crc32",)),
    ("v2", "bzip2", ("bz2",)),
    ("v3", "bzip2", ("numcodecs.bz2",)),
    ("v3", "xz", ("numcodecs.lzma",)),
    ("v2", "zstandard", ("zstd",)),
    ("v3", "sharding", ("sharding_indexed",)),
    ("v2", "jpeg", ("imagecodecs_jpeg",)),
    ("v3", "snappy", ("imagecodecs_snappy",)),
    # other formats, which look alike
    ("v2", "blosc2", ("imagecodecs_blosc2",)),
    ("v3", "blosc2", ("imagecodecs_blosc2",)),
    ("v3", "numcodecs.blosc2", ("imagecodecs_blosc2",)),
    ("v2", "Blosc2", ("imagecodecs_blosc2",)),
    ("v2", "blosc3", ()),
    ("v2", "lz4f", ("imagecodecs_lz4f",)),
    ("v3", "lz4f", ("imagecodecs_lz4f",)),
    ("v2", "lz5", ()),
    ("v2", "lz4hc", ()),
    ("v2", "lzma2", ()),
    ("v2", "deflate", ()),
    ("v3", "deflate", ()),
    ("v2", "gdeflate", ()),
    ("v2", "zfp", ()),
    ("v3", "numcodecs.zfp", ()),
    ("v2", "raw", ()),
    ("v2", "gzip2", ()),
    # misspelt
    ("v2", "zsdt", ("zstd",)),
    ("v3", "gzp", ("gzip",)),
    ("v3", "numcodecs.gzp", ("numcodecs.gzip",)),
    ("v3", "zlb", ("numcodecs.zlib",)),
    ("v2", "packbit", ("packbits",)),
    ("v2", "imagecodecs_jpegx", ("imagecodecs_jpegxs", "imagecodecs_jpegxr", "imagecodecs_jpegxl")),
    ("v2", "delta2", ("delta",)),
    ("v3", "fletcher", ("numcodecs.fletcher32",)),
    ("v2", "ChunkyCodec", ()),
    ("v3", "nothing like it", ()),
]


@pytest.mark.parametrize(
    ("dialect", "name", "suggested"), [pytest.param(*row, id=f"D6 {row[:2]}") for row in NAMES]
)
def test_suggestions(dialect: str, name: str, suggested: tuple[str, ...]) -> None:
    with pytest.raises(UnknownCodecError) as error:
        normalize({"id" if dialect == "v2" else "name": name})
    assert error.value.suggestions == suggested
    for other in suggested:
        assert f"{other!r}" in str(error.value)


SPELLED_OTHERWISE: list[tuple[str, tuple[str, ...]]] = [
    ("zstd-9", ("zstd:9",)),
    ("zstd9", ("zstd:9",)),
    ("zstd 9", ("zstd:9",)),
    ("gzip(5)", ("gzip:5",)),
    ("ZLIB=1", ("zlib:1",)),
    ("pcodec_8", ("pcodec:8",)),
    ("blosc-zstd", ("blosc:zstd",)),
    ("blosc(lz4hc)", ("blosc:lz4hc",)),
    ("lz4-3", ()),  # it has no level
    ("blosc2", ("imagecodecs_blosc2",)),
    ("lzma2", ()),
]


@pytest.mark.parametrize(("name", "suggested"), SPELLED_OTHERWISE)
def test_a_name_with_a_level_that_is_spelled_otherwise(
    name: str, suggested: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownCodecError) as error:
        normalize(name)
    assert error.value.suggestions == suggested
    for other in suggested:
        normalize(other)
    assert normalize(name, unknown="keep").name == name  # type: ignore[attr-defined]
    in_a_document = {"data_type": "uint8", "codecs": ["bytes", name]}
    with pytest.raises(UnknownCodecError) as error:
        Pipeline.from_v3(**in_a_document)
    assert not any(":" in other for other in error.value.suggestions)
