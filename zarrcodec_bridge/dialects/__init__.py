"""The two grammars: :mod:`.v2` ``{"id", **parameters}`` and :mod:`.v3` ``{"name", "configuration"}``.

They know envelopes, and ask the registry for codecs; neither knows a codec, nor the other.
"""

from __future__ import annotations

from zarrcodec_bridge.core.contexts import ReadContext, WriteContext
from zarrcodec_bridge.core.propagation import passed
from zarrcodec_bridge.dialects import v2, v3

__all__ = ["reading", "writing"]

ReadContext.grammars = {"v2": v2.read, "v3": v3.read}
WriteContext.grammars = {"v2": v2.write, "v3": v3.write}
WriteContext.passed = staticmethod(passed)

reading = ReadContext
writing = WriteContext
