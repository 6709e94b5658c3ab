"""Objects with the numcodecs API: the only import of numcodecs. They carry v2 JSON.

https://numcodecs.readthedocs.io/en/stable/abc.html
"""

from __future__ import annotations

from zarrcodec_bridge.adapters.numcodecs.conversion import to_numcodecs
from zarrcodec_bridge.adapters.numcodecs.instances import (
    NumcodecsObject,
    is_registered,
    register,
)

__all__ = ["NumcodecsObject", "is_registered", "register", "to_numcodecs"]
