"""The `jenkins_lookup3` codec: `numcodecs.JenkinsLookup3`, `numcodecs.jenkins_lookup3` in v3.

https://numcodecs.readthedocs.io/en/stable/checksum32.html
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from annotated_types import Interval
from pydantic import BeforeValidator, Field

from zarrcodec_bridge.core.model import Codec
from zarrcodec_bridge.core.spec import B2B, CodecSpec, Form

Initval = Annotated[int, Interval(ge=0, le=2**32 - 1)]
"""A `uint32_t`, \"initial seed passed to the hash algorithm\"."""


def _no_prefix(value: Any) -> None:
    if value is not None:
        raise ValueError("expected null: numcodecs takes bytes here, which JSON cannot say")


class JenkinsLookup3(Codec):
    """Bob Jenkins's lookup3 checksum, as HDF5 has it: 4 bytes at the end, little-endian.

    `numcodecs.JenkinsLookup3(initval=0, prefix=None)`.
    """

    initval: Initval = Field(default=0, description="The seed.")
    prefix: Annotated[None, BeforeValidator(_no_prefix)] = Field(
        default=None, description="Bytes that are hashed before the data; only none can be stored."
    )


SPEC: Final = CodecSpec(
    model=JenkinsLookup3,
    kind=B2B,
    v2=(Form("jenkins_lookup3", JenkinsLookup3, sparse=True),),
    v3=(Form("numcodecs.jenkins_lookup3", JenkinsLookup3, sparse=True),),
    checksum=True,
    docs="https://numcodecs.readthedocs.io/en/stable/checksum32.html",
)
