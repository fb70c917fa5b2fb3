"""kubectl in pods that run: logs, exec, attach, cp, and what is said to the ways that are not spoken."""

import subprocess

import pytest

from cluster import is_pod_ready
from kubectl import KubeCluster, eventually

POD = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "talker", "labels": {"app": "talker"}}, "spec": {
    "terminationGracePeriodSeconds": 1,
    "containers": [{"name": "main", "image": "any", "command": [
        "/bin/sh", "-c", "echo hello; echo again; trap 'exit 0' TERM; while read line; do echo got $line; done; "
                         "while :; do sleep 0.1; done"], "stdin": True}]}}


@pytest.fixture(scope="module")
def kube():
    cluster = KubeCluster()
    cluster.start_berthd()
    cluster.start_node()
    cluster.ask("POST", "/api/v1/namespaces/default/pods", POD)
    cluster.eventually(lambda: is_pod_ready(cluster.named("pods", "talker")), seconds=60, what="the pod runs")
    cluster.eventually(lambda: "again" in cluster.berth("logs", "talker"), what="it has spoken")
    yield cluster
    cluster.close()


@pytest.fixture
def kubectl(kube):
    return kube.kubectl("new")


def test_logs(kube, kubectl):
    for which in ("new", "old"):
        assert kube.kubectl(which)("logs", "talker").splitlines()[:2] == ["hello", "again"]
    assert kubectl("logs", "talker", "--tail=1", "-c", "main").count("\n") == 1
    assert "hello" in kubectl("logs", "-l", "app=talker")
    kubectl("logs", "talker", "-c", "none", fails="container none is not valid")


def test_exec(kubectl):
    assert kubectl("exec", "talker", "--", "hostname").strip() == "talker"
    assert kubectl("exec", "-i", "talker", "--", "cat", stdin="through\n") == "through\n"
    done = kubectl.run("exec", "talker", "--", "sh", "-c", "echo oops >&2; exit 7")
    assert done.returncode == 7 and "oops" in done.stderr


def test_attach(kubectl):
    attached = kubectl.start("attach", "-i", "talker", stdin=subprocess.PIPE)
    try:
        attached.stdin.write("word\n")
        attached.stdin.flush()
        eventually(lambda: "got word" in kubectl("logs", "talker"), what="the line has come through")
    finally:
        attached.kill()
        attached.communicate()


def test_cp(kubectl, kube):
    source, back = kube.directory / "there", kube.directory / "back"
    source.write_text("content\n")
    kubectl("cp", source, "talker:/var/tmp/berth-kubectl-cp")
    kubectl("cp", "talker:/var/tmp/berth-kubectl-cp", back)
    assert back.read_text() == "content\n"
    kubectl("exec", "talker", "--", "rm", "/var/tmp/berth-kubectl-cp")


def test_what_is_not_spoken_is_refused_with_a_word(kube, kubectl):
    """SPDY, which kubectl before 1.29 uses for exec and every kubectl for port-forward."""
    refused = kube.kubectl("old").run("exec", "talker", "--", "hostname")
    assert refused.returncode != 0 and "WebSocket" in refused.stderr, refused.stderr
    forward = kubectl.start("port-forward", "pod/talker", "0:80")
    try:
        out, _ = forward.communicate(timeout=60)
        assert forward.returncode != 0 and "WebSocket" in out, out
    finally:
        forward.kill()
