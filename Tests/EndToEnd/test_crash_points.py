"""A scripted life of the store, ended before every system call that changes a file, and with EIO and ENOSPC at each.

strace counts calls a thread; a point is (call, number). BERTH_TEST_LONG=1 visits every one of them, CI a sample that is
another one each time (BERTH_SEED repeats it).
"""

import collections
import http.client
import os
import random
import re
import shutil
import signal
import subprocess

import pytest

from cluster import BIN, Cluster
from test_store import Etcd, berth, encode, reachable

LONG = os.environ.get("BERTH_TEST_LONG") == "1"
SEED = int(os.environ.get("BERTH_SEED", random.randrange(1 << 32)))
CALLS = ["pwrite64", "pwritev", "fdatasync", "fsync", "msync", "rename", "unlink", "ftruncate", "fallocate", "mkdir", "openat"]
SAMPLE = 14


class Life:
    def __init__(self, *injections):
        self.cluster = Cluster()
        self.etcd = Etcd(self.cluster.run / "etcd.sock")
        self.acknowledged, self.attempted = {}, {}
        self.trace = self.cluster.directory / "trace"
        self.strace = ["strace", "-f", "-o", self.trace, "-e", "trace=" + ",".join(CALLS)]
        for injection in injections:
            self.strace += ["-e", "inject=" + injection]

    def command(self):
        run = self.cluster.run
        return [BIN / "berthd", "--serve", "etcd", "--data-dir", self.cluster.directory / "store", "--disk-reserve", "1Mi",
                "--api-socket", run / "api.sock", "--etcd-socket", run / "etcd.sock", "--node-socket", run / "node.sock"]

    def start(self, prefix=()):
        log = open(self.cluster.directory / "berthd.log", "ab")
        self.cluster.berthd = subprocess.Popen([*prefix, *self.command()], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def run(self):
        """Until it is over or the daemon is gone. Returns the daemon's (or strace's) exit code."""
        self.start(self.strace)
        process = self.cluster.berthd
        try:
            self.cluster.eventually(lambda: process.poll() is not None or reachable(self.etcd), seconds=60)
            for index in range(6):
                self.write(f"k{index % 4}", f"value {index} " * 40)
            self.write("k1", None)
            self.etcd.call("kv/compaction", {"revision": 4})
            self.write("k5", "the last")
        except (OSError, http.client.HTTPException, AssertionError):
            pass
        # SIGTERM for the daemon below strace: the checkpoint at the end is part of the life.
        subprocess.run(["pkill", "-TERM", "-P", str(process.pid)])
        code = process.wait(timeout=60)
        self.cluster.berthd = None
        return code

    def write(self, key, value):
        self.attempted.setdefault(key, []).append(value)
        status, _ = self.etcd.put(key, value) if value is not None else self.etcd.delete(key)
        if status == 200:
            self.acknowledged[key] = value
            self.attempted[key] = [value]

    def check(self):
        """The next life has everything that was acknowledged, and of the rest all or nothing."""
        self.start()
        self.cluster.eventually(lambda: self.cluster.berthd.poll() is not None or reachable(self.etcd), seconds=60)
        assert self.cluster.berthd.poll() is None, self.cluster.log("berthd")
        for key in {*self.attempted, *self.acknowledged}:
            body = self.etcd.call("kv/range", {"key": encode(key)})[1]
            found = body["kvs"][0]["value"] if body.get("kvs") else None
            allowed = [None if value is None else encode(value) for value in self.attempted[key]]
            if key in self.acknowledged:
                value = self.acknowledged[key]
                allowed.append(None if value is None else encode(value))
            else:
                allowed.append(None)
            assert found in allowed, key
        assert self.cluster.kill_berthd(signal.SIGTERM) == 0
        checked = berth("fsck", "--data-dir", self.cluster.directory / "store")
        assert checked.returncode == 0, checked.stdout + checked.stderr

    def close(self):
        self.cluster.close()


def calls_of_a_life():
    """The highest number of each call that one thread makes."""
    life = Life()
    try:
        assert life.run() == 0
        counts = collections.Counter()
        for line in life.trace.read_text(errors="replace").splitlines():
            match = re.match(r"(\d+) +(\w+)\(", line)
            if match and match[2] in CALLS:
                counts[match[1], match[2]] += 1
        highest = collections.Counter()
        for (_, call), count in counts.items():
            highest[call] = max(highest[call], count)
        life.check()
        return highest
    finally:
        life.close()


@pytest.fixture(scope="module")
def points():
    print(f"seed {SEED}")
    highest = calls_of_a_life()
    assert highest["pwrite64"] > 5 and highest["fdatasync"] > 5, highest
    return [(call, number) for call in CALLS for number in range(1, highest[call] + 1)]


def chosen(points, salt):
    # By a number of its own each: how often the store makes a call is not always the same.
    return points if LONG else sorted(points, key=lambda p: random.Random(f"{SEED} {salt} {p}").random())[:SAMPLE]


def visit(injection):
    life = Life(injection)
    try:
        code = life.run()
        life.check()
        return code
    except AssertionError as error:
        raise AssertionError(f"seed {SEED}: {injection}: {error}") from error
    finally:
        life.close()


def test_killed_before_every_change(points):
    for call, number in chosen([point for point in points if point[0] != "openat" or LONG], 1):
        visit(f"{call}:signal=KILL:when={number}")


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_an_error_at_every_change(points, error):
    for call, number in chosen([point for point in points if point[0] != "openat"], 2 if error == "EIO" else 3):
        code = visit(f"{call}:error={error}:when={number}")
        # Went on (not everything matters), refused to start, or ended because the disk failed. Never a crash.
        assert code in (0, 73, 74), f"seed {SEED}: {call} {number} {error}: exit code {code}"
