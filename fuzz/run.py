"""The long run: many seeded attacks, each as in ``tests/codecs/test_hostile.py``.

python fuzz/run.py --cases 1000000 --seed 1 --jobs 2
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests/codecs")]

from support.hostile import Attack, Failure  # noqa: E402
from support.real import real_json  # noqa: E402

BATCH = 20_000
FRAMES = 8


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first batch of 20,000 cases")
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    seeds = range(args.seed, args.seed + -(-args.cases // BATCH))
    started, cases = time.perf_counter(), 0
    raised: dict[str, int] = {}
    failures: dict[tuple[str, str], tuple[int, Failure, str]] = {}
    with ProcessPoolExecutor(args.jobs) as pool:
        for seed, found, counts in pool.map(_batch, seeds):
            cases += BATCH
            for name, count in counts.items():
                raised[name] = raised.get(name, 0) + count
            for failure, where in found:
                if failure.kind not in failures:
                    failures[failure.kind] = (seed, failure, where)
                    print(
                        f"\nseed {seed}: {failure.call}: {failure.reason}\n  {failure.value}\n{where}"
                    )
    print(
        f"{cases} cases in {time.perf_counter() - started:.0f} s, {len(failures)} kinds of failure"
    )
    print(f"given: {cases - sum(raised.values())}; refused: {raised}")
    return 1 if failures else 0


def _batch(seed: int) -> tuple[int, list[tuple[Failure, str]], dict[str, int]]:
    attack = Attack(seed, real_json(with_shared=_has_shared()))
    found = attack.run(BATCH)
    return seed, [(_portable(failure), _where(failure)) for failure in found], attack.raised


def _has_shared() -> bool:
    return (ROOT.parent / "shared" / "golden").is_dir()


def _portable(failure: Failure) -> Failure:
    return Failure(failure.call, failure.value, failure.reason)


def _where(failure: Failure) -> str:
    if failure.raised is None:
        return ""
    frames = traceback.extract_tb(failure.raised.__traceback__)[-FRAMES:]
    return "".join(
        f"  {Path(frame.filename).name}:{frame.lineno} {frame.line}\n" for frame in frames
    )


if __name__ == "__main__":
    sys.exit(main())
