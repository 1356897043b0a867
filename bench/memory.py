"""How much memory processes hold, as the kernel counts it."""

from pathlib import Path


def held(pid: int) -> tuple[float, float]:
    """Resident and proportional memory of a process and all below it, in MB (10^6 bytes)."""
    rss = pss = 0
    for each in [pid, *below(pid)]:
        told = _rollup(each)
        rss += told.get("Rss", 0)
        pss += told.get("Pss", 0)
    return rss * 1024 / 1e6, pss * 1024 / 1e6


def peak(pid: int) -> float:
    """The most that the process itself has held resident so far, in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"the kernel tells no peak of process {pid}")


def below(pid: int) -> list[int]:
    """The processes that it started, and those that they did."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*"):
        for child in (task / "children").read_text().split():
            found += [int(child), *below(int(child))]
    return found


def _rollup(pid: int) -> dict[str, int]:
    """Name -> kB, of /proc/PID/smaps_rollup."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines)}
