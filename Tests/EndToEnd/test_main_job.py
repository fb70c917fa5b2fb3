"""The main job, step by step: ordinal pods that find their data again."""

import os
import stat
import subprocess
import tempfile
import time

import tutorial
from cluster import Cluster, ROOT, UnixConnection, is_pod_ready


def test_berthd_is_ready_at_once_on_an_empty_directory():
    """The best of a few, because the machine has other things to do; the socket's mode is 0660 from its first moment."""
    best = None
    for _ in range(12):
        if best is not None and best <= 0.1:
            break
        cluster = Cluster()
        try:
            begin = time.monotonic()
            cluster.start_berthd(wait=False)
            while True:
                try:
                    connection = UnixConnection(cluster.api_socket)
                    connection.request("GET", "/readyz")
                    if connection.getresponse().status == 200:
                        break
                except OSError:
                    pass
                assert cluster.berthd.poll() is None, cluster.log("berthd")
                assert time.monotonic() - begin < 10, cluster.log("berthd")
                time.sleep(0.001)
            elapsed = time.monotonic() - begin
            best = min(best or elapsed, elapsed)
            mode = os.stat(cluster.api_socket).st_mode
            assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
        finally:
            cluster.close()
    print(f"ready in {best * 1000:.0f} ms")
    # A new store syncs about a dozen times; what a sync costs is the disk's affair.
    assert best <= 0.1 + 15 * sync_time()


def sync_time():
    """The median of a few small syncs beside the stores, in seconds."""
    with tempfile.TemporaryFile(dir="/var/tmp") as file:
        times = []
        for index in range(15):
            os.pwrite(file.fileno(), b"x" * 4096, 4096 * index)
            begin = time.monotonic()
            os.fsync(file.fileno())
            times.append(time.monotonic() - begin)
        return sorted(times)[7]


def test_main_job(cluster):
    tutorial.apply(cluster)

    # Step 2: the smallest volume that fits wins; the Ceph volume keeps every field and stays Available.
    pairs = {claim: volume for (claim, _), (volume, _) in tutorial.bindings(cluster).items()}
    assert set(pairs) == {"pv-claim", "www-web-0", "www-web-1"}
    assert set(pairs.values()) == {"small-1", "small-2", "small-3"}
    ceph = cluster.named("persistentvolumes", "pv-volume")
    assert ceph["status"]["phase"] == "Available"
    assert ceph["spec"]["rbd"] == {
        "monitors": ["10.16.154.78:6789", "10.16.154.82:6789", "10.16.154.83:6789"], "pool": "kube", "image": "foo",
        "fsType": "ext4", "readOnly": True, "user": "admin", "keyring": "/etc/ceph/keyring"}

    # Step 3: web-1 was created only after web-0 was ready.
    first, second = (cluster.named("pods", name) for name in ("web-0", "web-1"))
    ready_at = [c["lastTransitionTime"] for c in first["status"]["conditions"] if c["type"] == "Ready"][0]
    assert ready_at <= second["metadata"]["creationTimestamp"]

    # Step 4: namespaces, host name, address, mount, the page on port 80.
    assert cluster.berth("exec", "web-0", "--", "hostname").strip() == "web-0"
    addresses = {name: cluster.named("pods", name)["status"]["podIP"] for name in ("web-0", "web-1", "pv-pod")}
    assert len(set(addresses.values())) == 3 and all(a.startswith("10.89.") for a in addresses.values())
    for kind in ("mnt", "pid", "uts", "net"):
        inside = cluster.berth("exec", "web-0", "--", "readlink", f"/proc/self/ns/{kind}").strip()
        assert inside != os.readlink(f"/proc/self/ns/{kind}"), kind
    processes = cluster.berth("exec", "web-0", "--", "sh", "-c", "ls -d /proc/[0-9]* | wc -l")
    assert int(processes) < 10, "web-0 sees processes that are not its own"

    # What a command writes arrives whole, however much it is and however fast the command ends.
    for _ in range(5):
        flood = cluster.berth("exec", "web-0", "--", "sh", "-c", "head -c 2000000 /dev/zero | tr '\\0' x")
        assert len(flood) == 2_000_000

    # Step 5: the data outlives the pod, and nobody else sees it.
    tutorial.write_page(cluster, "web-0", "from-web-0")
    assert tutorial.page(cluster, "web-0") == "from-web-0"
    tutorial.replace_pod(cluster, "web-0")
    assert tutorial.read_page(cluster, "web-0") == "from-web-0"
    cluster.eventually(lambda: tutorial.page(cluster, "web-0") == "from-web-0", seconds=10)
    assert cluster.berth("exec", "web-1", "--", "ls", "/usr/share/nginx/html") == ""

    # Step 7: a scaled down ordinal gets its volume back.
    tutorial.write_page(cluster, "web-1", "from-web-1")
    before = tutorial.bindings(cluster)
    cluster.berth("scale", "statefulset", "web", "--replicas=1")
    cluster.eventually(lambda: cluster.named("pods", "web-1") is None, seconds=40, what="web-1 is gone")
    cluster.berth("scale", "statefulset", "web", "--replicas=2")
    cluster.eventually(lambda: is_pod_ready(cluster.named("pods", "web-1")), seconds=40, what="web-1 is back")
    assert tutorial.bindings(cluster) == before
    assert tutorial.read_page(cluster, "web-1") == "from-web-1"

    # The pod's address goes back with the pod: nobody answers there, and the next pod may have it.
    cluster.berth("delete", "pod", "pv-pod")
    cluster.eventually(lambda: cluster.named("pods", "pv-pod") is None)
    taken = subprocess.run(["ip", "neigh", "show", addresses["pv-pod"]], capture_output=True, text=True).stdout
    assert "REACHABLE" not in taken
    leases = [f for f in (cluster.directory / "node").rglob(addresses["pv-pod"])]
    assert leases == [], "the address is still leased"


def test_ceph_pod_says_why_it_waits(cluster):
    tutorial.VOLUMES.mkdir(exist_ok=True)
    cluster.made.append(tutorial.VOLUMES)
    cluster.berth("apply", "-f", ROOT / "examples" / "tutorial" / "volume-ceph-rbd.yaml")
    cluster.berth("apply", "-f", ROOT / "examples" / "rbd")
    cluster.eventually(lambda: cluster.named("persistentvolumeclaims", "ceph-claim")["status"]["phase"] == "Bound")

    def reason():
        return [e for e in cluster.get("/api/v1/namespaces/default/events")["items"]
                if e["involvedObject"]["name"] == "ceph-pod" and e["reason"] == "FailedMount"]
    events = cluster.eventually(reason, what="an event about the mount")
    assert "ceph" in events[0]["message"].lower() and "rbd" in events[0]["message"].lower()
    assert cluster.named("pods", "ceph-pod")["status"]["phase"] == "Pending"


def test_class_berth_local_makes_directories(cluster):
    cluster.berth("apply", "-f", ROOT / "examples" / "local-class")
    cluster.eventually(lambda: is_pod_ready(cluster.named("pods", "counter-0")), seconds=40)
    claim = cluster.named("persistentvolumeclaims", "data-counter-0")
    assert claim["spec"]["volumeName"] == "pvc-" + claim["metadata"]["uid"]
    directory = cluster.directory / "volumes" / ("pvc-" + claim["metadata"]["uid"])
    assert (directory / "starts").read_text() == "start\n"
    tutorial.replace_pod(cluster, "counter-0")
    cluster.eventually(lambda: (directory / "starts").read_text() == "start\nstart\n")
    assert "start number 2 of counter-0" in cluster.berth("logs", "counter-0")
    assert "berth-local" in cluster.berth("get", "storageclass")
