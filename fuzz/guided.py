"""The coverage-guided run: atheris draws what the attack's generator would draw.

    python fuzz/guided.py -max_total_time=600 corpus/

Needs atheris (Linux or macOS) and pytest; arguments are libFuzzer's.
"""

from __future__ import annotations

import random
import sys
import warnings
from pathlib import Path

import atheris

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/codecs")]

with atheris.instrument_imports(include=["zarrcodec_bridge"]):
    import zarrcodec_bridge as bridge

    bridge.registered_codecs()
    from support.hostile import Attack
    from support.real import real_json


class Drawn(random.Random):
    """Randomness that is what the fuzzer says, and then a seed's."""

    def __init__(self, data: bytes) -> None:
        super().__init__(len(data))
        self.data = data
        self.at = 0

    def getrandbits(self, bits: int, /) -> int:
        size = -(-bits // 8)
        taken = self.data[self.at : self.at + size]
        self.at += size
        if len(taken) < size:
            return super().getrandbits(bits)
        return int.from_bytes(taken) >> (8 * size - bits)

    def random(self) -> float:
        return self.getrandbits(16) / 65536


ATTACK = Attack(0, real_json(with_shared=(ROOT.parent / "shared" / "golden").is_dir()))


def test_one_input(data: bytes) -> None:
    ATTACK.rng = Drawn(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        failure = ATTACK.attempt(*ATTACK.case())
    if failure is not None:
        raise RuntimeError(f"{failure.call}: {failure.reason}: {failure.value}") from failure.raised


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
