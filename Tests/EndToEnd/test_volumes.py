"""Volumes of berth/local with a real node agent: growth, trash, a full disk, directories that vanish, and what `berth`
says about them."""

import contextlib
import shutil
import subprocess

import pytest

from cluster import Cluster, CommandFailed

CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
MERGE = "application/merge-patch+json"


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    try:
        cluster.start_berthd()
        cluster.start_node()
        yield cluster
    finally:
        cluster.close()


def claim(name, size="64Mi", storage_class="berth-local", **spec):
    return {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
            "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": storage_class,
                     "resources": {"requests": {"storage": size}}, **spec}}


def make(cluster, name, **more):
    cluster.ask("POST", CLAIMS, claim(name, **more))
    cluster.eventually(lambda: phase(cluster, name) == "Bound", what=f"{name} is bound")
    return cluster.named("persistentvolumeclaims", name)


def phase(cluster, name, kind="persistentvolumeclaims"):
    return (cluster.named(kind, name) or {}).get("status", {}).get("phase")


def events(cluster, name):
    return {(e["reason"], e["message"]) for e in cluster.get("/api/v1/events")["items"]
            if e["involvedObject"]["name"] == name}


def reasons(cluster, name):
    return {reason for reason, _ in events(cluster, name)}


def directory(cluster, claim):
    return cluster.directory / "volumes" / claim["spec"]["volumeName"]


def test_a_claim_grows_while_it_is_bound(cluster):
    made = make(cluster, "grows")
    cluster.ask("PATCH", f"{CLAIMS}/grows", {"spec": {"resources": {"requests": {"storage": "128Mi"}}}}, MERGE)
    grown = cluster.eventually(
        lambda: (c := cluster.named("persistentvolumeclaims", "grows"))["status"]["capacity"]["storage"] == "128Mi" and c,
        what="the claim has grown")
    assert grown["status"]["allocatedResources"] == {"storage": "128Mi"}
    assert "conditions" not in grown["status"] and "allocatedResourceStatuses" not in grown["status"]
    volume = cluster.named("persistentvolumes", made["spec"]["volumeName"])
    assert volume["spec"]["capacity"]["storage"] == "128Mi"
    limit = volume["metadata"]["annotations"]["berth/size-limit"]
    assert limit.startswith(("project quota ", "not enforced: "))
    cluster.eventually(lambda: {"Resizing", "VolumeResizeSuccessful"} <= reasons(cluster, "grows"), what="events")
    code, answer = cluster.call(
        "PATCH", f"{CLAIMS}/grows", {"spec": {"resources": {"requests": {"storage": "64Mi"}}}}, MERGE)
    assert code == 422 and "field can not be less than status.capacity" in answer["message"]


def test_a_deleted_volume_comes_back_with_its_data(cluster):
    made = make(cluster, "rescued")
    place = directory(cluster, made)
    (place / "data").write_text("precious")
    name = made["spec"]["volumeName"]
    assert cluster.berth("volume", "check").endswith("all in order\n")
    # The volume is deleted first, while it is bound: it waits for its claim, and its data for neither.
    cluster.call("DELETE", f"{VOLUMES}/{name}")
    cluster.call("DELETE", f"{CLAIMS}/rescued")
    cluster.eventually(lambda: cluster.named("persistentvolumes", name) is None, what="the volume is gone")
    assert not place.exists()
    assert name in cluster.berth("volume", "list", "--deleted")
    assert f"persistentvolume/{name} undeleted" in cluster.berth("volume", "undelete", name)
    cluster.eventually(lambda: phase(cluster, name, "persistentvolumes") == "Available", what="Available again")
    assert (place / "data").read_text() == "precious"
    assert name not in cluster.berth("volume", "list", "--deleted")
    with pytest.raises(CommandFailed, match="there is no deleted volume"):
        cluster.berth("volume", "undelete", name)
    again = make(cluster, "again")
    assert again["spec"]["volumeName"] == name
    assert (directory(cluster, again) / "data").read_text() == "precious"
    cluster.call("DELETE", f"{CLAIMS}/again")
    cluster.eventually(lambda: phase(cluster, name, "persistentvolumes") == "Released", what="kept")
    with pytest.raises(CommandFailed, match="--yes"):
        cluster.berth("volume", "release", name)
    assert "released" in cluster.berth("volume", "release", name, "--yes")
    cluster.eventually(lambda: phase(cluster, name, "persistentvolumes") == "Available", what="free again")
    # A kept volume that is deleted leaves its directory: somebody's data is only ever moved by policy.
    cluster.call("DELETE", f"{VOLUMES}/{name}")
    cluster.eventually(lambda: cluster.named("persistentvolumes", name) is None, what="the volume is gone")
    assert f"{name} belongs to no volume" in cluster.berth("volume", "check", check=False).stdout
    assert (place / "data").read_text() == "precious"
    (place / "data").unlink()
    place.rmdir()


def test_a_node_that_was_away_finishes_what_was_asked_for(cluster):
    made = make(cluster, "away")
    cluster.kill_node()
    cluster.call("DELETE", f"{CLAIMS}/away")
    cluster.ask("POST", CLAIMS, claim("meanwhile"))
    name = made["spec"]["volumeName"]
    cluster.eventually(lambda: phase(cluster, name, "persistentvolumes") == "Released", what="released")
    with pytest.raises(CommandFailed, match="is berth-node running"):
        cluster.berth("volume", "check")
    assert "berth-node" in cluster.berth("why", "pvc/meanwhile")
    cluster.start_node()
    cluster.eventually(lambda: cluster.named("persistentvolumes", name) is None, what="the volume is gone")
    cluster.eventually(lambda: phase(cluster, "meanwhile") == "Bound", what="provisioned")


def test_orphans_are_reported_and_left_alone(cluster):
    made = make(cluster, "vanishes")
    place = directory(cluster, made)
    place.rmdir()
    (cluster.directory / "volumes" / "pvc-nobodys").mkdir()
    done = cluster.berth("volume", "check", check=False)
    assert done.returncode == 1
    assert f"volume {place.name} has no directory" in done.stdout
    assert "pvc-nobodys belongs to no volume" in done.stdout
    cluster.call("DELETE", f"{CLAIMS}/vanishes")
    cluster.eventually(lambda: "VolumeDirectoryMissing" in reasons(cluster, place.name), what="it is said")
    (cluster.directory / "volumes" / "pvc-nobodys").rmdir()


def test_why(cluster):
    cluster.ask("POST", VOLUMES, {
        "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": "pv-3"},
        "spec": {"capacity": {"storage": "10Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "fast",
                 "hostPath": {"path": "/srv"}}})
    cluster.ask("POST", CLAIMS, claim("large", size="20Gi", storage_class="fast"))
    cluster.eventually(lambda: phase(cluster, "pv-3", "persistentvolumes") == "Available", what="pv-3 is there")
    text = cluster.berth("why", "pvc/large")
    assert "pv-3" in text and "is too small: 10Gi, not 20Gi" in text
    assert "-> no free volume of class fast has 20Gi: the largest is pv-3 with 10Gi" in text
    assert "default/large" in cluster.berth("why", "pv", "pv-3")
    with pytest.raises(CommandFailed, match="not found"):
        cluster.berth("why", "pvc/none")
    with pytest.raises(CommandFailed, match="use pvc, pv or pod"):
        cluster.berth("why", "namespace/default")


def test_an_ephemeral_volume_lives_with_its_pod(cluster):
    template = {"spec": claim("x")["spec"]}
    cluster.ask("POST", "/api/v1/namespaces/default/pods", {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "short"},
        "spec": {"terminationGracePeriodSeconds": 1,
                 "containers": [{"name": "c", "image": "any", "command": ["sleep", "1000"],
                                 "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}]}],
                 "volumes": [{"name": "scratch", "ephemeral": {"volumeClaimTemplate": template}}]}})
    cluster.eventually(lambda: phase(cluster, "short", "pods") == "Running", seconds=60, what="it runs")
    assert phase(cluster, "short-scratch") == "Bound"
    assert "pvc/short-scratch" in cluster.berth("why", "pod/short")
    cluster.call("DELETE", "/api/v1/namespaces/default/pods/short")
    cluster.eventually(
        lambda: cluster.named("persistentvolumeclaims", "short-scratch") is None, seconds=60, what="its claim went too")


@contextlib.contextmanager
def small_disk(place):
    """A file system of 8 MiB at `place`."""
    image = place.with_suffix(".img")
    with open(image, "wb") as file:
        file.truncate(8 << 20)
    place.mkdir()
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
    if subprocess.run(["mount", "-o", "loop", image, place], capture_output=True).returncode != 0:
        pytest.skip("no loop devices here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", place], check=True)


def test_a_full_disk_delays_a_claim_and_loses_nothing():
    cluster = Cluster()
    with small_disk(cluster.directory / "volumes"):
        try:
            cluster.start_berthd()
            cluster.start_node()
            # Directories until no further one fits: the last blocks are too few for a file's write and enough for one.
            ballast = cluster.directory / "volumes" / "ballast"
            ballast.mkdir()
            for size in (1 << 16, 1):
                with contextlib.suppress(OSError), open(ballast / str(size), "wb", buffering=0) as file:
                    while file.write(bytes(size)):
                        pass
            with contextlib.suppress(OSError):
                for number in range(100_000):
                    (ballast / f"d{number}").mkdir()
            cluster.ask("POST", CLAIMS, claim("c"))
            cluster.eventually(
                lambda: any(r == "ProvisioningFailed" and "No space left" in m for r, m in events(cluster, "c")),
                what="the event says so")
            assert phase(cluster, "c") == "Pending"
            shutil.rmtree(ballast)
            cluster.eventually(lambda: phase(cluster, "c") == "Bound", seconds=80, what="bound once there is room")
            assert cluster.berth("volume", "check").startswith("1 directory")
        finally:
            cluster.close()


def test_fsck_compares_volumes_with_directories():
    cluster = Cluster()
    try:
        cluster.start_berthd()
        cluster.start_node()
        kept, vanished = make(cluster, "kept"), make(cluster, "vanished")
        assert cluster.berth("fsck", "--online").startswith("sound: ")
        # In the log's tail and in no checkpoint yet; a volume that is gone must not be missed.
        gone = make(cluster, "gone")
        cluster.call("DELETE", f"{CLAIMS}/gone")
        cluster.eventually(
            lambda: cluster.named("persistentvolumes", gone["spec"]["volumeName"]) is None, what="it is gone")
        directory(cluster, vanished).rmdir()
        (cluster.directory / "volumes" / "pvc-nobodys").mkdir()
        expected = [
            f"volumes: volume {vanished['spec']['volumeName']} has no directory in {cluster.directory}/volumes: its data is"
            " gone, or is elsewhere",
            f"volumes: directory {cluster.directory}/volumes/pvc-nobodys belongs to no volume: it is left alone; remove it"
            " by hand if nobody needs what is in it"]

        def found(*how):
            done = cluster.berth("fsck", *how, check=False)
            return done.returncode, [line for line in done.stdout.splitlines() if line in expected]

        assert found("--online") == (4, expected)
        cluster.kill_node()
        alone = cluster.berth("fsck", "--online", check=False)
        assert alone.returncode == 0 and "were not looked at" in alone.stderr
        cluster.kill_berthd()
        offline = ("--data-dir", cluster.directory / "store")
        assert found(*offline) == (4, expected)
        assert found(*offline, "--volume-root", f"{cluster.directory}/volumes/")[0] == 4
        directory(cluster, vanished).mkdir()
        (cluster.directory / "volumes" / "pvc-nobodys").rmdir()
        text = cluster.berth("fsck", *offline)
        assert f"volumes: 2 of berth/local, 2 directories in {cluster.directory}/volumes" in text
        assert text.endswith("store: sound\n") and directory(cluster, kept).is_dir()
    finally:
        cluster.close()


def test_a_link_in_the_place_of_a_directory_is_not_followed(cluster):
    cluster.kill_node()
    asked = cluster.ask("POST", CLAIMS, claim("linked"))
    outside = cluster.directory / "outside"
    outside.mkdir()
    (outside / "data").write_text("somebody's")
    place = cluster.directory / "volumes" / f"pvc-{asked['metadata']['uid']}"
    place.symlink_to(outside)
    before = outside.stat()
    cluster.start_node()
    cluster.eventually(lambda: "ProvisioningFailed" in reasons(cluster, "linked"), what="it is said")
    assert phase(cluster, "linked") == "Pending"
    assert (outside.stat().st_mode, outside.stat().st_mtime) == (before.st_mode, before.st_mtime)
    assert (outside / "data").read_text() == "somebody's"
    assert f"{place.name} is not a volume's directory" in cluster.berth("volume", "check", check=False).stdout
    place.unlink()
    cluster.eventually(lambda: phase(cluster, "linked") == "Bound", seconds=80, what="bound once the link is gone")
    assert place.is_dir() and not place.is_symlink()
