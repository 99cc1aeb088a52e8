"""What benchmarks of whole programs share: servers that are started and ended here, load, CPU accounts, ratio tables."""

import contextlib
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
CORES = len(os.sched_getaffinity(0))


class Trouble(Exception):
    """A measure that could not be taken; the others go on."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require(tools):
    """Ends the run with the Debian packages to install when one of `tools` (tool: package) is missing."""
    missing = sorted({package for tool, package in tools.items() if not find_tool(tool)})
    if missing:
        raise SystemExit(f"missing tools; on Debian: apt-get install --no-install-recommends {' '.join(missing)}")


def find_tool(name):
    # nginx and redis-server stand in folders that are not on everybody's path.
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def processor():
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown processor"


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name, or None when the process has ended."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    except (OSError, IndexError):
        return None


def family(pid):
    """A process and all its descendants."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit() and (fields := stat_fields(entry)):
            parents.setdefault(int(fields[1]), []).append(int(entry))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def busy_seconds():
    """CPU seconds that the whole machine has spent on anything but idling."""
    fields = [int(x) for x in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


class Server:
    """A program under load; it is ended when the run ends, however that comes."""

    def __init__(self, name, command, scratch, environment=None, folder=None):
        self.name = name
        self.log = pathlib.Path(scratch) / f"{name.replace(' ', '-')}.log"
        self.stopped = False
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [str(part) for part in command], env={"PATH": os.environ["PATH"], **(environment or {})},
                cwd=folder or scratch, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
            )

    def wait(self, ready, seconds=20):
        """Waits until `ready` returns something true, and returns that."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            if result := ready():
                return result
            time.sleep(0.02)
        raise Trouble(f"{self.name} did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def wait_for_port(self, port):
        def accepts():
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return True
            return False

        self.wait(accepts)

    def wait_for_line(self, pattern):
        return self.wait(lambda: re.search(pattern, self.log.read_text(errors="replace")))

    def cpu_seconds(self):
        """User and system time of the server and its children; times of children that ended count by their parents."""
        total = 0
        for pid in family(self.process.pid):
            if fields := stat_fields(pid):
                total += sum(int(x) for x in fields[11:15])
        return total / TICKS

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)
        self.stopped = True

    def resume(self):
        self.process.send_signal(signal.SIGCONT)
        self.stopped = False

    def end(self):
        if self.process.poll() is not None:
            return
        if self.stopped:
            self.resume()
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Round:
    """What one side did in one round."""

    def __init__(self, units, seconds, servers, before, generator, busy, refused=0, p50=None, p99=None):
        self.rate = units / seconds
        self.cpu = [(server.cpu_seconds() - start) / units * 1e6 for server, start in zip(servers, before)]
        self.refused = refused / units
        self.p50 = p50
        self.p99 = p99
        self.generator = generator / units * 1e6
        self.foreign = max(0, busy - generator - sum(self.cpu) * units / 1e6) / seconds


def measured(servers, run):
    """Runs a load, which returns a dictionary for `Round`, with the accounts of the servers around it."""
    before = [server.cpu_seconds() for server in servers]
    usage, busy, start = resource.getrusage(resource.RUSAGE_CHILDREN), busy_seconds(), time.monotonic()
    figures = run()
    # Rates are over the seconds of the load, accounts over those of the process that makes it; they differ by its start.
    elapsed = time.monotonic() - start
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    generator = now.ru_utime + now.ru_stime - usage.ru_utime - usage.ru_stime
    figures.setdefault("seconds", elapsed)
    return Round(servers=servers, before=before, generator=generator, busy=busy_seconds() - busy, **figures)


def wrk(script, url, arguments, seconds, connections, threads, units=1):
    """Loads with wrk for some seconds; `units` decisions are made by each request."""
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", script, url, "--", *arguments]
    output = subprocess.run([str(x) for x in command], check=True, capture_output=True, text=True).stdout
    found = re.search(r"^figures requests=(\d+) microseconds=(\d+) refused=(\d+) errors=(\d+) p50=(\d+) p99=(\d+)", output, re.M)
    if not found:
        raise Trouble(f"wrk printed no figures:\n{output}")
    requests, microseconds, refused, errors, p50, p99 = (int(x) for x in found.groups())
    if errors or not requests:
        raise Trouble(f"wrk saw errors:\n{output}")
    return {"units": requests * units, "seconds": microseconds / 1e6, "refused": refused * units, "p50": p50, "p99": p99}


def redis_benchmark(port, command, requests, connections, pipeline, keys):
    """Sends a number of commands with redis-benchmark, drawing __rand_int__ from `keys` keys."""
    line = ["redis-benchmark", "-p", port, "-n", requests, "-c", connections, "-P", pipeline, "-r", keys, "--csv", *command]
    result = subprocess.run([str(x) for x in line], check=False, capture_output=True, text=True)
    rows = [row for row in result.stdout.splitlines() if row.startswith('"') and not row.startswith('"test"')]
    if result.returncode or not rows:
        raise Trouble(f"redis-benchmark failed:\n{result.stdout[-1000:]}{result.stderr[-1000:]}")
    columns = re.findall(r'"([^"]*)"', rows[-1])
    return {"units": requests, "seconds": requests / float(columns[1]), "p99": float(columns[-2]) * 1000}


class Patience:
    """Waits for a quiet machine before a round, and lets rounds that other programs disturbed be taken again.

    It lasts for a number of seconds in all; after that, rounds are taken as they come.
    """

    QUIET_CORES = 0.15
    DISTURBED_CORES = 0.3

    def __init__(self, seconds):
        self.left = seconds

    def take(self, side):
        while True:
            self.wait()
            start = time.monotonic()
            taken = measured(side.servers, side.load)
            if taken.foreign < self.DISTURBED_CORES or self.left <= 0:
                return taken
            self.left -= time.monotonic() - start

    def wait(self):
        while self.left > 0:
            start, busy = time.monotonic(), busy_seconds()
            time.sleep(0.5)
            elapsed = time.monotonic() - start
            if (busy_seconds() - busy) / elapsed < self.QUIET_CORES:
                return
            self.left -= elapsed


class Side:
    """One contestant of a table: a name, its servers (the first is the one measured beside), and a way to load it."""

    def __init__(self, name, servers, load, warm=None):
        self.name = name
        self.servers = servers
        self.load = load
        self.warm = warm or load


def compare(title, sides, rounds, ratios, patience, columns=("rate", "cpu"), unit="req/s"):
    """Loads the sides in turn, prints each round and the medians, then the ratios against their targets.

    `ratios` are (text, value, "≥" or "≤", target or None); a value is a function of one round as {side name: Round}.
    """
    print(f"\n## {title}\n")
    for side in sides:
        side.warm()
    heads = {"rate": unit, "cpu": "µs CPU", "p50": "p50 µs", "p99": "p99 µs"}
    widths = {"rate": 11, "cpu": 8, "p50": 9, "p99": 9}
    cells = [(side, column, place) for side in sides for column in columns for place in range(places(side, column))]
    print("         " + "   ".join(group_head(side, columns, widths) for side in sides))
    print("round    " + "   ".join(
        " ".join(column_head(heads, column, place, side).rjust(widths[column]) for s, column, place in cells if s is side)
        for side in sides
    ))
    rows = []
    for number in range(rounds):
        # Every other round goes backwards, so that nobody always comes after the same neighbour.
        order = sides if number % 2 == 0 else list(reversed(sides))
        taken = {side.name: patience.take(side) for side in order}
        rows.append(taken)
        print(f"{number + 1:>5}    " + "   ".join(row_of(taken[side.name], columns, widths) for side in sides), flush=True)
    medians = {side.name: Median([row[side.name] for row in rows]) for side in sides}
    print("median   " + "   ".join(row_of(medians[side.name], columns, widths) for side in sides))
    for side in sides:
        print(f"         {side.name}: {remark(medians[side.name], unit)}")
    print()
    for text, value, relation, target in ratios:
        verdict(text, [value(row) for row in rows], relation, target)


class Median:
    """The medians of the rounds of one side, number by number."""

    def __init__(self, rounds):
        self.rate = statistics.median(r.rate for r in rounds)
        self.cpu = [statistics.median(column) for column in zip(*(r.cpu for r in rounds))]
        self.refused = statistics.median(r.refused for r in rounds)
        self.p50 = statistics.median(r.p50 for r in rounds) if rounds[0].p50 is not None else None
        self.p99 = statistics.median(r.p99 for r in rounds) if rounds[0].p99 is not None else None
        self.generator = statistics.median(r.generator for r in rounds)
        self.foreign = statistics.median(r.foreign for r in rounds)


def places(side, column):
    return len(side.servers) if column == "cpu" else 1


def column_head(heads, column, place, side):
    return heads[column] if place == 0 else f"+{side.servers[place].name}"[:8]


def group_head(side, columns, widths):
    width = sum((widths[c] + 1) * places(side, c) for c in columns) - 1
    return side.name[:width].rjust(width)


def row_of(taken, columns, widths):
    parts = []
    for column in columns:
        for value in taken.cpu if column == "cpu" else [getattr(taken, column)]:
            parts.append(f"{value:.{1 if column == 'cpu' else 0}f}".rjust(widths[column]))
    return " ".join(parts)


def remark(taken, unit):
    answered = f"{1 - taken.refused:.0%} admitted, {taken.refused:.0%} refused; " if unit != "commands/s" else ""
    cores = taken.cpu[0] * taken.rate / 1e6
    load = taken.generator * taken.rate / 1e6
    return f"{answered}server on {cores:.2f} cores, generator on {load:.2f}, other programs on {taken.foreign:.2f}"


def verdict(text, values, relation, target):
    """Prints the median of a ratio taken round by round, its spread, and how it stands to the target."""
    value = statistics.median(values)
    line = f"{text}: {value:.2f}  (rounds {min(values):.2f} to {max(values):.2f})"
    if target is not None:
        met = value >= target if relation == "≥" else value <= target
        off = abs(value - target) / target
        line += f"  target {relation} {target:g}: " + ("met" if met else f"missed by {off:.0%}")
    print(line, flush=True)
