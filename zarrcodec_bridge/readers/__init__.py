"""Who reads what: one file per reader, measured; and the names that output can be meant for.

`MODULES` is the only list of the readers. A codec's definition does not know its readers, and a reader is imported when
it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from zarrcodec_bridge.core.json_values import Dialect
from zarrcodec_bridge.core.options import OptionError

if TYPE_CHECKING:
    from zarrcodec_bridge.readers.reader import Reader

__all__ = [
    "MODULES",
    "READERS",
    "TARGETS",
    "TargetName",
    "find_readers",
    "opened_by",
    "read_target",
    "single_targets",
    "versions_of",
]

TargetName: TypeAlias = str | tuple[str, ...]
"""What output is meant for: ``"spec"``, the name of a reader (`TARGETS` has them), with versions where several were
measured (``"zarr-python>=3.1"``), or several of these, all of which are to open it."""

MODULES: Final = (
    "zarr_python",
    "tensorstore",
    "zarrs_python",
    "zarrista",
    "zarrita",
    "gdal",
    "netcdf_c",
    "neuroglancer",
    "z5py",
    "icechunk",
    "virtualizarr",
    "zarr_java",
    "n5_zarr",
)
"""The readers by module; the name is the same with hyphens."""

ALIASES: Final[Mapping[str, tuple[str, ...]]] = {"zarrs": ("zarrs-python", "zarrista")}
"""Targets that stand for several readers: ``zarrs`` for both packages through which Python reaches that library."""


_PROGRAMS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("dask", "napari", "xarray", "zarr"), "zarr-python"),
    **dict.fromkeys(("pyogrio", "qgis", "rasterio"), "gdal"),
    **dict.fromkeys(("netcdf", "netcdf4"), "netcdf-c"),
    **dict.fromkeys(("vizarr", "zarr.js"), "zarrita"),
    **dict.fromkeys(("bigdataviewer", "fiji"), "n5-zarr"),
    "z5": "z5py",
}
"""Programs and packages that read with one of the readers; an error suggests that."""


@cache
def versions_of(name: str) -> tuple[Reader, ...]:
    """The measured versions of a reader, the newest first."""
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    return (module.READER, *getattr(module, "OLDER", ()))


class _Readers(Mapping[str, "Reader"]):
    """The newest measured version of each reader by name, each imported when it is looked up."""

    def __getitem__(self, name: str) -> Reader:
        if name not in _NAMES:
            raise KeyError(name)
        return versions_of(name)[0]

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


_NAMES: Final = tuple(module.replace("_", "-") for module in MODULES)

READERS: Final[Mapping[str, Reader]] = _Readers()

TARGETS: Final = ("spec", *_NAMES, *ALIASES)


def read_target(target: TargetName) -> str:
    """Check what a caller wants output to be for, and write it as :func:`find_readers` takes it.

    Raises :class:`~zarrcodec_bridge.core.options.OptionError` for a name or a version that no reader has.

    Example
    -------
    >>> read_target("spec"), read_target(("zarr-python >= 3.1", "zarrita"))
    ('spec', 'zarr-python>=3.1, zarrita')
    """
    if type(target) is str and target in TARGETS:
        return target
    given: Any = target
    try:
        return _parse(tuple(given) if isinstance(given, list) else given)
    except TypeError:  # of no hash, or no text
        raise OptionError("target", target, TARGETS) from None


@lru_cache(maxsize=64)
def _parse(target: TargetName) -> str:
    from zarrcodec_bridge.readers.targets import split_targets

    parts = split_targets(target)
    items = dict.fromkeys(_read_part(part)[0] for part in parts)
    if len(items) > 1:
        items.pop("spec", None)  # whatever a reader opens is in the specification's grammar
    return ", ".join(items)


@lru_cache(maxsize=64)
def find_readers(target: str) -> tuple[Reader, ...]:
    """Give the readers that output is meant for, all of which are to open it; none for the specification.

    Parameters
    ----------
    target : str
        As :func:`read_target` gives it.

    Example
    -------
    >>> [reader.version for reader in find_readers("zarr-python>=3.1, zarrita")]
    ['3.4.2', '3.1.6', '0.7.5']
    """
    if target == "spec":
        return ()
    from zarrcodec_bridge.readers.targets import split_targets

    found = [reader for part in split_targets(target) for reader in _read_part(part)[1]]
    return tuple({reader.title: reader for reader in found}.values())


def _read_part(text: str) -> tuple[str, tuple[Reader, ...]]:
    """Read one part of a target: as it is written, and the readers that it means."""
    from zarrcodec_bridge.readers.targets import choose_versions, read_part

    part = read_part(text)
    if part is None or part.name not in TARGETS or (part.limits and part.name not in _NAMES):
        raise OptionError("target", text, TARGETS, _PROGRAMS.get(text.lower()))
    if part.name not in _NAMES:
        return part.name, tuple(READERS[name] for name in ALIASES.get(part.name, ()))
    versions = versions_of(part.name)
    if not part.limits:
        return part.name, versions[:1]
    chosen = choose_versions([reader.series for reader in versions], part.limits)
    if not chosen:
        measured = tuple(f"{part.name}=={reader.version}" for reader in versions)
        raise OptionError("target", text, measured)
    return str(part), tuple(versions[index] for index in chosen)


def single_targets() -> tuple[str, ...]:
    """The targets that are not several: every name, and every measured version that is not the newest."""
    older = (
        f"{reader.name}=={reader.version}" for name in _NAMES for reader in versions_of(name)[1:]
    )
    return (*TARGETS, *older)


def opened_by(dialect: Dialect, names: Iterable[str]) -> tuple[str, ...]:
    """The readers that open codecs of all these names; where none does, the versions or builds that do.

    Example
    -------
    >>> opened_by("v2", ["fletcher32", "zlib"])
    ('zarr-python', 'netcdf-c', 'virtualizarr')
    >>> opened_by("v3", ["zarrs.gdeflate"])
    ('zarrs built with its feature gdeflate',)
    """
    names = tuple(names)
    found: list[str] = []
    builds: list[str] = []
    for reader in READERS.values():
        opened = reader.format(dialect)
        others = {opened.elsewhere.get(name) for name in names if not opened.opens(name)}
        if not others:
            found.append(reader.name)
        elif None not in others and len(others) == 1:
            builds += filter(None, others)
    return tuple(dict.fromkeys(found or builds))
