"""The store from outside: snapshots of a daemon at work, the offline verbs, and a disk that is really full."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading

import pytest

from cluster import BIN, Cluster, UnixConnection


def berth(*arguments, **more):
    return subprocess.run([BIN / "berth", *map(str, arguments)], capture_output=True, text=True, timeout=120, **more)


def config_map(name, text):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": {"text": text}}


MAPS = "/api/v1/namespaces/default/configmaps"


class Load(threading.Thread):
    """Creates objects until it is stopped, and knows which were acknowledged."""

    def __init__(self, cluster):
        super().__init__(daemon=True)
        self.cluster, self.made, self.stopping = cluster, [], threading.Event()

    def run(self):
        while not self.stopping.is_set():
            name = f"load-{len(self.made):05}"
            assert self.cluster.call("POST", MAPS, config_map(name, "x" * 500))[0] == 201
            self.made.append(name)

    def stop(self):
        self.stopping.set()
        self.join()


def test_a_snapshot_of_a_daemon_at_work_is_whole_and_comes_back(berthd, tmp_path):
    load = Load(berthd)
    load.start()
    berthd.eventually(lambda: len(load.made) > 50, seconds=60, what="some objects")
    before = list(load.made)
    file = tmp_path / "s.snap"
    saved = berth("snapshot", "save", file, "--socket", berthd.api_socket)
    load.stop()
    assert saved.returncode == 0, saved.stderr
    assert "all checksums hold" in saved.stdout and file.stat().st_mode & 0o777 == 0o600
    assert berth("snapshot", "status", file).returncode == 0
    assert "sound" in berth("fsck", "--online", "--socket", berthd.api_socket).stdout

    # Never over what is there, and never into a store that somebody owns.
    assert "exists already" in berth("snapshot", "save", file, "--socket", berthd.api_socket).stderr
    refused = berth("snapshot", "restore", file, "--data-dir", berthd.directory / "store")
    assert refused.returncode == 1 and "not empty" in refused.stderr
    owned = berth("fsck", "--data-dir", berthd.directory / "store")
    assert owned.returncode == 1 and "another process owns" in owned.stderr

    assert berthd.kill_berthd() != 0
    checked = berth("fsck", "--data-dir", berthd.directory / "store")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    shutil.rmtree(berthd.directory / "store")
    restored = berth("snapshot", "restore", file, "--data-dir", berthd.directory / "store", "--revision-bump", 1000)
    assert restored.returncode == 0, restored.stderr
    berthd.start_berthd()
    names = {item["metadata"]["name"] for item in berthd.get(MAPS)["items"]}
    assert set(before) <= names <= set(load.made)


def test_a_damaged_byte_is_found_offline(berthd, tmp_path):
    for index in range(20):
        berthd.call("POST", MAPS, config_map(f"m{index}", "y" * 300))
    file = tmp_path / "s.snap"
    assert berth("snapshot", "save", file, "--socket", berthd.api_socket).returncode == 0
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    damaged = berth("snapshot", "status", file)
    assert damaged.returncode == 1 and "checksum" in damaged.stderr

    assert berthd.kill_berthd(how=15) == 0
    segment = berthd.directory / "store" / "wal" / "0000000000000001.wal"
    with open(segment, "r+b") as log:
        log.seek(200)
        byte = log.read(1)
        log.seek(200)
        log.write(bytes([byte[0] ^ 1]))
    checked = berth("fsck", "--data-dir", berthd.directory / "store")
    assert checked.returncode == 3 and "0000000000000001.wal: byte 0" in checked.stderr, checked.stdout + checked.stderr


def test_a_snapshot_is_for_administrators(berthd):
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    os.chmod(berthd.directory, 0o755)
    os.chmod(berthd.run, 0o755)
    os.chmod(berthd.api_socket, 0o666)
    asked = subprocess.run(
        ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--unix-socket", berthd.api_socket,
         "http://localhost/berth/v1/snapshot"], capture_output=True, text=True, user=65534, group=65534, extra_groups=[])
    assert asked.stdout == "403", asked


# --- A disk that is full: 64 MiB of ext4 on a loop device ---

@pytest.fixture
def small_disk():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="berth-disk.", dir="/var/tmp"))
    image, place = folder / "image", folder / "disk"
    place.mkdir()
    subprocess.run(["truncate", "-s", "64M", image], check=True)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    yield place
    subprocess.run(["umount", "-l", place], check=True)
    shutil.rmtree(folder)


class Etcd:
    """The JSON gateway on the etcd socket."""

    def __init__(self, socket):
        self.socket = socket

    def call(self, path, body):
        connection = UnixConnection(self.socket)
        connection.request("POST", "/v3/" + path, json.dumps(body))
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text)

    def put(self, key, value):
        return self.call("kv/put", {"key": encode(key), "value": encode(value)})

    def delete(self, key, end=None):
        body = {"key": encode(key)}
        if end:
            body["range_end"] = encode(end)
        return self.call("kv/deleterange", body)

    def count(self, key, end):
        status, body = self.call("kv/range", {"key": encode(key), "range_end": encode(end), "count_only": True})
        assert status == 200, body
        return int(body.get("count", 0))


def encode(text):
    return base64.b64encode(text.encode()).decode()


def test_a_full_disk_stops_growth_and_nothing_else(small_disk):
    cluster = Cluster()
    shutil.rmtree(cluster.directory / "store", ignore_errors=True)
    (cluster.directory / "store").symlink_to(small_disk)
    try:
        cluster.start_berthd("--serve", "etcd", "--disk-reserve", "8Mi", wait=False)
        etcd = Etcd(cluster.run / "etcd.sock")
        cluster.eventually(lambda: reachable(etcd), seconds=30, what="berthd serves")

        # Somebody else takes the disk but for a few megabytes, and the store finds out.
        other = small_disk / "other"
        # (When the log's next segment and the reserve are there, whole.)
        cluster.eventually(
            lambda: (small_disk / "wal" / "0000000000000002.wal").exists()
            and (small_disk / "reserve").stat().st_blocks * 512 >= 8 << 20, seconds=60, what="a segment and a reserve")
        status = os.statvfs(small_disk)
        free = status.f_bavail * status.f_frsize
        subprocess.run(["fallocate", "-l", str(free - (7 << 20)), other], check=True)
        made = 0
        while True:
            status, body = etcd.put(f"k{made:05}", "v" * 20_000)
            if status != 200:
                break
            made += 1
            assert made < 10_000
        assert "space exceeded" in body["message"], body
        assert made > 0

        # The last bytes go, too: reads and deletes go on, on the reserve.
        taker = open(small_disk / "more", "wb")
        try:
            while True:
                taker.write(b"\0" * 65536)
                taker.flush()
        except OSError:
            pass
        assert etcd.count("k", "l") == made
        for index in range(min(made, 100)):
            assert etcd.delete(f"k{index:05}")[0] == 200
        left = made - min(made, 100)
        assert etcd.count("k", "l") == left
        assert etcd.put("k", "v")[0] != 200
        revision = int(etcd.call("kv/range", {"key": encode("k")})[1]["header"]["revision"])
        assert etcd.call("kv/compaction", {"revision": revision})[0] == 200
        assert cluster.berthd.poll() is None

        # Space is back, and nobody does anything.
        taker.close()
        (small_disk / "more").unlink()
        other.unlink()
        cluster.eventually(lambda: etcd.put("zz", "back")[0] == 200, seconds=60, what="writes are accepted again")
        assert etcd.count("k", "l") == left
        assert cluster.kill_berthd() != 0
        cluster.start_berthd("--serve", "etcd", "--disk-reserve", "8Mi", wait=False)
        cluster.eventually(lambda: reachable(etcd), seconds=30, what="berthd serves again")
        assert etcd.count("k", "l") == left
        cluster.kill_berthd()
    finally:
        (cluster.directory / "store").unlink()
        cluster.close()


def reachable(etcd):
    try:
        return etcd.call("kv/range", {"key": encode("k")})[0] == 200
    except OSError:
        return False
