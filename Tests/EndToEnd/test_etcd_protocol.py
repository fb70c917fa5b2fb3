"""What no proper client sends: each gets a proper error, memory stays bounded, and other clients notice nothing."""

import http.client
import json
import re
import socket
import struct
import time

import pytest

from cluster import UnixConnection
from etcd_tools import pure_etcd
from grpc_wire import (CONTINUATION, DATA, GOAWAY, HEADERS, PING, PREFACE, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS,
                       WINDOW_UPDATE, Client, field, frame, is_cut_off, message)

RANGE, PUT, WATCH = "/etcdserverpb.KV/Range", "/etcdserverpb.KV/Put", "/etcdserverpb.Watch/Watch"
LOCK = "/v3lockpb.Lock/Lock"
ONE_KEY = field(1, "k")
# Codes of gRPC.
CANCELLED, INVALID, DEADLINE, EXHAUSTED, UNIMPLEMENTED, INTERNAL = 1, 3, 4, 8, 12, 13


@pytest.fixture(scope="module")
def server():
    with pure_etcd() as cluster:
        with Client(cluster.socket) as client:
            assert client.call(PUT, field(1, "k") + field(2, "v")).status == 0
        yield cluster


@pytest.fixture(autouse=True)
def bystander(server):
    """Another client, connected before, during and after each test."""
    with Client(server.socket) as client:
        assert client.call(RANGE, ONE_KEY).status == 0
        yield client
        answer = client.call(RANGE, ONE_KEY)
        assert (answer.status, len(answer.messages)) == (0, 1), "another client is harmed"


def resident(server):
    """MiB."""
    text = open(f"/proc/{server.berthd.pid}/status").read()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) / 1024


# --- what HTTP/2 allows and few clients do

@pytest.mark.parametrize("window", [1, 100, 16_384, 65_535])
def test_small_windows(server, bystander, window):
    value = b"w" * (200 if window == 1 else 200_000)
    assert bystander.call(PUT, field(1, "window") + field(2, value)).status == 0
    with Client(server.socket, window=window) as client:
        for _ in range(3):
            answer = client.call(RANGE, field(1, "window"))
            assert answer.status == 0 and value in answer.messages[0]
        # Long answers share the connection's window, and all arrive.
        streams = [client.open(RANGE) for _ in range(8)]
        for stream in streams:
            client.send(stream, message(field(1, "window")), ends=True)
        for stream in streams:
            answer = client.wait(stream)
            assert answer.status == 0 and value in answer.messages[0]


def test_a_window_that_grows_while_answers_wait(server, bystander):
    """SETTINGS_INITIAL_WINDOW_SIZE changes the windows of streams that are open."""
    assert bystander.call(PUT, field(1, "window") + field(2, b"w" * 200_000)).status == 0
    with Client(server.socket, window=0) as client:
        stream = client.open(RANGE)
        client.send(stream, message(field(1, "window")), ends=True)
        client.raw(frame(PING, 0, 0, b"12345678"))
        client.h2.update_settings({4: 100_000})
        client.flush()
        client.wait_for(lambda: len(client.answers[stream].data) == 65_535)
        assert not client.answers[stream].ended
        client.h2.increment_flow_control_window(1 << 20)
        client.h2.increment_flow_control_window(1 << 20, stream)
        client.flush()
        answer = client.wait(stream)
        assert answer.status == 0 and b"w" * 200_000 in answer.messages[0]


@pytest.mark.parametrize("table", [0, 100, 4096, 65_536])
def test_clients_that_remember_other_numbers_of_header_fields(server, table):
    with Client(server.socket, table=table) as client:
        for _ in range(3):
            assert client.call(RANGE, ONE_KEY).status == 0
            assert client.call(PUT, b"").status == INVALID
            assert client.call("/nowhere", b"").status == UNIMPLEMENTED
        client.h2.update_settings({1: 0})
        client.flush()
        assert [client.call(RANGE, ONE_KEY).status for _ in range(3)] == [0, 0, 0]


def test_headers_in_pieces_with_padding_and_priority(server):
    body = message(ONE_KEY)
    with Client(server.socket) as client:
        stream = client.open(RANGE)  # h2 knows the stream; what it sent stays unanswered until the end
        client.send(stream, body, ends=True)
        assert client.wait(stream).status == 0
        other = stream + 2
        client.h2.get_next_available_stream_id()
        padded = b"\x03" + b"\0\0\0\0\x10" + BLOCK[:5] + b"\0\0\0"
        client.raw(frame(HEADERS, 0x28, other, padded))
        client.raw(b"".join(frame(CONTINUATION, 0, other, BLOCK[at:at + 7]) for at in range(5, len(BLOCK) - 7, 7)))
        client.raw(frame(CONTINUATION, 4, other, BLOCK[5 + len(range(5, len(BLOCK) - 7, 7)) * 7:]))
        client.raw(frame(DATA, 8, other, b"\x05" + body[:3] + b"\0" * 5))
        client.raw(frame(DATA, 9, other, b"\0" + body[3:]))
        seen, deadline = b"", time.monotonic() + 10
        while b"grpc-status" not in seen and frame(HEADERS, 5, other, b"\xbe") not in seen:
            assert time.monotonic() < deadline
            seen += client.socket.recv(1 << 16)


# --- calls that are wrong

def test_a_method_that_is_not_there(server):
    with Client(server.socket) as client:
        answer = client.call("/etcdserverpb.KV/Renge", ONE_KEY)
        assert (answer.status, answer.text) == (UNIMPLEMENTED, "unknown method Renge for service etcdserverpb.KV")
        assert client.call("/nowhere", b"").status == UNIMPLEMENTED
        assert client.call("/a/b/c", b"").status == UNIMPLEMENTED
        assert client.call(RANGE, ONE_KEY).status == 0, "the connection lives on"


def test_not_grpc(server):
    with Client(server.socket) as client:
        assert client.wait(client.open(RANGE, method="GET", ends=True)).status == "HTTP 405"
        assert client.wait(client.open(RANGE, content_type="text/html", ends=True)).status == "HTTP 415"
        assert client.wait(client.open(RANGE, content_type=None, ends=True)).status == "HTTP 415"


@pytest.mark.parametrize("body, code", [
    (b"", INTERNAL), (b"\0", INTERNAL), (message(ONE_KEY)[:-1], INTERNAL), (message(ONE_KEY, length=100), INTERNAL),
    (message(b"", length=1 << 31), EXHAUSTED), (message(b"", length=3 << 20), EXHAUSTED),
    (message(ONE_KEY, compressed=1), UNIMPLEMENTED), (message(ONE_KEY, compressed=255), UNIMPLEMENTED),
    (message(ONE_KEY) * 2, INTERNAL), (message(b"\x0a\xff\xff\xff\xff\x0f"), INTERNAL), (message(b"\x0b"), INTERNAL),
    (message(b""), INVALID)])
def test_bodies_that_are_no_request(server, body, code):
    with Client(server.socket) as client:
        stream = client.open(RANGE)
        client.send(stream, body, ends=True)
        assert client.wait(stream).status == code
        # The same in the smallest pieces.
        stream = client.open(RANGE)
        for index in range(len(body)):
            if not client.answers[stream].ended:
                client.send(stream, body[index:index + 1])
        if not client.answers[stream].ended:
            try:
                client.send(stream, b"", ends=True)
            except Exception:  # the answer was faster
                pass
        assert client.wait(stream).status == code


def test_a_nesting_bomb(server):
    body = b""
    for _ in range(20_000):
        body = field(2, field(4, body)) if len(body) < 1_000_000 else body
    with Client(server.socket) as client:
        assert client.call("/etcdserverpb.KV/Txn", body).status == INTERNAL


def test_a_request_at_the_limit(server):
    with Client(server.socket) as client:
        assert client.call(PUT, field(1, "big") + field(2, b"x" * (1 << 20))).status == 0
        answer = client.call(PUT, field(1, "big") + field(2, b"x" * ((3 << 19) + 1)))
        assert (answer.status, answer.text) == (INVALID, "etcdserver: request is too large")


def test_half_closed_streams(server):
    with Client(server.socket) as client:
        stream = client.open(WATCH, ends=True)
        assert client.wait(stream).status == 0
        stream = client.open(WATCH)
        client.send(stream, message(field(1, field(1, "k"))), ends=True)
        assert client.wait(stream).status == 0
        stream = client.open(RANGE, ends=True)
        assert client.wait(stream).status == INTERNAL
        stream = client.open("/etcdserverpb.Lease/LeaseKeepAlive")
        client.send(stream, message(field(1, 12345)), ends=True)
        answer = client.wait(stream)
        assert answer.status == 0 and len(answer.messages) == 1


# --- deadlines and cancellation

def test_deadlines(server):
    with Client(server.socket) as client, Client(server.socket) as holder:
        for malformed in ("", "5", "1x", "-1S", "123456789S", "1.5S"):
            assert client.call(RANGE, ONE_KEY, ("grpc-timeout", malformed)).status == INTERNAL, malformed
        stream = client.open(WATCH, ("grpc-timeout", "50m"))
        client.send(stream, message(field(1, field(1, "k"))))
        answer = client.wait(stream)
        assert (answer.status, answer.text) == (DEADLINE, "context deadline exceeded")
        assert holder.call(LOCK, field(1, "deadline")).status == 0
        answer = client.call(LOCK, field(1, "deadline"), ("grpc-timeout", "100m"))
        assert answer.status == DEADLINE
        wait_for_queue(server, client, "deadline", 1)
        assert client.call(RANGE, ONE_KEY, ("grpc-timeout", "10S")).status == 0


def test_a_cancelled_lock_leaves_the_queue(server):
    with Client(server.socket) as client, Client(server.socket) as holder:
        assert holder.call(LOCK, field(1, "cancel")).status == 0
        stream = client.open(LOCK)
        client.send(stream, message(field(1, "cancel")), ends=True)
        wait_for_queue(server, holder, "cancel", 2)
        client.h2.reset_stream(stream, 8)
        client.flush()
        wait_for_queue(server, holder, "cancel", 1)
        with Client(server.socket) as gone:
            gone.send(gone.open(LOCK), message(field(1, "cancel")), ends=True)
            wait_for_queue(server, holder, "cancel", 2)
        wait_for_queue(server, holder, "cancel", 1)


def wait_for_queue(server, client, name, length):
    request = field(1, name + "/") + field(2, name + "0") + field(9, 1)

    def has_length():
        reply = client.call(RANGE, request).messages[0]
        behind_header = reply[2 + reply[1]:]  # nothing, or the field `count`
        return (behind_header[1] if behind_header else 0) == length
    server.eventually(has_length, what=f"{length} in the queue of {name}")


# --- frames that are wrong

def literal(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


BLOCK = b"\x83\x86" + b"\x04" + bytes([len(RANGE)]) + RANGE.encode() + b"\x01\x01x" + b"\x0f\x10\x10application/grpc"
BROKEN = {
    "garbage": b"\xff" * 1000,
    "a frame beyond the largest": frame(DATA, 0, 1, b"", length=(1 << 24) - 1),
    "a ping of 7 bytes": frame(PING, 0, 0, b"1234567"),
    "a ping on a stream": frame(PING, 0, 1, b"12345678"),
    "settings of 5 bytes": frame(SETTINGS, 0, 0, b"12345"),
    "settings on a stream": frame(SETTINGS, 0, 1, b""),
    "an acknowledgement with content": frame(SETTINGS, 1, 0, b"123456"),
    "a window above 2^31-1": frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 1 << 31)),
    "a largest frame of 1 byte": frame(SETTINGS, 0, 0, struct.pack(">HI", 5, 1)),
    "data on the connection": frame(DATA, 0, 0, b"x"),
    "data on a stream that is idle": frame(DATA, 0, 5, b"x"),
    "headers on the connection": frame(HEADERS, 5, 0, BLOCK),
    "headers on an even stream": frame(HEADERS, 5, 2, BLOCK),
    "headers that cannot be decoded": frame(HEADERS, 5, 1, b"\xff\xff\xff\xff\xff\xff\xff"),
    "an index beyond the table": frame(HEADERS, 5, 1, b"\xfe"),
    "something between the pieces of a header": frame(HEADERS, 0, 1, BLOCK) + frame(PING, 0, 0, b"12345678"),
    "a continuation of nothing": frame(CONTINUATION, 4, 1, BLOCK),
    "a pushed promise": frame(PUSH_PROMISE, 4, 1, b"\0\0\0\2" + BLOCK),
    "a reset of an idle stream": frame(RST_STREAM, 0, 7, b"\0\0\0\0"),
    "a reset of 3 bytes": frame(HEADERS, 4, 1, BLOCK) + frame(RST_STREAM, 0, 1, b"\0\0\0"),
    "a window update of 0": frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\0"),
    "a window that overflows": frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff") * 2,
    "padding longer than the frame": frame(HEADERS, 4, 1, BLOCK) + frame(DATA, 8, 1, b"\xffx"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_violations_of_http2_end_the_connection(server, what):
    assert is_cut_off(server.socket, BROKEN[what]), what


def test_a_violation_of_one_stream_is_answered_there(server):
    with Client(server.socket) as client:
        client.raw(frame(PRIORITY, 0, 1, b"\0\0\0\0\x10"))  # allowed, and of no effect
        assert client.call(RANGE, ONE_KEY).status == 0
        stream = client.open(RANGE)
        client.send(stream, message(ONE_KEY), ends=True)
        client.raw(frame(DATA, 0, stream, b"after the end"))
        client.wait(stream)
    with Client(server.socket) as client:
        client.raw(frame(11, 0, 0, b"a frame of a kind that nobody knows is ignored"))
        assert client.call(RANGE, ONE_KEY).status == 0


def test_huge_headers(server):
    before = resident(server)
    big = literal(b"x", b"y" * 100) * 40
    endless = frame(HEADERS, 0, 1, BLOCK) + frame(CONTINUATION, 0, 1, big) * 5000
    assert is_cut_off(server.socket, endless)
    many = frame(HEADERS, 5, 1, BLOCK + literal(b"x", b"y" * 100) * 150)
    assert is_cut_off(server.socket, frame(HEADERS, 1, 1, BLOCK) + frame(CONTINUATION, 4, 1, big * 4) + many)
    # A small block that unpacks to a large one.
    bomb = b"\x40\x01b" + b"\x7f\x81\x1f" + b"z" * 4096 + b"\xbe" * 10_000
    is_cut_off(server.socket, frame(HEADERS, 5, 1, BLOCK + bomb), seconds=2)
    assert resident(server) < before + 64


@pytest.mark.parametrize("count", range(1, len(PREFACE) + 1, 4))
def test_a_beginning_that_breaks_off(server, count):
    for tail in (b"", b"\0" * 40):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(server.socket))
            raw.sendall(PREFACE[:count] + tail)


def test_clients_that_leave_at_once(server):
    """The server reads the end of a connection while it still sets it up."""
    for _ in range(300):
        with socket.socket(socket.AF_UNIX) as raw:
            raw.connect(str(server.socket))
            raw.sendall(PREFACE + frame(SETTINGS, 0, 0) + frame(HEADERS, 4, 1, BLOCK))


# --- too much of everything

def test_ten_thousand_idle_streams(server, bystander):
    before = resident(server)
    with Client(server.socket) as client:
        # All at once, before the server's settings can be known: a client may assume that there is no limit.
        head = frame(HEADERS, 4, 1, b"\x83\x86" + b"\x44" + bytes([len(WATCH)]) + WATCH.encode() + b"\x41\x01x"
                     + b"\x5f\x10application/grpc")
        again = b"\x83\x86\xc0\xbf\xbe"
        client.raw(head + b"".join(frame(HEADERS, 4, 2 * index + 1, again) for index in range(1, 10_000)))
        client.raw(frame(PING, 0, 0, b"12345678"))
        deadline = time.monotonic() + 30
        seen = b""
        while frame(PING, 1, 0, b"12345678") not in seen:
            assert time.monotonic() < deadline
            seen += client.socket.recv(1 << 16)
        assert bystander.call(RANGE, ONE_KEY).status == 0
        grown = resident(server) - before
        assert grown < 100, f"{grown:.0f} MiB for 10,000 idle streams"


def test_streams_that_are_reset_at_once(server, bystander):
    """CVE-2023-44487."""
    again = b"".join(frame(HEADERS, 4, 2 * index + 1, BLOCK) + frame(RST_STREAM, 0, 2 * index + 1, b"\0\0\0\x08")
                     for index in range(30_000))
    before = resident(server)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(server.socket))
        raw.settimeout(30)
        try:
            raw.sendall(PREFACE + frame(SETTINGS, 0, 0) + again)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert bystander.call(RANGE, ONE_KEY).status == 0
    assert resident(server) < before + 64


def test_messages_that_never_get_whole(server):
    """Each stream may keep the beginning of one message, but a connection not without limit."""
    before = resident(server)
    with Client(server.socket) as client:
        piece = message(b"x" * 10_000, length=2 << 20)
        for index in range(200):
            stream = client.open(PUT)
            for part in [piece] + [b"x" * 16_000] * 60:
                if client.closed:
                    break
                client.send(stream, part)
            if client.closed:
                break
        assert client.closed or index == 199
    assert resident(server) < before + 150


def test_answers_that_nobody_reads(server, bystander):
    """A client that gives no window: what waits for it is bounded, and what goes beyond is refused."""
    value = field(2, b"v" * (1 << 20))
    for index in range(4):
        assert bystander.call(PUT, field(1, f"unread/{index}") + value).status == 0
    before = resident(server)
    everything = field(1, "unread/") + field(2, "unread0")
    with Client(server.socket, window=0) as client:
        streams = []
        for _ in range(200):
            streams.append(client.open(RANGE))
            client.send(streams[-1], message(everything), ends=True)
        client.wait_for(lambda: any(client.answers[s].ended for s in streams))
        refused = [client.answers[s] for s in streams if client.answers[s].ended]
        assert {answer.status for answer in refused} == {EXHAUSTED}
        client.wait(client.open(RANGE, ends=True))
        assert bystander.call(RANGE, ONE_KEY).status == 0
        assert resident(server) < before + 250


def test_a_watcher_that_does_not_read(server, bystander):
    with Client(server.socket, window=0) as client:
        stream = client.open(WATCH)
        client.send(stream, message(field(1, field(1, "noise"))))
        before = resident(server)
        for _ in range(100):
            assert bystander.call(PUT, field(1, "noise") + field(2, b"n" * (1 << 20))).status == 0
        grown = resident(server) - before
        assert grown < 200, f"{grown:.0f} MiB for a watcher that does not read"


def test_thousands_of_connections(server, bystander):
    clients = []
    try:
        for _ in range(2000):
            raw = socket.socket(socket.AF_UNIX)
            clients.append(raw)
            raw.connect(str(server.socket))
            raw.sendall(PREFACE + frame(SETTINGS, 0, 0))
        assert bystander.call(RANGE, ONE_KEY).status == 0
    finally:
        for raw in clients:
            raw.close()


# --- the gateway

def gateway(server, path, body, method="POST"):
    connection = UnixConnection(server.socket)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


@pytest.mark.parametrize("body", ["", "x", "[]", "null", '{"key": 1}', '{"key": "%%%"}', '{"kee": ""}', '{"key": "aw=="',
                                  '{"limit": "9223372036854775808"}', "[" * 10_000, '{"sort_order": "UP"}'])
def test_bodies_that_are_no_json_request(server, body):
    status, answer = gateway(server, "/v3/kv/range", body)
    assert status == 400 and answer["error"] and answer["code"] == INVALID, (status, answer)


def test_paths_and_methods_of_the_gateway(server):
    assert gateway(server, "/v3/kv/nothing", "{}")[0] == 404
    assert gateway(server, "/v4/kv/range", "{}")[0] == 404
    assert gateway(server, "/v3/kv/range", "", method="GET")[0] == 405
    assert gateway(server, "/v3/kv/put", json.dumps({"key": "aw==", "value": "A" * (4 << 20)}))[0] == 413


def test_web_pages_are_refused_over_tcp(server):
    def ask(headers):
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        try:
            connection.request("POST", "/v3/kv/range", '{"key": "aw=="}', headers)
            return connection.getresponse().status
        finally:
            connection.close()
    assert ask({}) == 200
    assert ask({"Host": "localhost"}) == 200
    assert ask({"Origin": "http://example.org"}) == 403
    assert ask({"Host": "evil.example.org:2379"}) == 403
