"""`make soak`: kills for as long as wanted, with the processes started as in production.

Every failing seed is printed, with what to type to play it again. The logs of a failed session are kept.
"""

import argparse
import asyncio
import shutil
import sys
import time
from pathlib import Path

from core.embedded_postgres import folder_for_tests
from core.settings import PROJECT_ROOT
from tests.faults.kills import plan_of
from tests.faults.session import Outcome, run_session

SEEDS_IN_A_SESSION = 50


def parse(arguments: list[str]) -> argparse.Namespace:
    """What is wanted."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, metavar="N", help="how many kills (200)")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="the first seed (0)")
    parser.add_argument("--minutes", type=float, metavar="M", help="go on with further seeds for so long")
    parser.add_argument(
        "--warm", action="store_true", help="fork the processes, as `make test` does: many more kills"
    )
    parser.add_argument(
        "--watched", choices=("yes", "no", "both"), default="both", help="with the fault policy?"
    )
    return parser.parse_args(arguments)


async def play(seeds: range, *, watched: bool, warm: bool) -> tuple[Outcome, Path]:
    """One session in a folder of its own."""
    folder = folder_for_tests()
    outcome = await run_session(seeds, folder / "installation", cold=not warm, watched=watched)
    return outcome, folder


def report(outcome: Outcome, folder: Path, *, watched: bool, warm: bool) -> bool:
    """Say how it went; whether all was well."""
    print(f"{'watched' if watched else 'unwatched'}: {outcome.summary()}", flush=True)
    for fault in [*outcome.faults, *outcome.payout_faults]:
        print(f"  FAULT {fault}")
    for run in outcome.runs:
        for fault in run.faults:
            print(f"  FAULT {plan_of(run.seed)}: {fault}")
    if not (outcome.failed_seeds or outcome.faults or outcome.payout_faults):
        shutil.rmtree(folder)
        return True
    kept = Path(
        shutil.move(folder / "installation" / "log", PROJECT_ROOT / "var" / f"soak-{int(time.time())}")
    )
    again = " --warm" * warm + f" --watched {'yes' if watched else 'no'}"
    for seed in outcome.failed_seeds:
        print(f'  again: make soak ARGS="--first {seed} --seeds 1{again}"')
    print(f"  logs: {kept}", flush=True)
    return False


def main(arguments: list[str]) -> int:
    """Play; 1 when anything failed."""
    wanted = parse(arguments)
    ways = {"yes": [True], "no": [False], "both": [False, True]}[wanted.watched]
    ends = time.monotonic() + 60 * wanted.minutes if wanted.minutes else None
    first, left, is_well, session = wanted.first, wanted.seeds, True, 0
    while left > 0 or (ends is not None and time.monotonic() < ends):
        many = min(SEEDS_IN_A_SESSION, left) if left > 0 else SEEDS_IN_A_SESSION
        watched = ways[session % len(ways)]
        outcome, folder = asyncio.run(play(range(first, first + many), watched=watched, warm=wanted.warm))
        is_well &= report(outcome, folder, watched=watched, warm=wanted.warm)
        first, left, session = first + many, left - many, session + 1
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
