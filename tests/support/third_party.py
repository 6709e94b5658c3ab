"""Codecs as strangers write them: the numcodecs API, no base class, each with a habit that trips its caller."""

from __future__ import annotations

from typing import Any

import numpy as np


class Stranger:
    """The numcodecs API, and nothing else."""

    codec_id = ""

    def __init__(self, **config: Any) -> None:
        self.config = config

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, **self.config}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Stranger:
        return cls(**config)

    def encode(self, buf: Any) -> Any:
        raise NotImplementedError

    def decode(self, buf: Any, out: Any = None) -> Any:
        raise NotImplementedError


class Inverted(Stranger):
    """Bytes to bytes; decodes `bytes` alone, and puts out a bytearray, then a memoryview."""

    codec_id = "stranger_inverted"

    def encode(self, buf: Any) -> bytearray:
        return bytearray(np.invert(np.frombuffer(buf, "u1")).tobytes() + b"!")

    def decode(self, buf: Any, out: Any = None) -> memoryview:
        if type(buf) is not bytes or buf[-1:] != b"!":
            raise TypeError(f"expected bytes that end with '!', got {type(buf).__name__}")
        return memoryview(np.invert(np.frombuffer(buf[:-1], "u1")))


class Unchanged(Stranger):
    """Bytes to bytes; puts out what it was given."""

    codec_id = "stranger_unchanged"

    def encode(self, buf: Any) -> Any:
        return buf

    def decode(self, buf: Any, out: Any = None) -> Any:
        return buf


class Framed(Stranger):
    """Array to bytes; wants what it says it wants, and gives the elements back squeezed."""

    codec_id = "stranger_framed"

    def encode(self, buf: Any) -> bytes:
        if not isinstance(buf, np.ndarray) or not buf.flags.c_contiguous or not buf.dtype.isnative:
            raise TypeError("expected a native C-contiguous array")
        head = f"{buf.dtype.str}:{','.join(map(str, buf.shape))}:".encode()
        return head + buf.tobytes()

    def decode(self, buf: Any, out: Any = None) -> np.ndarray:
        if type(buf) is not bytes:
            raise TypeError(f"expected bytes, got {type(buf).__name__}")
        dtype, shape, data = buf.split(b":", 2)
        sizes = [int(size) for size in shape.split(b",") if size]
        return np.frombuffer(data, dtype.decode()).reshape(sizes).squeeze()


class Halved(Stranger):
    """Array to array of half the size; flattens in memory order, and puts out another data type."""

    codec_id = "stranger_halved"

    def encode(self, buf: Any) -> np.ndarray:
        return np.ravel(buf, order="A").astype(f"{buf.dtype.kind}{buf.dtype.itemsize // 2}")

    def decode(self, buf: Any, out: Any = None) -> np.ndarray:
        return np.ravel(buf, order="A").astype(f"{buf.dtype.kind}{buf.dtype.itemsize * 2}")


class Bytewise(Stranger):
    """Array to array, but it puts out bytes in both directions."""

    codec_id = "stranger_bytewise"

    def encode(self, buf: Any) -> bytes:
        return np.invert(np.frombuffer(buf.tobytes(), "u1")).tobytes()

    def decode(self, buf: Any, out: Any = None) -> bytes:
        return np.invert(np.frombuffer(buf.tobytes(), "u1")).tobytes()


class Sparse(Stranger):
    """Array to array; how much it puts out depends on what comes in."""

    codec_id = "stranger_sparse"

    def encode(self, buf: Any) -> np.ndarray:
        return buf[buf != 0]

    def decode(self, buf: Any, out: Any = None) -> np.ndarray:
        return buf


KINDS = {
    Inverted: "b2b",
    Unchanged: "b2b",
    Framed: "a2b",
    Halved: "a2a",
    Bytewise: "a2a",
}
