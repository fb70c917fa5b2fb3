"""The name server, asked by dig and by dnspython: every kind of record, what is refused, sizes, changes, damage."""

import os
import random
import socket
import subprocess
import time

import dns.edns
import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.reversename
import pytest

from cluster import Cluster

BASE = "default.svc.cluster.local."


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams, socket.socket() as streams:
        datagrams.bind(("127.0.0.1", 0))
        port = datagrams.getsockname()[1]
        streams.bind(("127.0.0.1", port))
        return port


class Names:
    """A control plane with names, and how to ask it."""

    def __init__(self, cluster, port):
        self.cluster, self.port = cluster, port

    def ask(self, name, kind, tcp=False, **how):
        query = dns.message.make_query(name, kind, **how)
        send = dns.query.tcp if tcp else dns.query.udp
        return send(query, "127.0.0.1", port=self.port, timeout=5)

    def texts(self, name, kind, **how):
        """The data of the answer's records, sorted."""
        answer = self.ask(name, kind, **how)
        assert answer.flags & dns.flags.AA
        return sorted(record.to_text() for rrset in answer.answer for record in rrset)

    def dig(self, *words):
        done = subprocess.run(["dig", "@127.0.0.1", "-p", str(self.port), "+tries=1", "+time=5", *words],
                              capture_output=True, text=True, timeout=20)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def create(self, kind, body):
        return self.cluster.ask("POST", f"/api/v1/namespaces/default/{kind}", body)

    def service(self, name, **spec):
        return self.create("services", {"metadata": {"name": name}, "spec": spec})

    def pod(self, name, address, host=None, subdomain=None, ready=True):
        spec = {"containers": [{"name": "c", "image": "x"}]}
        if host:
            spec.update(hostname=host, subdomain=subdomain)
        self.create("pods", {"metadata": {"name": name, "labels": {"app": "nginx"}}, "spec": spec})
        self.pod_status(name, address, ready)

    def pod_status(self, name, address, ready=True):
        self.cluster.ask(
            "PATCH", f"/api/v1/namespaces/default/pods/{name}/status",
            {"status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}],
                        "conditions": [{"type": "Ready", "status": str(ready)}]}},
            content_type="application/merge-patch+json")

    def eventually(self, what, condition):
        def asked():
            try:
                return condition()
            except dns.exception.Timeout:
                return False
        return self.cluster.eventually(asked, seconds=30, what=what)


@pytest.fixture
def names():
    port = free_port()
    cluster = Cluster()
    try:
        cluster.start_berthd("--dns-listen", f"127.0.0.1:{port}")
        yield filled(Names(cluster, port))
    finally:
        cluster.close()


def filled(names):
    ports = [{"name": "web", "port": 80, "targetPort": 8080}]
    names.service("nginx", clusterIP="None", selector={"app": "nginx"}, ports=ports)
    names.service("db", selector={"app": "db"}, ports=ports)
    names.service("out", type="ExternalName", externalName="db.example.com")
    names.pod("web-0", "10.89.0.2", "web-0", "nginx")
    names.pod("web-1", "10.89.0.3", "web-1", "nginx", ready=False)
    names.pod("stray", "10.89.0.4")
    names.eventually("two pods are ready", lambda: len(names.texts(f"nginx.{BASE}", "A")) == 2)
    return names


def test_every_kind_of_record(names):
    assert names.texts(f"web-0.nginx.{BASE}", "A") == ["10.89.0.2"]
    assert names.texts(f"nginx.{BASE}", "A") == ["10.89.0.2", "10.89.0.4"]
    assert names.texts(f"10-89-0-4.nginx.{BASE}", "A") == ["10.89.0.4"]
    assert names.texts("10-89-0-3.default.pod.cluster.local.", "A") == ["10.89.0.3"]
    address = names.cluster.named("services", "db")["spec"]["clusterIP"]
    assert names.texts(f"db.{BASE}", "A") == [address]
    assert names.texts(f"out.{BASE}", "A") == ["db.example.com."]
    assert names.texts(f"_web._tcp.db.{BASE}", "SRV") == [f"0 100 80 db.{BASE}"]
    assert names.texts(f"_web._tcp.nginx.{BASE}", "SRV") == [
        f"0 100 8080 10-89-0-4.nginx.{BASE}", f"0 100 8080 web-0.nginx.{BASE}"]
    assert names.texts(dns.reversename.from_address("10.89.0.2"), "PTR") == [f"web-0.nginx.{BASE}"]
    assert names.texts(dns.reversename.from_address(address), "PTR") == [f"db.{BASE}"]
    assert names.texts("dns-version.cluster.local.", "TXT") == ['"1.1.0"']
    assert names.texts("cluster.local.", "NS") == ["ns.dns.cluster.local."]
    assert names.texts("ns.dns.cluster.local.", "A") == ["127.0.0.1"]


def test_the_second_address_family(names):
    names.cluster.ask("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
        "metadata": {"name": "six", "labels": {"kubernetes.io/service-name": "nginx"}}, "addressType": "IPv6",
        "endpoints": [{"addresses": ["fd00::2"], "hostname": "web-0"}], "ports": []})
    names.eventually("AAAA", lambda: names.texts(f"web-0.nginx.{BASE}", "AAAA") == ["fd00::2"])
    assert names.texts(f"web-0.nginx.{BASE}", "A") == ["10.89.0.2"]


def test_negative_answers_have_the_soa(names):
    for name, kind, code in [
        (f"web-1.nginx.{BASE}", "A", dns.rcode.NXDOMAIN), (f"no.{BASE}", "A", dns.rcode.NXDOMAIN),
        (f"web-0.nginx.{BASE}", "AAAA", dns.rcode.NOERROR), (BASE, "A", dns.rcode.NOERROR),
    ]:
        answer = names.ask(name, kind)
        assert answer.rcode() == code and not answer.answer and answer.flags & dns.flags.AA
        [soa] = answer.authority
        assert soa.rdtype == dns.rdatatype.SOA and soa.ttl <= 5 and soa[0].minimum <= 5


def test_other_names_are_refused(names):
    for name in ["example.com.", "local.", ".", "4.3.2.1.in-addr.arpa."]:
        answer = names.ask(name, "A")
        assert answer.rcode() == dns.rcode.REFUSED and not answer.answer and not answer.flags & dns.flags.AA


def test_what_dig_says(names):
    text = names.dig("+short", f"web-0.nginx.{BASE}")
    assert text.split() == ["10.89.0.2"]
    assert "status: NXDOMAIN" in names.dig(f"web-1.nginx.{BASE}")
    assert "status: REFUSED" in names.dig("example.com")
    assert names.dig("+short", "-x", "10.89.0.2").split() == [f"web-0.nginx.{BASE}"]
    assert f"80 db.{BASE}" in names.dig("+short", f"_web._tcp.db.{BASE}", "SRV")
    mixed = names.dig(f"WeB-0.NGINX.{BASE}")
    assert f"WeB-0.NGINX.{BASE}" in mixed.split("ANSWER SECTION")[1]
    for words in (["+tcp"], ["+noedns"], ["+bufsize=4096"], ["+dnssec"], ["+cookie"], ["+keepopen", "+tcp"]):
        assert "status: NOERROR" in names.dig(*words, f"nginx.{BASE}"), words
    assert "status: BADVERS" in names.dig("+edns=1", "+noednsneg", f"nginx.{BASE}")
    # Nothing that dig would complain about.
    text = names.dig("+noquestion", f"_web._tcp.nginx.{BASE}", "SRV")
    for word in ("malformed", "Got bad packet", "extra bytes", "mismatch"):
        assert word not in text


def test_long_answers_are_cut_and_whole_over_tcp(names):
    names.cluster.ask("POST", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
        "metadata": {"name": "many", "labels": {"kubernetes.io/service-name": "nginx"}}, "addressType": "IPv4",
        "endpoints": [{"addresses": [f"10.89.{i // 200 + 1}.{i % 200}"]} for i in range(500)], "ports": []})
    names.eventually("500 more", lambda: len(names.texts(f"nginx.{BASE}", "A", tcp=True)) == 502)
    for how, limit in [({}, 512), ({"use_edns": 0, "payload": 4096}, 1232), ({"use_edns": 0, "payload": 700}, 700)]:
        answer = names.ask(f"nginx.{BASE}", "A", **how)
        assert answer.flags & dns.flags.TC and len(answer.to_wire()) <= limit
    # dig asks again over TCP by itself.
    assert len(names.dig("+short", f"nginx.{BASE}").split()) == 502


def test_names_follow_addresses_and_readiness(names):
    names.pod_status("web-1", "10.89.0.3")
    names.eventually("web-1 is ready", lambda: names.texts(f"web-1.nginx.{BASE}", "A") == ["10.89.0.3"])
    names.pod_status("web-1", "10.89.0.33")
    names.eventually("web-1 has moved", lambda: names.texts(f"web-1.nginx.{BASE}", "A") == ["10.89.0.33"])
    assert names.texts(dns.reversename.from_address("10.89.0.3"), "PTR") == []
    names.cluster.ask("PATCH", "/api/v1/namespaces/default/services/nginx",
                      {"spec": {"publishNotReadyAddresses": True}}, content_type="application/merge-patch+json")
    names.pod_status("web-1", "10.89.0.33", ready=False)
    names.eventually("not ready, but published",
                     lambda: names.texts(f"web-1.nginx.{BASE}", "A") == ["10.89.0.33"])
    names.cluster.ask("DELETE", "/api/v1/namespaces/default/pods/web-1?gracePeriodSeconds=0")
    names.eventually("web-1 is gone", lambda: names.texts(f"web-1.nginx.{BASE}", "A") == [])
    names.cluster.ask("DELETE", "/api/v1/namespaces/default/services/nginx")
    names.eventually("the service is gone", lambda: names.texts(f"nginx.{BASE}", "A") == [])


def test_names_are_there_again_after_a_kill(names):
    names.cluster.kill_berthd()
    names.cluster.start_berthd("--dns-listen", f"127.0.0.1:{names.port}")
    assert names.texts(f"web-0.nginx.{BASE}", "A") == ["10.89.0.2"]


def test_damaged_packets_over_the_socket(names):
    """The codec's own million is a unit test; these go through the kernel, and the server answers afterwards."""
    seed = random.Random(7)
    good = dns.message.make_query(f"web-0.nginx.{BASE}", "A", use_edns=0).to_wire()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(("127.0.0.1", names.port))
        sock.settimeout(0.001)
        for number in range(int(os.environ.get("BERTH_DNS_PACKETS", 3000))):
            packet = bytearray(good if number % 2 else seed.randbytes(seed.randrange(0, 200)))
            for _ in range(seed.randrange(1, 4)):
                if packet:
                    packet[seed.randrange(len(packet))] = seed.randrange(256)
            sock.send(bytes(packet))
            try:
                answer = sock.recv(65536)
            except TimeoutError:
                continue
            assert len(answer) >= 12 and answer[2] & 0x80
            if answer[2] & 0x78:
                # An operation that dnspython need not know: refused, with nothing in it.
                assert len(answer) == 12 and answer[3] & 15 == dns.rcode.NOTIMP
            else:
                dns.message.from_wire(answer, ignore_trailing=False)
    with socket.create_connection(("127.0.0.1", names.port), timeout=5) as stream:
        stream.sendall(b"\x00\x05hello")
        assert stream.recv(100) == b""
    with socket.create_connection(("127.0.0.1", names.port), timeout=5) as stream:
        # In pieces, and two in one.
        framed = len(good).to_bytes(2, "big") + good
        stream.sendall(framed[:7])
        time.sleep(0.05)
        stream.sendall(framed[7:] + framed)
        received = b""
        while len(received) < 2 or len(received) < 2 * (2 + int.from_bytes(received[:2], "big")):
            received += stream.recv(4096)
    assert names.texts(f"web-0.nginx.{BASE}", "A") == ["10.89.0.2"]


def test_metrics_and_names_of_hand_written_endpoints(names):
    names.service("by-hand", clusterIP="None", ports=[{"name": "sql", "port": 5432}])
    names.create("endpoints", {"metadata": {"name": "by-hand"}, "subsets": [
        {"addresses": [{"ip": "192.0.2.44", "hostname": "one"}], "ports": [{"name": "sql", "port": 5432}]}]})
    names.eventually("a name of a hand-written address",
                     lambda: names.texts("by-hand.default.svc.cluster.local.", "A") == ["192.0.2.44"])
    assert names.texts("one.by-hand.default.svc.cluster.local.", "A") == ["192.0.2.44"]
    assert names.texts("_sql._tcp.by-hand.default.svc.cluster.local.", "SRV") == [
        "0 100 5432 one.by-hand.default.svc.cluster.local."]

    def figures():
        text = names.cluster.get("/metrics")
        lines = [line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("berth_dns_")]
        return {name: int(value) for name, value in lines}

    before = figures()
    names.ask("nothing.default.svc.cluster.local.", "A")
    names.ask("www.example.com.", "A")
    names.ask("by-hand.default.svc.cluster.local.", "A", tcp=True)
    after = figures()
    grown = {name[len("berth_dns_"):]: after[name] - before[name] for name in after if "_total" in name}
    assert {name: value for name, value in grown.items() if value} == {
        'requests_total{transport="udp"}': 2, 'requests_total{transport="tcp"}': 1,
        'responses_total{rcode="NOERROR"}': 1, 'responses_total{rcode="NXDOMAIN"}': 1,
        'responses_total{rcode="REFUSED"}': 1}
    assert after["berth_dns_dropped_total"] == 0 and after["berth_dns_services"] > 0


def test_an_address_that_cannot_be_had():
    """Asked for: refused. By default: logged, and everything else works."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        cluster = Cluster()
        try:
            cluster.start_berthd("--dns-listen", f"127.0.0.1:{taken.getsockname()[1]}", wait=False)
            assert cluster.berthd.wait(timeout=20) == 69
            assert "another name server is there" in cluster.log("berthd")
        finally:
            cluster.close()
