"""Clients that mean harm, or could not do more if they did: whatever they keep open, leave unread or ask in numbers
that no reviewer thought of, memory stays bounded, other clients notice nothing and the daemon lives on."""

import base64
import json
import socket
import time

import pytest

from grpc_wire import HEADERS, PREFACE, SETTINGS, Client, field, frame, message
from test_etcd_protocol import (BLOCK, EXHAUSTED, INTERNAL, INVALID, LOCK, ONE_KEY, PUT, RANGE, WATCH, bystander,  # noqa: F401
                                gateway, literal, resident, server)

HEALTH = "/grpc.health.v1.Health/Watch"
GRANT, KEEP_ALIVE = "/etcdserverpb.Lease/LeaseGrant", "/etcdserverpb.Lease/LeaseKeepAlive"
MOST = (1 << 63) - 1


# --- numbers

@pytest.mark.parametrize("limit", [0, 1, MOST - 1, MOST])
@pytest.mark.parametrize("target", range(5))
def test_the_largest_limits(server, limit, target):
    """One more than the most is not a number."""
    body = ONE_KEY + (field(3, limit) if limit else b"") + (field(6, target) if target else b"")
    with Client(server.socket) as client:
        for order in range(3):
            answer = client.call(RANGE, body + (field(5, order) if order else b""))
            assert (answer.status, len(answer.messages)) == (0, 1), (limit, target, order)
        assert client.call("/etcdserverpb.KV/Txn", field(2, field(1, body))).status == 0


def test_the_longest_lease(server):
    """285 years from now is later than 64 bits of nanoseconds reach."""
    with Client(server.socket) as client:
        assert client.call(GRANT, field(1, 9_000_000_000) + field(2, 4711)).status == 0
        stream = client.open(KEEP_ALIVE)
        client.send(stream, message(field(1, 4711)), ends=True)
        assert field(3, 9_000_000_000) in client.wait(stream).messages[0]
        answer = client.call("/etcdserverpb.Lease/LeaseTimeToLive", field(1, 4711))
        assert answer.status == 0 and field(4, 9_000_000_000) in answer.messages[0]
        assert client.call(GRANT, field(1, 9_000_000_001)).status == 11
        assert client.call("/etcdserverpb.Lease/LeaseRevoke", field(1, 4711)).status == 0


@pytest.mark.parametrize("number", [5, 6])
def test_sort_options_that_nobody_knows(server, number):
    with Client(server.socket) as client:
        answer = client.call(RANGE, ONE_KEY + field(number, 9))
        assert (answer.status, answer.text) == (INVALID, "etcdserver: invalid sort option")


def test_watches_that_cannot_be(server):
    with Client(server.socket) as client:
        stream = client.open(WATCH)
        for create in (field(1, "k") + field(7, 5), field(1, "k") + field(7, 5), field(1, "k") + field(2, "a")):
            client.send(stream, message(field(1, create)))
        client.wait_for(lambda: len(client.answers[stream].messages) == 3)
        _, duplicate, empty = client.answers[stream].messages
        nothing = b"\x10" + b"\xff" * 9 + b"\x01"  # watch_id -1
        assert nothing in duplicate and b"mvcc: duplicate watch ID provided on the WatchStream" in duplicate
        assert nothing in empty and b"mvcc: watcher range is empty" in empty


# --- what is not whole

def test_reads_that_end_inside_a_frame(server, bystander):
    """What has been read is forgotten, also where a buffer is never quite empty."""
    piece = frame(0x42, 0, 0, b"x" * 16_375)
    before = resident(server)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(server.socket))
        raw.sendall(PREFACE + frame(SETTINGS, 0, 0) + piece[:1])
        again = piece[1:] + piece[:1]
        for _ in range(8_000):
            raw.sendall(again)
        assert resident(server) < before + 48
        assert bystander.call(RANGE, ONE_KEY).status == 0


def test_data_that_ends_inside_a_message(server):
    before = resident(server)
    # Takes away a watch that is not there: no answer.
    one = message(field(2, field(1, 999)) + field(15, b"x" * 9_000))
    with Client(server.socket) as client:
        stream = client.open(WATCH)
        client.send(stream, one * 3_000)
        assert resident(server) < before + 24
        assert client.call(RANGE, ONE_KEY).status == 0


def test_whole_requests_that_do_not_end(server):
    before = resident(server)
    with Client(server.socket) as client:
        for _ in range(200):
            client.send(client.open(PUT), message(b"x" * 900_000))
            if client.closed:
                break
        assert client.closed, "180 MB of requests are kept for one client"
    assert resident(server) < before + 150


def test_small_requests_that_do_not_end(server):
    """Each is a few bytes of a read of 64 KiB, which must not be kept for them."""
    before = resident(server)
    with Client(server.socket) as client:
        streams = [client.open(RANGE) for _ in range(2_000)]
        padding = frame(0x42, 0, 0, b"x" * 16_000) * 3
        for stream in streams:
            client.raw(padding)
            client.send(stream, message(ONE_KEY))
        assert resident(server) < before + 60
        client.send(streams[0], b"", ends=True)
        assert client.wait(streams[0]).status == 0


@pytest.mark.parametrize("path", [HEALTH, LOCK, "/v3electionpb.Election/Observe"])
def test_a_second_request(server, path):
    with Client(server.socket) as client:
        stream = client.open(path)
        client.send(stream, message(field(1, "second")) * 2)
        assert client.wait(stream).status == INTERNAL
        assert client.wait(client.open(path, ends=True)).status == INTERNAL
        assert client.call(RANGE, ONE_KEY).status == 0


def test_calls_that_are_opened_a_hundred_thousand_times_over_one_stream(server):
    """Each message would start a call that nobody ends."""
    before = resident(server)
    for _ in range(20):
        with Client(server.socket) as client:
            stream = client.open(HEALTH)
            client.send(stream, message(b"") * 5_000)
            client.wait(stream)
    assert resident(server) < before + 30


# --- what is not read

def never_read(server, data):
    """Sends for as long as the server takes it. True if it ended the connection."""
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(20)
        raw.connect(str(server.socket))
        try:
            raw.sendall(PREFACE + frame(SETTINGS, 0, 0))
            for piece in data:
                raw.sendall(piece)
        except (BrokenPipeError, ConnectionResetError):
            return True
        except TimeoutError:
            return False
    return False


def test_refusals_that_nobody_reads(server, bystander):
    before = resident(server)
    block = b"\x82" + BLOCK[1:]  # GET
    calls = (b"".join(frame(HEADERS, 5, 2 * number + 1, block) for number in range(start, start + 1_000))
             for start in range(0, 400_000, 1_000))
    assert never_read(server, calls)
    assert resident(server) < before + 100
    assert bystander.call(RANGE, ONE_KEY).status == 0


def test_requests_that_end_when_nobody_reads(server, bystander):
    assert bystander.call(PUT, field(1, "unread") + field(2, b"v" * 400_000)).status == 0
    before = resident(server)
    with Client(server.socket, window=0) as client:
        streams = [client.open(RANGE) for _ in range(1_500)]
        for stream in streams:
            client.send(stream, message(field(1, "unread")))
        for stream in streams:
            client.send(stream, b"", ends=True)
        client.wait_for(lambda: any(client.answers[stream].ended for stream in streams))
        assert {client.answers[s].status for s in streams if client.answers[s].ended} == {EXHAUSTED}
        assert bystander.call(RANGE, ONE_KEY).status == 0
        assert resident(server) < before + 250


def test_streams_of_questions_when_nobody_reads(server, bystander):
    """Reflection answers a short question with kilobytes."""
    before = resident(server)
    question = message(field(4, "etcdserverpb.KV"))
    with Client(server.socket, window=0) as client:
        stream = client.open("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
        for _ in range(600):
            client.send(stream, question * 500)
            if client.answers[stream].ended or client.closed:
                break
        client.wait_for(lambda: client.answers[stream].ended)
        assert bystander.call(RANGE, ONE_KEY).status == 0
        assert resident(server) < before + 250


def test_a_client_that_opens_the_connections_window_by_a_byte_at_a_time(server, bystander):
    """Each time the streams that wait would all be looked at."""
    with Client(server.socket, window=1 << 20) as client:
        client.gives_window = False
        assert client.call(PUT, field(1, "waits") + field(2, b"w" * 100)).status == 0
        for _ in range(8_000):
            client.send(client.open(RANGE), message(field(1, "waits")), ends=True)
        start = time.monotonic()
        client.raw(frame(8, 0, 0, b"\0\0\0\1") * 60_000)
        assert bystander.call(RANGE, ONE_KEY).status == 0
        assert time.monotonic() - start < 15


# --- what is no request

MALFORMED = {
    "an upper-case name": literal(b"Upper", b"x"),
    "a pseudo-field behind others": literal(b"x", b"y") + literal(b":authority", b"localhost"),
    "an unknown pseudo-field": literal(b":nothing", b"x"),
    "a method twice": literal(b":method", b"POST"),
    "a field of the connection": literal(b"connection", b"close"),
    "other encodings of the transfer": literal(b"te", b"gzip"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_headers(server, what):
    with Client(server.socket) as client:
        stream = client.open(RANGE)
        client.send(stream, message(ONE_KEY), ends=True)
        assert client.wait(stream).status == 0
        other = client.h2.get_next_available_stream_id()
        client.answers[other] = client.answers[stream].__class__()
        client.h2.send_headers(other, [(":method", "POST")])
        client.h2.data_to_send()
        bad = MALFORMED[what]
        block = bad + BLOCK if bad.startswith(b"\0\x08:nothing") or bad.startswith(b"\0\x07:method") else BLOCK + bad
        client.raw(frame(HEADERS, 5, other, block))
        client.wait_for(lambda: client.answers[other].ended)
        assert client.answers[other].reset == 1, what
        assert client.call(RANGE, ONE_KEY).status == 0


def test_a_type_that_only_begins_like_grpc(server):
    with Client(server.socket) as client:
        assert client.wait(client.open(RANGE, content_type="application/grpcfoo", ends=True)).status == "HTTP 415"
        assert client.wait(client.open(RANGE, content_type="application/grpc-web", ends=True)).status == "HTTP 415"
        assert client.call(RANGE, ONE_KEY, ("grpc-timeout", "+5S")).status == INTERNAL
        stream = client.open(RANGE, content_type="application/grpc+proto")
        client.send(stream, message(ONE_KEY), ends=True)
        assert client.wait(stream).status == 0


def test_a_path_that_is_longer_than_its_answer_may_be(server):
    with Client(server.socket) as client:
        answer = client.call("/etcdserverpb.KV/" + "ä" * 3_000, ONE_KEY)
        assert answer.status == 12 and len(answer.text) < 14_000
        assert client.call(RANGE, ONE_KEY).status == 0


def test_a_client_that_does_not_go_on_after_its_first_words(server):
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(40)
        raw.connect(str(server.socket))
        raw.sendall(PREFACE[:20])
        while raw.recv(1 << 16):
            pass


# --- the gateway

def test_a_lock_is_one_answer_and_no_stream(server):
    name = base64.b64encode(b"by-gateway").decode()
    status, answer = gateway(server, "/v3/lock/lock", json.dumps({"name": name}))
    assert status == 200 and base64.b64decode(answer["key"]).startswith(b"by-gateway/"), answer
    assert gateway(server, "/v3/lock/unlock", json.dumps({"key": answer["key"]}))[0] == 200


def test_a_transaction_of_a_million_nothings(server, bystander):
    status, answer = gateway(server, "/v3/kv/txn", '{"success":[' + ",".join(["{}"] * 1_000_000) + "]}")
    assert (status, answer["message"]) == (400, "etcdserver: too many operations in txn request"), answer
    assert bystander.call(RANGE, ONE_KEY).status == 0
