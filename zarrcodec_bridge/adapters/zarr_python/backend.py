"""The installed zarr-python: its version, its registry of codec classes, its data types."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

import numpy as np

from zarrcodec_bridge.core.errors import BackendMissingError, BackendUnsupportedError
from zarrcodec_bridge.core.messages import Hint, Message, describe_exception, excerpt

OLDEST: Final = (3, 0)

Version = tuple[int, ...]


@lru_cache(maxsize=16)
def installed(package: str) -> Version | None:
    """The version of an installed package as numbers."""
    try:
        text = version(package)
    except PackageNotFoundError:
        return None
    return tuple(int(number) for number in re.findall(r"\d+", text)[:3])


def zarr_version() -> Version:
    """The version of the installed zarr-python; raises :class:`BackendMissingError` where there is none."""
    found = installed("zarr")
    if found is None:
        raise BackendMissingError(
            "zarr",
            Message(
                "what the keywords are called depends on the installed zarr: ", Hint(package="zarr")
            ),
        )
    return found


def require() -> None:
    """Refuse where zarr-python is not installed, or has no v3 codecs."""
    try:
        import zarr
    except ImportError as error:
        raise BackendMissingError(
            "zarr",
            Message(
                "zarr-python's codec objects need zarr, which is not installed: ",
                Hint(package="zarr>=3"),
            ),
        ) from error
    if (installed("zarr") or OLDEST) < OLDEST:
        raise BackendUnsupportedError(
            "zarr",
            Message(
                f"zarr {zarr.__version__} has no v3 codecs: ",
                Hint(package="zarr>=3"),
                ", or use ",
                Hint(call="to_numcodecs"),
            ),
        )


def codec_class(name: str) -> type[Any] | None:
    """The class that zarr-python reads the v3 name with; ``None`` where it knows none."""
    from zarr.registry import get_codec_class

    try:
        return get_codec_class(name)
    except (KeyError, ImportError):
        return None
    except ValueError as error:
        if type(error).__name__ == "UnknownCodecError":  # zarr 3.3 and later; before, a KeyError
            return None
        raise


def class_name(cls: type[Any]) -> str:
    """The name of a class in zarr-python's registry and configuration."""
    return f"{cls.__module__}.{cls.__qualname__}"


def register(name: str, cls: type[Any]) -> None:
    """Make zarr-python read the v3 name with `cls`, in this process, unless another class has the name."""
    from zarr.registry import register_codec

    register_codec(name, cls)


def prefer(name: str, cls: type[Any]) -> None:
    """Make zarr-python read the v3 name with `cls`, in this process, even if another class has the name."""
    import zarr

    chosen = {**zarr.config.get("codecs", {}), name: class_name(cls)}
    zarr.config.set({"codecs": chosen})


def build(cls: type[Any], payload: dict[str, Any]) -> Any:
    """An object of a zarr-python class from v3 JSON."""
    try:
        return cls.from_dict(payload)
    except ImportError as error:
        raise BackendMissingError("zarr", f"{class_name(cls)} needs more: {error}") from error
    except Exception as error:  # foreign code
        raise BackendUnsupportedError(
            "zarr",
            f"{class_name(cls)} refuses {excerpt(payload['configuration'])}: {describe_exception(error)}",
        ) from error


def native_dtype(spec: Any) -> np.dtype[Any]:
    """The NumPy data type of a chunk's elements, in native byte order: v3 arrays have none before `bytes`."""
    dtype = spec.dtype
    known = _NATIVE.get(id(dtype))
    if known is not None and known[0] is dtype:
        return known[1]
    found: np.dtype[Any] = dtype if isinstance(dtype, np.dtype) else dtype.to_native_dtype()
    found = found if found.isnative else found.newbyteorder("=")
    if len(_NATIVE) == MOST_KNOWN:
        _NATIVE.clear()
    _NATIVE[id(dtype)] = dtype, found
    return found


MOST_KNOWN: Final = 256
_NATIVE: Final[dict[int, tuple[Any, np.dtype[Any]]]] = {}
"""By identity, because zarr-python's data types are slow to make NumPy's of, to hash and to compare; each is kept
beside its answer, so that no other one has its id. Arrays of one data type share it in all of their chunks."""


def with_elements(spec: Any, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Any:
    """The specification of a chunk with other elements."""
    if native_dtype(spec) == dtype:
        return spec if spec.shape == shape else replace(spec, shape=shape)
    return replace(
        spec, dtype=_zarr_dtype(dtype), shape=shape, fill_value=_recast(spec.fill_value, dtype)
    )


@lru_cache(maxsize=64)
def _zarr_dtype(dtype: np.dtype[Any]) -> Any:
    try:
        from zarr.dtype import parse_dtype
    except ImportError:  # zarr 3.0 has NumPy's data types for its own
        return dtype
    return parse_dtype(dtype, zarr_format=3)


def _recast(fill_value: Any, dtype: np.dtype[Any]) -> Any:
    """The fill value as an element of `dtype`: shards fill in chunks that are missing with it."""
    try:
        with np.errstate(all="ignore"):
            return np.asarray(fill_value).astype(dtype)[()]
    except (TypeError, ValueError):
        return np.zeros((), dtype)[()]
