"""The TLS listener and HTTP/2: who is let in, as whom, and what the limits do."""

import http.client
import json
import os
import socket
import ssl
import stat
import subprocess
import time

import pytest
import yaml

from kubectl import KubeCluster


@pytest.fixture(scope="module")
def kube():
    cluster = KubeCluster()
    cluster.start_berthd("--grant", "system:serviceaccount:default:boss=admin,system:serviceaccounts:readers=read")
    yield cluster
    cluster.close()


def server(kube):
    config = yaml.safe_load(kube.kubeconfig.read_text())
    host, port = config["clusters"][0]["cluster"]["server"].removeprefix("https://").rsplit(":", 1)
    return host, int(port)


def trusting(kube, certificate=None):
    context = ssl.create_default_context(cafile=str(kube.directory / "store" / "keys" / "ca.crt"))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    if certificate:
        context.load_cert_chain(certificate)
    return context


def call(kube, method, path, context, token=None, body=None):
    connection = http.client.HTTPSConnection(*server(kube), context=context, timeout=20)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection.request(method, path, body=json.dumps(body) if body else None, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text)


def token_of(kube, namespace, name):
    kube.call("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
    kube.call("POST", f"/api/v1/namespaces/{namespace}/serviceaccounts", {"metadata": {"name": name}})
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token"
    return kube.ask("POST", path, {"kind": "TokenRequest", "apiVersion": "authentication.k8s.io/v1", "spec": {}})


def certificate(kube, tmp_path):
    credentials = kube.ask("POST", "/berth/v1/credentials", {})
    path = tmp_path / "client.pem"
    path.write_text(credentials["clientCertificate"] + credentials["clientKey"])
    return path, credentials


def test_keys_are_nobody_elses(kube):
    keys = kube.directory / "store" / "keys"
    assert {path.name for path in keys.iterdir()} >= {"ca.pem", "ca.crt", "server.pem"}
    for name in ("ca.pem", "server.pem"):
        assert stat.S_IMODE((keys / name).stat().st_mode) == 0o600
    assert stat.S_IMODE(kube.kubeconfig.stat().st_mode) == 0o600


def test_nobody_is_let_in_without_saying_who(kube):
    for path in ("/api/v1/pods", "/version", "/readyz"):
        code, answer = call(kube, "GET", path, trusting(kube))
        assert (code, answer["reason"]) == (401, "Unauthorized")
    assert call(kube, "GET", "/version", trusting(kube), token="nonsense")[0] == 401


def test_a_certificate_carries_the_caller_of_the_socket(kube, tmp_path):
    path, _ = certificate(kube, tmp_path)
    review = {"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"}
    code, answer = call(kube, "POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", trusting(kube, path), body=review)
    assert code == 201
    assert answer["status"]["userInfo"]["username"] == f"unix:{os.getuid()}"
    assert "berth" in answer["status"]["userInfo"]["groups"]
    assert call(kube, "GET", "/api/v1/secrets", trusting(kube, path))[0] == 200
    # They beget no others.
    assert call(kube, "POST", "/berth/v1/credentials", trusting(kube, path), body={})[0] == 403


def test_a_certificate_of_somebody_else_is_refused(kube, tmp_path):
    key, path = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", path, "-subj", "/O=berth/CN=root", "-days", "1"],
                   check=True, capture_output=True)
    both = tmp_path / "both.pem"
    both.write_text(path.read_text() + key.read_text())
    with pytest.raises((ssl.SSLError, ConnectionError, http.client.HTTPException)):
        call(kube, "GET", "/version", trusting(kube, both))


def test_a_users_token(kube):
    token = kube.ask("POST", "/berth/v1/credentials", {"token": True})["token"]
    assert call(kube, "GET", "/api/v1/secrets", trusting(kube), token)[0] == 200
    head, claims, signature = token.split(".")
    changed = f"{head}.{claims}.{'A' * len(signature)}"
    assert call(kube, "GET", "/api/v1/secrets", trusting(kube), changed)[0] == 401


def test_service_accounts_have_what_was_granted(kube):
    tls = trusting(kube)
    plain = token_of(kube, "default", "nobody")["status"]["token"]
    assert call(kube, "GET", "/api/v1/pods", tls, plain)[0] == 403
    assert call(kube, "GET", "/api", tls, plain)[0] == 200
    boss = token_of(kube, "default", "boss")["status"]["token"]
    assert call(kube, "GET", "/api/v1/secrets", tls, boss)[0] == 200
    reader = token_of(kube, "readers", "any")["status"]["token"]
    assert call(kube, "GET", "/api/v1/pods", tls, reader)[0] == 200
    assert call(kube, "GET", "/api/v1/secrets", tls, reader)[0] == 403
    assert call(kube, "DELETE", "/api/v1/namespaces/default/pods/x", tls, reader)[0] == 403


def test_token_requests_and_reviews(kube):
    answer = token_of(kube, "default", "reviewed")
    assert answer["kind"] == "TokenRequest" and answer["spec"]["audiences"] == ["https://kubernetes.default.svc"]
    review = {"kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "spec": {"token": answer["status"]["token"]}}
    status = kube.ask("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review)["status"]
    assert status["authenticated"] and status["user"]["username"] == "system:serviceaccount:default:reviewed"
    review["spec"]["audiences"] = ["other"]
    status = kube.ask("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review)["status"]
    assert not status.get("authenticated") and status["error"]
    path = "/api/v1/namespaces/default/serviceaccounts/reviewed/token"
    code, refused = kube.call("POST", path, {"spec": {"expirationSeconds": 10}})
    assert code == 422 and "may not specify a duration less than 10 minutes" in refused["message"]
    assert kube.call("POST", path.replace("reviewed", "missing"), {"spec": {}})[0] == 404


def test_a_token_ends_with_its_account(kube):
    token = token_of(kube, "default", "short")["status"]["token"]
    kube.ask("DELETE", "/api/v1/namespaces/default/serviceaccounts/short")
    # It had not been used before, so nothing is remembered of it.
    assert call(kube, "GET", "/api", trusting(kube), token)[0] == 401


def test_reviews_of_others(kube):
    def may(user, groups, verb, resource):
        body = {"kind": "SubjectAccessReview", "apiVersion": "authorization.k8s.io/v1", "spec": {
            "user": user, "groups": groups, "resourceAttributes": {"verb": verb, "resource": resource}}}
        return kube.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", body)["status"]["allowed"]
    assert may("unix:0", [], "delete", "pods")
    assert may("alice", ["berth"], "delete", "pods")
    assert not may("alice", [], "get", "pods")
    assert may("system:serviceaccount:readers:x", ["system:serviceaccounts:readers"], "get", "pods")
    assert not may("system:serviceaccount:readers:x", ["system:serviceaccounts:readers"], "get", "secrets")


def test_certificates_survive_a_restart(kube, tmp_path):
    path, _ = certificate(kube, tmp_path)
    token = token_of(kube, "default", "boss")["status"]["token"]
    kube.kill_berthd()
    kube.start_berthd("--grant", "system:serviceaccount:default:boss=admin,system:serviceaccounts:readers=read")
    assert call(kube, "GET", "/api/v1/secrets", trusting(kube, path))[0] == 200
    assert call(kube, "GET", "/api/v1/secrets", trusting(kube), token)[0] == 200


def test_without_a_listener_the_error_says_what_to_do(berthd):
    done = berthd.berth("kubeconfig", check=False)
    assert done.returncode == 1 and "--listen" in done.stderr


def curl(kube, *words, **options):
    return subprocess.run(["curl", "-sS", "--max-time", "60", *map(str, words)], capture_output=True, text=True, **options)


def test_http2_on_the_socket(kube):
    base = ["--http2-prior-knowledge", "--unix-socket", kube.api_socket]
    version = curl(kube, *base, "-w", "\n%{http_version}", "http://x/version").stdout
    assert version.endswith("\n2") and "gitVersion" in version
    big = json.dumps({"metadata": {"name": "big"}, "data": {"a": "x" * 300_000}})
    made = curl(kube, *base, "-H", "Content-Type: application/json", "-d", "@-",
                "http://x/api/v1/namespaces/default/configmaps", input=big).stdout
    assert json.loads(made)["metadata"]["name"] == "big", made[:200]
    # Larger than a stream's window.
    listed = json.loads(curl(kube, *base, "http://x/api/v1/namespaces/default/configmaps/big").stdout)
    assert len(listed["data"]["a"]) == 300_000
    refused = curl(kube, *base, "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: application/json",
                   "-d", "@-", "http://x/api/v1/namespaces/default/configmaps", input="x" * (4 << 20)).stdout
    assert refused == "413"


def test_http2_is_negotiated_by_tls(kube):
    ca = kube.directory / "store" / "keys" / "ca.crt"
    host, port = server(kube)
    token = kube.ask("POST", "/berth/v1/credentials", {"token": True})["token"]
    for flag, version in (("--http2", "2"), ("--http1.1", "1.1")):
        answer = curl(kube, flag, "--cacert", ca, "-H", f"Authorization: Bearer {token}", "-w", "\n%{http_version}",
                      f"https://{host}:{port}/version")
        assert answer.stdout.endswith("\n" + version), answer


def test_a_watch_over_http2(kube):
    process = subprocess.Popen(
        ["curl", "-sSN", "--http2-prior-knowledge", "--unix-socket", kube.api_socket,
         "http://x/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=20&fieldSelector=metadata.name%3Dseen"],
        stdout=subprocess.PIPE, text=True)
    try:
        kube.ask("POST", "/api/v1/namespaces/default/configmaps", {"metadata": {"name": "seen"}})
        event = json.loads(process.stdout.readline())
        assert (event["type"], event["object"]["metadata"]["name"]) == ("ADDED", "seen")
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_last_event_of_a_watch_is_a_bookmark(kube):
    path = "/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=3&allowWatchBookmarks=true&resourceVersion="
    revision = kube.get("/api/v1/configmaps")["metadata"]["resourceVersion"]
    kube.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "elsewhere"}})
    lines = curl(kube, "--unix-socket", kube.api_socket, "http://x" + path + revision).stdout.splitlines()
    last = json.loads(lines[-1])
    assert last["type"] == "BOOKMARK" and int(last["object"]["metadata"]["resourceVersion"]) > int(revision)


def test_a_client_that_never_finishes_its_handshake_is_cut(kube):
    with socket.create_connection(server(kube), timeout=20) as silent:
        silent.settimeout(20)
        assert silent.recv(1) == b""
