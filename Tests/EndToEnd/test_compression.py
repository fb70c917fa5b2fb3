"""Long answers are compressed for clients that accept it; what they hold is the same, and watches never are."""

import gzip
import json
import subprocess

import pytest

from cluster import UnixConnection

CONFIGMAPS = "/api/v1/namespaces/default/configmaps"
ROWS = 700  # several pages of a streamed list


@pytest.fixture
def full(berthd):
    for index in range(ROWS):
        berthd.ask("POST", CONFIGMAPS, {"metadata": {"name": f"c{index:04}"}, "data": {"a": f"{index} " * 200}})
    return berthd


def get(berthd, path, method="GET", body=None, **headers):
    connection = UnixConnection(berthd.run / "api.sock")
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, json.dumps(body) if body else None, fields)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.headers, answer


def test_long_lists(full):
    plain_head, plain = get(full, CONFIGMAPS)
    assert plain_head["Content-Encoding"] is None and len(json.loads(plain)["items"]) == ROWS
    head, body = get(full, CONFIGMAPS, Accept_Encoding="deflate, gzip")
    assert head["Content-Encoding"] == "gzip" and head["Vary"] == "Accept-Encoding"
    assert len(body) < len(plain) / 4
    assert gzip.decompress(body) == plain
    # What is not streamed: another representation.
    table = "application/json;as=Table;g=meta.k8s.io;v=v1"
    _, plain = get(full, CONFIGMAPS, Accept=table)
    head, body = get(full, CONFIGMAPS, Accept=table, Accept_Encoding="gzip")
    assert head["Content-Encoding"] == "gzip"
    told, expected = json.loads(gzip.decompress(body)), json.loads(plain)
    for row in told["rows"] + expected["rows"]:
        row["cells"].pop()  # the age: a second may have passed between the two
    assert told == expected and len(told["rows"]) == ROWS


def test_what_is_not_compressed(full):
    for path, accept in [(f"{CONFIGMAPS}/c0001", "gzip"), (f"{CONFIGMAPS}?limit=3", "gzip"), (CONFIGMAPS, "identity"),
                         (CONFIGMAPS, "gzip;q=0.5"), (CONFIGMAPS, "*")]:
        head, body = get(full, path, Accept_Encoding=accept)
        assert head["Content-Encoding"] is None and json.loads(body), path
    head, body = get(full, f"{CONFIGMAPS}?watch=1&timeoutSeconds=5&resourceVersion=0", Accept_Encoding="gzip")
    assert head["Content-Encoding"] is None and body.count(b"ADDED") >= ROWS


def test_one_long_object(berthd):
    body = {"metadata": {"name": "long"}, "data": {"a": "y" * 200_000}}
    head, answer = get(berthd, CONFIGMAPS, "POST", body, Content_Type="application/json", Accept_Encoding="gzip")
    assert head["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer))["data"] == body["data"]


def test_over_http2(full):
    done = subprocess.run(
        ["curl", "-sS", "--http2-prior-knowledge", "--compressed", "--unix-socket", full.run / "api.sock",
         "-A", "test", "-D", "-", f"http://localhost{CONFIGMAPS}"], capture_output=True, text=True, timeout=60)
    head, _, body = done.stdout.partition("\n\n")
    assert "HTTP/2 200" in head and "content-encoding: gzip" in head.lower(), done
    assert len(json.loads(body)["items"]) == ROWS
