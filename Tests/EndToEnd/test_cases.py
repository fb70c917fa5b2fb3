"""Plays what a real Kubernetes 1.36 answered (Tests/Fixtures/cases) against berthd."""

import pathlib
import subprocess
import sys

import pytest

from cluster import Cluster, ROOT

CASES = ROOT / "Tests" / "Fixtures" / "cases"


@pytest.fixture(scope="module")
def shared_berthd():
    cluster = Cluster()
    cluster.start_berthd()
    yield cluster
    cluster.close()


@pytest.mark.parametrize("case", sorted(CASES.glob("*/*.yaml")), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case(shared_berthd, case):
    done = subprocess.run(
        [sys.executable, pathlib.Path(__file__).with_name("replay.py"), "--socket", shared_berthd.api_socket, case],
        capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
