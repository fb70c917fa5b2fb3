"""Real kubectls against a real berthd over its TLS listener, with what `berth kubeconfig` writes."""

import json
import os
import pathlib
import shutil
import subprocess
import textwrap
import time

from cluster import Cluster, ROOT

TOOLS = pathlib.Path(os.environ.get("BERTH_ETCD", ROOT / ".build" / "tools"))

# Where each version of kubectl is: the newest from PyPI, the oldest that is still packaged from Debian.
KUBECTLS = {
    "new": pathlib.Path(os.environ.get("BERTH_KUBECTL", TOOLS / "bin" / "kubectl")),
    "old": pathlib.Path(os.environ.get("BERTH_OLD_KUBECTL", TOOLS / "old" / "usr" / "bin" / "kubectl")),
}


class KubectlFailed(Exception):
    """kubectl exited with an error."""


class KubeCluster(Cluster):
    """berthd with a TLS listener, and the kubeconfig for it."""

    def start_berthd(self, *more, wait=True):
        super().start_berthd("--listen", "127.0.0.1:0", *more, wait=wait)
        self.kubeconfig = self.directory / "kubeconfig"
        if wait:
            self.berth("kubeconfig", "--output", self.kubeconfig)

    def kubectl(self, which="new"):
        return Kubectl(self, which)


class Kubectl:
    def __init__(self, cluster, which):
        self.cluster, self.which, self.path = cluster, which, KUBECTLS[which]
        self.home = cluster.directory / f"home-{which}"
        self.home.mkdir(exist_ok=True)

    def environment(self, **more):
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "KUBECONFIG": str(self.cluster.kubeconfig),
                "KUBE_EDITOR": "false", **more}

    def run(self, *words, stdin=None, timeout=60, **environment):
        return subprocess.run(
            [self.path, *map(str, words)], input=stdin, capture_output=True, text=True, timeout=timeout,
            env=self.environment(**environment))

    def __call__(self, *words, stdin=None, fails=None, timeout=60, **environment):
        """The output; with `fails` the error, which must contain that text."""
        if isinstance(stdin, (dict, list)):
            stdin = json.dumps(stdin)
        done = self.run(*words, stdin=stdin, timeout=timeout, **environment)
        if fails is not None:
            assert done.returncode != 0, f"kubectl {words} did not fail: {done.stdout}"
            assert fails in done.stderr + done.stdout, f"kubectl {words}: {done.stdout}{done.stderr}"
            return done.stdout + done.stderr
        if done.returncode != 0:
            raise KubectlFailed(f"kubectl {words} exited {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def json(self, *words):
        return json.loads(self(*words, "-o", "json"))

    def start(self, *words, stdin=subprocess.DEVNULL):
        """In the background, output on a pipe."""
        return subprocess.Popen(
            [self.path, *map(str, words)], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=self.environment())

    def start_watching(self, *words):
        """In the background, and it has seen the present state: its watch is answered when this returns."""
        waiter = self.start(*words, "-v=6")
        seen = []
        for line in waiter.stdout:
            seen.append(line)
            if "watch=true" in line:
                return waiter
        raise KubectlFailed(f"kubectl {words} ended without a watch: {''.join(seen)}")

    def script(self, name, body):
        """An editor, or whatever else kubectl starts."""
        path = self.home / name
        path.write_text("#!/bin/sh\n" + textwrap.dedent(body))
        path.chmod(0o700)
        return path


def table(text):
    """Rows of a printed table as dictionaries; columns are cut where their headings begin."""
    head, *rows = text.splitlines()
    names, starts = [], []
    position = 0
    for name in [part.strip() for part in head.split("  ") if part.strip()]:
        position = head.index(name, position)
        names.append(name)
        starts.append(position)
        position += len(name)
    ends = starts[1:] + [None]
    return [{name: row[start:end].strip() for name, start, end in zip(names, starts, ends)} for row in rows]


def eventually(condition, seconds=30, what=None):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what or condition}")


def is_there(which):
    return KUBECTLS[which].exists() or shutil.which(str(KUBECTLS[which])) is not None
