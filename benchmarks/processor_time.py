"""Processor time and memory of the processes under measurement, from /proc: unlike rates they bear other load well."""

import os
from collections.abc import Iterable
from pathlib import Path

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def _fields(process_id: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may hold anything; none when the process has ended."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text("utf-8").rsplit(")", 1)[1].split()
    except OSError:
        return []


def family(process_id: int) -> list[int]:
    """A process and its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        if fields := _fields(int(entry.name)):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [process_id]
    for each in found:
        found += parents.get(each, [])
    return found


def parent_of(process_id: int) -> int:
    """The process that started it."""
    return int(_fields(process_id)[1])


def seconds_of(process_ids: Iterable[int]) -> float:
    """Processor seconds spent so far, user and system, including children that have ended."""
    return _TICK_S * sum(sum(map(int, _fields(each)[11:15])) for each in process_ids)


def run_seconds_of(process_ids: Iterable[int]) -> float:
    """Processor seconds of running processes, exact to nanoseconds (`seconds_of` counts in hundredths)."""
    total = 0
    for each in process_ids:
        try:
            total += int(Path(f"/proc/{each}/schedstat").read_text("ascii").split()[0])
        except OSError:
            continue
    return total / 1e9


def memory_mb(process_ids: Iterable[int]) -> float:
    """Memory of their own (proportional set size) in MB, 0 where it cannot be read."""
    total = 0
    for each in process_ids:
        try:
            lines = Path(f"/proc/{each}/smaps_rollup").read_text("ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
