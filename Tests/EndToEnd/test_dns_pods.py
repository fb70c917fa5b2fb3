"""Pods find each other by name: the bridge's address answers, and resolv.conf says so."""

import socket

import pytest

from cluster import is_pod_ready


def is_free(address):
    """Somebody else's name server on this machine is none of ours to test."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.IPPROTO_IP, 15, 1)  # IP_FREEBIND
        try:
            sock.bind((address, 53))
        except OSError:
            return False
    return True


@pytest.fixture
def names_are_free():
    if not is_free("10.89.0.1"):
        pytest.skip("another name server has 10.89.0.1:53")


def test_pods_find_each_other_by_name(names_are_free, cluster):
    cluster.ask("POST", "/api/v1/namespaces/default/services", {
        "metadata": {"name": "peers"}, "spec": {"clusterIP": "None", "selector": {"app": "peers"}}})
    cluster.ask("POST", "/apis/apps/v1/namespaces/default/statefulsets", {
        "metadata": {"name": "peer"},
        "spec": {"serviceName": "peers", "replicas": 2, "selector": {"matchLabels": {"app": "peers"}},
                 "template": {"metadata": {"labels": {"app": "peers"}},
                              "spec": {"terminationGracePeriodSeconds": 0, "containers": [
                                  {"name": "c", "image": "busybox", "command": ["sleep", "1000"]}]}}}})
    pod = cluster.eventually(
        lambda: is_pod_ready(cluster.named("pods", "peer-1")) and cluster.named("pods", "peer-0"), what="two pods")
    resolver = cluster.berth("exec", "peer-1", "--", "cat", "/etc/resolv.conf")
    assert "nameserver 10.89.0.1\n" in resolver and "search default.svc.cluster.local" in resolver
    for name in ("peer-0.peers", "peer-0.peers.default.svc.cluster.local"):
        found = cluster.eventually(
            lambda: cluster.berth("exec", "peer-1", "--", "getent", "ahostsv4", name), what=f"peer-1 finds {name}")
        assert found.split()[0] == pod["status"]["podIP"]
