"""How long the disk takes to keep something: what every commit waits for, whatever the service does."""

import os
from pathlib import Path
from statistics import median
from tempfile import NamedTemporaryFile
from time import perf_counter

PAGE = bytes(8_192)
TIMES = 200


def flush_ms(folder: Path) -> tuple[float, float]:
    """Milliseconds of an `fdatasync` after writing one page in `folder`: the median and the 99th percentile."""
    taken = []
    with NamedTemporaryFile(dir=folder) as file:
        os.pwrite(file.fileno(), PAGE * 64, 0)
        os.fsync(file.fileno())
        for turn in range(TIMES):
            os.pwrite(file.fileno(), PAGE, turn % 64 * len(PAGE))
            began = perf_counter()
            os.fdatasync(file.fileno())
            taken.append((perf_counter() - began) * 1000)
    return median(taken), sorted(taken)[int(TIMES * 0.99)]
