"""The units under a real systemd: sockets first, restarts and kills that touch no pod, a power cut and the boot after."""

import json

import pytest

from machine import Machine

PAGE = "/usr/share/nginx/html/index.html"


@pytest.fixture
def machine():
    machine = Machine()
    try:
        yield machine
    finally:
        machine.close()


def pods(machine):
    """Pod -> (container ids, restarts) of those that are ready."""
    found = {}
    for pod in json.loads(machine.run("berth", "get", "pods", "-o", "json"))["items"]:
        if any(c["type"] == "Ready" and c["status"] == "True" for c in pod["status"].get("conditions", [])):
            found[pod["metadata"]["name"]] = [
                (s["containerID"], s["restartCount"]) for s in pod["status"]["containerStatuses"]]
    return found


def read_page(machine, pod):
    return machine.run("berth", "exec", pod, "--", "cat", PAGE, check=False).strip()


def is_active(machine, *units):
    return set(machine.run("systemctl", "is-active", *units, check=False).split()) == {"active"}


def test_units_on_a_machine_of_their_own(machine):
    machine.boot()
    assert is_active(machine, "berthd-api.socket", "berthd-etcd.socket", "berthd-dns.socket", "berthd",
                     "berth-node"), machine.journal()
    # Port 53 comes from the socket: the daemon has no right to it.
    assert "10.96.0.1" in machine.run("dig", "+short", "@127.0.0.153", "kubernetes.default.svc.cluster.local")
    assert machine.run("stat", "-c", "%a %U %G", "/run/berth/api.sock", "/run/berth/etcd.sock", "/var/lib/berth/store",
                       "/var/lib/berth/volumes").splitlines() == [
        "660 berth berth", "600 berth berth", "700 berth berth", "700 root root"]

    machine.run("berth", "apply", "-f", "/opt/examples/tutorial")
    machine.eventually(lambda: {"web-0", "web-1", "pv-pod"} <= set(pods(machine)), seconds=60, what="the pods are ready")
    machine.run("berth", "exec", "web-0", "--", "sh", "-c", f"echo from-web-0 > {PAGE}")
    running = pods(machine)

    machine.run("systemctl", "restart", "berthd", "berth-node")
    assert read_page(machine, "web-0") == "from-web-0"
    for service in ("berthd", "berth-node"):
        machine.run("systemctl", "kill", "--signal=KILL", "--kill-who=main", service)
    machine.eventually(lambda: is_active(machine, "berthd", "berth-node"), what="systemd has started both again")
    machine.eventually(lambda: read_page(machine, "web-0") == "from-web-0", what="the page of web-0")
    assert pods(machine) == running, "a running pod was touched"

    # The socket starts the daemon for whoever asks first.
    machine.run("systemctl", "stop", "berthd")
    assert "berth-local" in machine.run("berth", "get", "storageclasses")

    machine.cut_power()
    machine.boot()
    machine.eventually(lambda: {"web-0", "web-1", "pv-pod"} <= set(pods(machine)), seconds=60,
                       what="the pods are ready again after the boot")
    assert not set(map(str, running.values())) & set(map(str, pods(machine).values())), "a container outlived the machine"
    assert read_page(machine, "web-0") == "from-web-0"
    assert "status=31/SYS" not in machine.run("journalctl", "--no-pager", "-u", "berthd"), "the filter forbids too much"
