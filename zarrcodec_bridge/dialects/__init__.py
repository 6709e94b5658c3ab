"""The two grammars: :mod:`.v2` ``{"id", **parameters}`` and :mod:`.v3` ``{"name", "configuration"}``.

They know envelopes, and ask the registry for codecs; neither knows a codec, nor the other.
"""

from __future__ import annotations

from zarrcodec_bridge.core.propagation import passed
from zarrcodec_bridge.core.spec import Reading, Writing
from zarrcodec_bridge.dialects import v2, v3

__all__ = ["reading", "writing"]

Reading.grammars = {"v2": v2.read, "v3": v3.read}
Writing.grammars = {"v2": v2.write, "v3": v3.write}
Writing.passed = staticmethod(passed)

reading = Reading
writing = Writing
