"""The long run over bytes of journals and archives: many seeded attacks, each as in the tests of ``migrate``.

python fuzz/stores.py --cases 20000 --seed 1
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/codecs")]

from support.stored_bytes import attack, stores  # noqa: E402

MOST_STATES = 5000
"""How many states of a store are remembered with what is read in them."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first case")
    args = parser.parse_args()
    started, failures = time.perf_counter(), 0
    trees = stores()
    known: dict[Any, Any] = {}
    for seed in range(args.seed, args.seed + args.cases):
        with tempfile.TemporaryDirectory() as home:
            problem = attack(random.Random(seed), trees, Path(home), known)
        if problem:
            failures += 1
            print(f"seed {seed}: {problem}", flush=True)
        if len(known) > MOST_STATES:
            known.clear()
    print(f"{args.cases} cases in {time.perf_counter() - started:.0f} s, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
