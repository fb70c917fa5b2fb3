"""kill -9 of either daemon at any moment: nothing acknowledged is lost, no running pod is touched."""

import concurrent.futures
import os
import random
import threading
import time

import tutorial

SEED = int(os.environ.get("BERTH_SEED", random.randrange(1 << 32)))


def restarted_unchanged(cluster, before):
    """After a restart everything is as it was; what controllers still had to do is not part of `before`."""
    after = tutorial.facts(cluster)
    for key, thing in before.items():
        assert after.get(key) == thing, f"seed {SEED}: {key} changed"


def test_kill_berthd_at_twenty_moments(cluster):
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    tutorial.apply(cluster)
    tutorial.write_page(cluster, "web-0", "from-web-0")
    tutorial.bindings(cluster)

    cluster.eventually(lambda: cluster.named("statefulsets", "web")["status"].get("readyReplicas") == 2, what="status")
    # 15 kills of a cluster at rest, or shortly after a write that was acknowledged.
    for round in range(15):
        if round % 3 == 1:
            cluster.ask("PATCH", "/api/v1/namespaces/default/services/nginx",
                        {"metadata": {"annotations": {"test/round": str(round)}}}, "application/merge-patch+json")
        time.sleep(dice.uniform(0, 0.2))
        before, running, pairs = tutorial.facts(cluster), tutorial.containers(cluster), tutorial.bindings(cluster)
        cluster.kill_berthd()
        assert tutorial.VOLUMES.exists()
        cluster.start_berthd()
        restarted_unchanged(cluster, before)
        assert tutorial.bindings(cluster) == pairs
        assert tutorial.containers(cluster) == running, f"seed {SEED}: a running pod was touched"

    # 5 kills while a pod is being replaced.
    pairs = tutorial.bindings(cluster)
    for _ in range(5):
        old = cluster.named("pods", "web-0")["metadata"]["uid"]
        cluster.ask("DELETE", "/api/v1/namespaces/default/pods/web-0", {"gracePeriodSeconds": 1})
        time.sleep(dice.uniform(0, 2.0))
        cluster.kill_berthd()
        time.sleep(dice.uniform(0, 0.3))
        cluster.start_berthd()
        cluster.eventually(
            lambda: (cluster.named("pods", "web-0") or {"metadata": {"uid": old}})["metadata"]["uid"] != old,
            seconds=40, what=f"seed {SEED}: a new web-0")
        tutorial.wait_settled(cluster)
        assert tutorial.bindings(cluster) == pairs
        assert tutorial.read_page(cluster, "web-0") == "from-web-0"
    tutorial.replace_pod(cluster, "web-0")
    assert tutorial.read_page(cluster, "web-0") == "from-web-0"


def test_kill_node_agent(cluster):
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    tutorial.apply(cluster)
    tutorial.write_page(cluster, "web-0", "from-web-0")
    pairs = tutorial.bindings(cluster)
    for _ in range(5):
        running = tutorial.containers(cluster)
        time.sleep(dice.uniform(0, 0.3))
        cluster.kill_node()
        assert tutorial.page(cluster, "web-0") == "from-web-0", "the pod serves on without its agent"
        cluster.start_node(wait=False)
        # From the moment it listens it answers for the pods that it finds again, never "not found".
        cluster.wait_node_listens()
        code, text = cluster.call("GET", "/api/v1/namespaces/default/pods/web-0/log")
        assert code == 200, text
        assert tutorial.read_page(cluster, "web-0") == "from-web-0"
        assert tutorial.containers(cluster) == running, f"seed {SEED}: a running pod was touched"
    # Killed while it replaces a pod, and while it is away a pod is deleted.
    for wait in (0.0, dice.uniform(0, 1.5)):
        old = cluster.named("pods", "web-0")["metadata"]["uid"]
        cluster.ask("DELETE", "/api/v1/namespaces/default/pods/web-0", {"gracePeriodSeconds": 1})
        time.sleep(wait)
        cluster.kill_node()
        cluster.start_node()
        cluster.eventually(
            lambda: (cluster.named("pods", "web-0") or {"metadata": {"uid": old}})["metadata"]["uid"] != old,
            seconds=40, what=f"seed {SEED}: a new web-0")
        tutorial.wait_settled(cluster)
        cluster.wait_node_listens()
        assert tutorial.read_page(cluster, "web-0") == "from-web-0"
    assert tutorial.bindings(cluster) == pairs


class Load:
    """Writers that remember what was acknowledged, volumes and claims among it."""

    def __init__(self, cluster, seed):
        self.cluster, self.seed = cluster, seed
        self.acknowledged = {}  # path -> (resourceVersion, value)
        self.pending = set()    # paths whose last write has no answer: either outcome is right
        self.lock = threading.Lock()
        self.stop = threading.Event()

    def write(self, path, name, body, method):
        with self.lock:
            self.pending.add(name)
        code, answer = self.cluster.call(method, path, body, timeout=5)
        if code >= 400:
            return code
        with self.lock:
            self.acknowledged[name] = int(answer["metadata"]["resourceVersion"]), body
            self.pending.discard(name)
        return code

    def run(self, worker):
        dice = random.Random(f"{self.seed}-{worker}")
        base = "/api/v1/namespaces/default"
        while not self.stop.is_set():
            number = dice.randrange(40)
            name = f"item-{worker}-{number}"
            body = {"metadata": {"name": name}, "data": {"value": str(dice.random())}}
            try:
                if self.write(f"{base}/configmaps/{name}", name, {**body, "apiVersion": "v1", "kind": "ConfigMap"},
                              "PUT") == 404:
                    self.write(f"{base}/configmaps", name, {**body, "apiVersion": "v1", "kind": "ConfigMap"}, "POST")
            except (OSError, ValueError, Exception):  # killed under us: the outcome is unknown
                time.sleep(0.005)


def test_acknowledged_writes_survive_a_hundred_kills(berthd):
    """Under load, at random moments. Every acknowledged write and every binding is found again, revisions never go
    back."""
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    cluster = berthd
    kills = int(os.environ.get("BERTH_KILLS", "100"))
    for number in range(6):
        cluster.ask("POST", "/api/v1/persistentvolumes", {
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"v-{number}"},
            "spec": {"capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
                     "hostPath": {"path": f"/var/tmp/berth-nowhere/{number}"}}})
    load = Load(cluster, SEED)
    known_pairs, newest = {}, 0
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        workers = [pool.submit(load.run, worker) for worker in range(4)]
        try:
            for kill in range(kills):
                if kill % 16 == 0 and kill // 16 < 6:  # a claim that is being bound when the kill comes
                    cluster.ask("POST", "/api/v1/namespaces/default/persistentvolumeclaims", {
                        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": f"c-{kill // 16}"},
                        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}})
                time.sleep(dice.uniform(0, 0.12))
                cluster.kill_berthd()
                cluster.start_berthd()
                with load.lock:
                    acknowledged, pending = dict(load.acknowledged), set(load.pending)
                stored = cluster.get("/api/v1/namespaces/default/configmaps")
                revision = int(stored["metadata"]["resourceVersion"])
                assert revision >= newest, f"seed {SEED}, kill {kill}: the revision went back"
                newest = revision
                items = {i["metadata"]["name"]: i for i in stored["items"]}
                for name, (version, body) in acknowledged.items():
                    assert name in items, f"seed {SEED}, kill {kill}: {name} is lost"
                    found = int(items[name]["metadata"]["resourceVersion"])
                    assert found >= version, f"seed {SEED}, kill {kill}: {name} went back to {found} from {version}"
                    if found == version:
                        assert items[name]["data"] == body["data"], f"seed {SEED}, kill {kill}: {name} has other data"
                pairs = tutorial.bindings(cluster)
                for claim, volume in known_pairs.items():
                    assert pairs.get(claim) == volume, f"seed {SEED}, kill {kill}: {claim} lost its volume"
                known_pairs = pairs
        finally:
            load.stop.set()
            for worker in workers:
                worker.result()
    cluster.eventually(lambda: len(tutorial.bindings(cluster)) == min(6, (kills + 15) // 16))
    assert len(load.acknowledged) > 50, "the load was too small to prove anything"
