"""Every command of kubectl on every kind: what it prints and what it leaves behind."""

import copy
import json
import os
import re

import pytest
import yaml

from kinds import KINDS, POD, STATEFULSET
from kubectl import eventually, is_there


@pytest.fixture(params=["new", "old"])
def kubectl(request, kube):
    assert is_there(request.param), f"the {request.param} kubectl is missing; scripts/test installs it"
    return kube.kubectl(request.param)


@pytest.fixture
def new(kube):
    return kube.kubectl("new")


@pytest.fixture
def namespace(kube, request):
    """A namespace of its own for each test."""
    name = re.sub("[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:50].strip("-")
    kube.ask("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    yield name
    kube.call("DELETE", f"/api/v1/namespaces/{name}")


# --- the server ---


def test_version(kubectl):
    assert "Server Version" in kubectl("version")


def test_api_resources(kubectl):
    names = kubectl("api-resources", "-o", "name").split()
    assert set(KINDS) | {"events", "events.events.k8s.io"} <= set(names)
    assert "apps/v1" in kubectl("api-versions").split()
    assert kubectl("api-resources", "--api-group=apps", "--no-headers").count("\n") == 2


def test_cluster_info(kubectl):
    assert "is running at" in kubectl("cluster-info")


def test_raw_paths(kubectl):
    assert kubectl("get", "--raw", "/readyz") == "ok"
    assert "[+]" in kubectl("get", "--raw", "/livez?verbose")
    assert "apiserver_request_total" in kubectl("get", "--raw", "/metrics")


def test_top_says_that_there_are_no_metrics(kubectl):
    assert re.search("(?i)metrics.*not available", kubectl("top", "nodes", fails=""))


def test_auth(new, kube):
    assert new("auth", "can-i", "delete", "statefulsets").strip() == "yes"
    # The certificate carries the user's name from the Unix socket.
    assert f"unix:{os.getuid()}" in new("auth", "whoami")
    assert "*" in new("auth", "can-i", "--list")


def test_explain(kubectl):
    text = kubectl("explain", "statefulset.spec.serviceName")
    assert "FIELD" in text and "serviceName" in text
    assert "persistentVolumeClaimRetentionPolicy" in kubectl("explain", "sts.spec", "--recursive")


# --- every kind ---


# The new kubectl goes through every kind; the old one, whose ways differ by command and not by kind, through a few
# unless BERTH_LONG is set.
SHORT = ["configmaps", "persistentvolumeclaims", "statefulsets.apps"]
OLD_KINDS = KINDS if os.environ.get("BERTH_LONG") else SHORT


@pytest.mark.parametrize(
    "kubectl, resource", [("new", kind) for kind in KINDS] + [("old", kind) for kind in OLD_KINDS], indirect=["kubectl"])
def test_kind(kubectl, namespace, resource):
    """create, get in all formats, describe, label, annotate, patch x3, replace, edit, delete."""
    manifest, heading, is_namespaced = copy.deepcopy(KINDS[resource])
    old = kubectl.which == "old"
    name = manifest["metadata"]["name"] + ("-old" if old else "-new")
    if resource == "controllerrevisions.apps":
        name = namespace[:40]
    manifest["metadata"]["name"] = name
    scope = ["-n", namespace] if is_namespaced else []

    def k(*words, **options):
        return kubectl(*words, *scope, **options)

    out = k("create", "-f", "-", "-o", "name", stdin=manifest).strip()
    assert out.endswith("/" + name), out
    try:
        assert k("create", "-f", "-", stdin=manifest, fails="already exists")
        check_formats(k, resource, name, heading)
        assert name in k("describe", resource, name)
        k("label", resource, name, "colour=blue")
        k("annotate", resource, name, "note=first")
        assert name in k("get", resource, "-l", "colour=blue", "-o", "name")
        k("label", resource, name, "colour-")
        assert k("get", resource, "-l", "colour=blue", "-o", "name") == ""
        check_patches(k, resource, name)
        check_edit(k, kubectl, resource, name)
        live = json.loads(k("get", resource, name, "-o", "json"))
        live["metadata"]["annotations"]["note"] = "replaced"
        k("replace", "-f", "-", stdin=live)
        assert k("get", resource, name, "-o", "jsonpath={.metadata.annotations.note}") == "replaced"
    finally:
        k("delete", resource, name, "--wait=false", "--ignore-not-found")
    if resource != "namespaces":
        eventually(lambda: is_gone(kubectl.run("get", resource, name, *scope)), what=f"{resource} {name} is gone")


def is_gone(answer):
    return answer.returncode == 1 and "NotFound" in answer.stderr


def check_formats(k, resource, name, heading):
    """json, yaml, name, wide, jsonpath, go-template, custom-columns and the table."""
    assert " ".join(k("get", resource, name).splitlines()[0].split()) == heading
    assert k("get", resource, name, "--no-headers").split()[0] == name
    assert name in k("get", resource, name, "-o", "wide")
    assert json.loads(k("get", resource, name, "-o", "json"))["metadata"]["name"] == name
    assert yaml.safe_load(k("get", resource, name, "-o", "yaml"))["metadata"]["name"] == name
    assert k("get", resource, name, "-o", "name").strip().endswith(name)
    assert k("get", resource, name, "-o", "jsonpath={.metadata.name}") == name
    assert k("get", resource, name, "-o", "go-template={{.metadata.name}}") == name
    assert k("get", resource, name, "-o", "custom-columns=N:.metadata.name").split() == ["N", name]
    assert name in k("get", resource, "--sort-by=.metadata.name", "--show-labels")


def check_patches(k, resource, name):
    for kind, patch in [
        ("strategic", '{"metadata":{"annotations":{"p":"strategic"}}}'),
        ("merge", '{"metadata":{"annotations":{"p":"merge"}}}'),
        ("json", '[{"op":"replace","path":"/metadata/annotations/p","value":"json"}]'),
    ]:
        assert "patched" in k("patch", resource, name, "--type", kind, "-p", patch)
        assert k("get", resource, name, "-o", "jsonpath={.metadata.annotations.p}") == kind


def check_edit(k, kubectl, resource, name):
    editor = kubectl.script("editor", """
        sed -i 's/^    note: first$/    note: edited/' "$1"
        """)
    assert "edited" in k("edit", resource, name, KUBE_EDITOR=str(editor))
    assert k("get", resource, name, "-o", "jsonpath={.metadata.annotations.note}") == "edited"


# --- apply ---


def test_apply_client_side(kubectl, namespace):
    manifest = copy.deepcopy(STATEFULSET)
    assert "created" in kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest)
    assert "unchanged" in kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest)
    manifest["spec"]["replicas"] = 3
    manifest["spec"]["template"]["spec"]["containers"].append({"name": "side", "image": "busybox"})
    assert "configured" in kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest)
    del manifest["spec"]["template"]["spec"]["containers"][1]
    kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest)
    live = kubectl.json("get", "sts", "web", "-n", namespace)
    assert live["spec"]["replicas"] == 3
    assert [c["name"] for c in live["spec"]["template"]["spec"]["containers"]] == ["web"]
    manifest["spec"]["serviceName"] = "other"
    kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest, fails="updates to statefulset spec for fields other")


def test_apply_server_side(kubectl, namespace):
    manifest = copy.deepcopy(STATEFULSET)
    words = ["apply", "--server-side", "-n", namespace, "-f", "-"]
    assert "serverside-applied" in kubectl(*words, stdin=manifest)
    manifest["spec"]["replicas"] = 5
    kubectl(*words, "--field-manager=other", stdin=manifest, fails="conflict")
    kubectl(*words, "--field-manager=other", "--force-conflicts", stdin=manifest)
    live = kubectl.json("get", "sts", "web", "-n", namespace, *(["--show-managed-fields"] if kubectl.which == "new" else []))
    assert live["spec"]["replicas"] == 5
    assert {m["manager"] for m in live["metadata"]["managedFields"]} >= {"kubectl", "other"}


def test_apply_refuses_unknown_fields(kubectl, namespace):
    manifest = copy.deepcopy(STATEFULSET)
    manifest["spec"]["replica"] = 3
    kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest, fails="unknown field")


def test_diff(kubectl, namespace):
    manifest = copy.deepcopy(STATEFULSET)
    kubectl("apply", "-n", namespace, "-f", "-", stdin=manifest)
    same = kubectl.run("diff", "-n", namespace, "-f", "-", stdin=json.dumps(manifest))
    assert same.returncode == 0, same.stdout + same.stderr
    manifest["spec"]["replicas"] = 9
    differs = kubectl.run("diff", "-n", namespace, "-f", "-", stdin=json.dumps(manifest))
    assert differs.returncode == 1 and "+  replicas: 9" in differs.stdout, differs.stdout + differs.stderr
    assert kubectl.json("get", "sts", "web", "-n", namespace)["spec"]["replicas"] == 1


def test_server_dry_run_leaves_nothing(kubectl, namespace):
    assert "server dry run" in kubectl("apply", "-n", namespace, "--dry-run=server", "-f", "-", stdin=STATEFULSET)
    kubectl("create", "configmap", "c", "-n", namespace, "--dry-run=server", "--from-literal=a=1")
    assert kubectl("get", "sts,cm", "-n", namespace, "-o", "name") == ""


# --- create without a manifest ---


def test_create_forms(kubectl, namespace, tmp_path):
    n = ["-n", namespace]
    (tmp_path / "file.txt").write_text("content")
    kubectl("create", "configmap", "settings", "--from-literal=a=1", f"--from-file={tmp_path / 'file.txt'}", *n)
    assert kubectl.json("get", "cm", "settings", *n)["data"] == {"a": "1", "file.txt": "content"}
    kubectl("create", "secret", "generic", "s", "--from-literal=p=x", *n)
    assert kubectl("get", "secret", "s", "-o", "jsonpath={.data.p}", *n) == "eA=="
    kubectl("create", "serviceaccount", "robot", *n)
    kubectl("create", "service", "clusterip", "web", "--tcp=80:8080", *n)
    if kubectl.which == "new":  # The old one knows policy/v1beta1 only.
        kubectl("create", "poddisruptionbudget", "b", "--min-available=1", "--selector=app=web", *n)
    kubectl("run", "one", "--image=busybox", *n)
    kubectl("expose", "pod", "one", "--port=80", "--name=exposed", *n)
    assert kubectl("get", "svc", "exposed", "-o", "jsonpath={.spec.selector.run}", *n) == "one"
    assert kubectl("get", "svc", "web", "-o", "jsonpath={.spec.clusterIP}", *n).startswith("10.96.")
    name = namespace[:40] + "-x"
    kubectl("create", "namespace", name)
    kubectl("delete", "namespace", name, "--timeout=30s")


def test_create_token(new, namespace, kube):
    new("create", "serviceaccount", "robot", "-n", namespace)
    token = new("create", "token", "robot", "-n", namespace, "--duration=10m").strip()
    assert token.count(".") == 2
    base = ["--token", token, "--kubeconfig", bare_kubeconfig(new, kube)]
    new("get", "pods", "-n", namespace, *base, fails="Forbidden")
    assert f"system:serviceaccount:{namespace}:robot" in new("auth", "whoami", *base)
    assert new("auth", "can-i", "get", "pods", *base, fails="no")
    new("get", "pods", "--token", "nonsense", "--kubeconfig", bare_kubeconfig(new, kube), fails="Unauthorized")


def bare_kubeconfig(kubectl, kube):
    """The server and its authority, and no user."""
    config = yaml.safe_load(kube.kubeconfig.read_text())
    config["users"] = [{"name": user["name"], "user": {}} for user in config["users"]]
    path = kubectl.home / "bare"
    path.write_text(yaml.safe_dump(config))
    return path


# --- lists and watches ---


def test_lists(kubectl, namespace):
    for index in range(3):
        kubectl("create", "configmap", f"c{index}", "-n", namespace, f"--from-literal=i={index}")
    assert len(kubectl("get", "cm", "-n", namespace, "--chunk-size=2", "-o", "name").split()) == 3
    assert kubectl("get", "cm", "-n", namespace, "--field-selector=metadata.name=c1", "-o", "name") == "configmap/c1\n"
    assert kubectl("get", "cm", "-A", "--no-headers").count(namespace) == 3
    assert "No resources found" in kubectl.run("get", "pods", "-n", namespace).stderr
    both = kubectl("get", "cm/c0", "cm/c2", "-n", namespace, "-o", "jsonpath={.items[*].metadata.name}")
    assert both == "c0 c2"


def test_watch(kubectl, namespace):
    kubectl("create", "configmap", "first", "-n", namespace)
    watcher = kubectl.start("get", "cm", "-n", namespace, "-w", "-o", "name")
    try:
        assert watcher.stdout.readline() == "configmap/first\n"
        kubectl("create", "configmap", "second", "-n", namespace)
        assert watcher.stdout.readline() == "configmap/second\n"
    finally:
        watcher.kill()
        watcher.wait()
        watcher.stdout.close()


def test_watch_as_a_table(kubectl, namespace):
    kubectl("create", "configmap", "first", "-n", namespace)
    watcher = kubectl.start("get", "cm", "first", "-n", namespace, "-w", "--output-watch-events")
    try:
        assert watcher.stdout.readline().split() == ["EVENT", "NAME", "DATA", "AGE"]
        assert watcher.stdout.readline().split()[:3] == ["ADDED", "first", "0"]
        kubectl("patch", "cm", "first", "-n", namespace, "-p", '{"data":{"a":"1"}}')
        assert watcher.stdout.readline().split()[:3] == ["MODIFIED", "first", "1"]
    finally:
        watcher.kill()
        watcher.wait()
        watcher.stdout.close()


def test_wait(kubectl, namespace):
    kubectl("create", "-n", namespace, "-f", "-", stdin=POD)
    kubectl("wait", "pod/alone", "-n", namespace, "--for=condition=Ready", "--timeout=1s", fails="timed out")
    status = {"status": {"conditions": [{"type": "Ready", "status": "True"}], "phase": "Running"}}
    kubectl.cluster.ask("PATCH", f"/api/v1/namespaces/{namespace}/pods/alone/status", status,
                        content_type="application/merge-patch+json")
    assert "condition met" in kubectl("wait", "pod/alone", "-n", namespace, "--for=condition=Ready", "--timeout=20s")
    waiter = kubectl.start_watching("wait", "pod/alone", "-n", namespace, "--for=delete", "--timeout=30s")
    kubectl("delete", "pod", "alone", "-n", namespace, "--grace-period=0", "--force")
    out, _ = waiter.communicate(timeout=40)
    assert waiter.returncode == 0, out


def test_wait_for_creation_and_jsonpath(new, namespace):
    waiter = new.start("wait", "cm/later", "-n", namespace, "--for=create", "--timeout=30s")
    new("create", "configmap", "later", "-n", namespace, "--from-literal=a=1")
    out, _ = waiter.communicate(timeout=40)
    assert waiter.returncode == 0, out
    assert "condition met" in new("wait", "cm/later", "-n", namespace, "--for=jsonpath={.data.a}=1", "--timeout=20s")


# --- workloads ---


def test_scale(kubectl, namespace):
    kubectl("create", "-n", namespace, "-f", "-", stdin=STATEFULSET)
    assert "scaled" in kubectl("scale", "sts/web", "-n", namespace, "--replicas=2")
    assert "scaled" in kubectl("scale", "sts/web", "-n", namespace, "--replicas=0", "--current-replicas=2")
    kubectl("scale", "sts/web", "-n", namespace, "--replicas=1", "--current-replicas=9", fails="Expected")
    assert kubectl.json("get", "sts", "web", "-n", namespace)["spec"]["replicas"] == 0


def test_rollout(kubectl, namespace):
    n = ["-n", namespace]
    manifest = copy.deepcopy(STATEFULSET)
    manifest["spec"]["replicas"] = 0
    kubectl("create", *n, "-f", "-", stdin=manifest)
    assert "roll" in kubectl("rollout", "status", "sts/web", *n, "--timeout=30s")
    kubectl("set", "image", "sts/web", "web=nginx:2", *n)
    assert kubectl("get", "sts", "web", *n, "-o", "jsonpath={.spec.template.spec.containers[0].image}") == "nginx:2"
    assert "restarted" in kubectl("rollout", "restart", "sts/web", *n)
    eventually(lambda: re.search("(?m)^3 ", kubectl("rollout", "history", "sts/web", *n)), what="three revisions")
    assert "nginx:2" in kubectl("rollout", "history", "sts/web", *n, "--revision=2")
    kubectl("rollout", "undo", "sts/web", *n, "--to-revision=1")
    assert kubectl("get", "sts", "web", *n, "-o", "jsonpath={.spec.template.spec.containers[0].image}") == "nginx"


def test_delete(kubectl, namespace):
    n = ["-n", namespace]
    for name in ("a", "b", "c"):
        kubectl("create", "configmap", name, *n)
    kubectl("label", "cm", "a", "b", "old=yes", *n)
    assert kubectl("delete", "cm", "-l", "old=yes", *n).count("deleted") == 2
    assert kubectl("get", "cm", "-o", "name", *n) == "configmap/c\n"
    kubectl("delete", "cm", "--all", *n)
    kubectl("delete", "cm", "c", *n, fails="not found")
    assert kubectl("delete", "cm", "c", "--ignore-not-found", *n) == ""


def test_delete_with_dependents(kubectl, namespace):
    n = ["-n", namespace]
    kubectl("create", *n, "-f", "-", stdin=STATEFULSET)
    eventually(lambda: kubectl("get", "pods", "-o", "name", *n) == "pod/web-0\n")
    kubectl("delete", "sts", "web", "--cascade=orphan", *n)
    assert kubectl("get", "pods", "-o", "name", *n) == "pod/web-0\n"
    kubectl("create", *n, "-f", "-", stdin=STATEFULSET)
    eventually(lambda: "StatefulSet" in kubectl("get", "pod", "web-0", "-o", "jsonpath={.metadata.ownerReferences[*].kind}", *n))
    kubectl("delete", "sts", "web", "--cascade=foreground" if kubectl.which == "new" else "--cascade=true", *n,
            "--timeout=30s")
    eventually(lambda: kubectl("get", "pods", "-o", "name", *n) == "")


def test_events(kubectl, namespace):
    kubectl("create", "-n", namespace, "-f", "-", stdin=STATEFULSET)
    text = eventually(lambda: "SuccessfulCreate" in (out := kubectl("get", "events", "-n", namespace)) and out)
    assert text.split()[:5] == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT"]
    assert "SuccessfulCreate" in kubectl("describe", "sts", "web", "-n", namespace)
    if kubectl.which == "new":
        assert "SuccessfulCreate" in kubectl("events", "-n", namespace, "--for=statefulset/web")


# --- nodes ---


def test_cordon_and_drain(kubectl, namespace):
    node = f"node-{kubectl.which}"
    kubectl("create", "-f", "-", stdin={"apiVersion": "v1", "kind": "Node", "metadata": {"name": node}})
    try:
        assert "cordoned" in kubectl("cordon", node)
        assert "SchedulingDisabled" in kubectl("get", "node", node)
        pod = copy.deepcopy(POD)
        pod["spec"]["nodeName"] = node
        pod["metadata"]["labels"] = {"app": "guarded"}
        kubectl("create", "-n", namespace, "-f", "-", stdin=pod)
        # Nobody runs it, so nobody ends it: with no grace it goes at once.
        out = kubectl("drain", node, "--force", "--grace-period=0", "--timeout=30s", "--ignore-daemonsets")
        assert "evicted" in out or "drained" in out, out
        assert kubectl("get", "pods", "-n", namespace, "-o", "name") == ""
        assert "uncordoned" in kubectl("uncordon", node)
        kubectl("taint", "nodes", node, "key=value:NoSchedule")
    finally:
        kubectl("delete", "node", node)


def test_debug_adds_an_ephemeral_container(new, namespace):
    new("create", "-n", namespace, "-f", "-", stdin=POD)
    new("debug", "alone", "--image=busybox", "-c", "probe", "--attach=false", "-n", namespace)
    path = "jsonpath={.spec.ephemeralContainers[*].name}"
    assert new("get", "pod", "alone", "-n", namespace, "-o", path) == "probe"
    # It is a way in, so it does not go through the object itself.
    change = '{"spec":{"ephemeralContainers":[{"name":"other","image":"busybox"}]}}'
    new("patch", "pod", "alone", "-n", namespace, "-p", change, fails="pod updates may not change fields other than")


def test_resize(new, namespace):
    pod = copy.deepcopy(POD)
    pod["spec"]["containers"][0]["resources"] = {"requests": {"cpu": "100m"}}
    new("create", "-n", namespace, "-f", "-", stdin=pod)
    change = '{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"200m"}}}]}}'
    new("patch", "pod", "alone", "-n", namespace, "-p", change, fails="pod updates may not change fields other than")
    new("patch", "pod", "alone", "-n", namespace, "--subresource=resize", "-p", change)
    path = "jsonpath={.spec.containers[0].resources.requests.cpu}"
    assert new("get", "pod", "alone", "-n", namespace, "-o", path) == "200m"
    other = '{"spec":{"containers":[{"name":"main","image":"other"}]}}'
    new("patch", "pod", "alone", "-n", namespace, "--subresource=resize", "-p", other)
    assert new("get", "pod", "alone", "-n", namespace, "-o", "jsonpath={.spec.containers[0].image}") == "busybox"
    guaranteed = '{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":null}}}]}}'
    new("patch", "pod", "alone", "-n", namespace, "--subresource=resize", "-p", guaranteed,
        fails="Pod QOS Class may not change")
