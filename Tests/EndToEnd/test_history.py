"""The past of an object: through the API, through the client, after a restart, and as far as compaction allows."""

import re

SET = {
    "metadata": {"name": "web"},
    "spec": {
        "serviceName": "nginx", "replicas": 2, "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": {"app": "nginx"}},
        "template": {"metadata": {"labels": {"app": "nginx"}},
                     "spec": {"containers": [{"name": "nginx", "image": "nginx:1"}]}},
        "volumeClaimTemplates": [{"metadata": {"name": "www"}, "spec": {
            "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}}],
    },
}
WEB = "/apis/apps/v1/namespaces/default/statefulsets/web"


def make(berthd):
    berthd.ask("POST", WEB.rsplit("/", 1)[0], SET)
    berthd.eventually(lambda: berthd.get(WEB).get("status", {}).get("replicas") == 2, what="two pods")


def patch(berthd, body):
    return berthd.ask("PATCH", WEB, body, content_type="application/merge-patch+json")


def test_an_object_at_every_revision(berthd):
    make(berthd)
    first = berthd.get(WEB)["metadata"]["resourceVersion"]
    patch(berthd, {"spec": {"replicas": 5}})
    berthd.eventually(lambda: berthd.get(WEB)["status"]["replicas"] == 5, what="five pods")
    berthd.ask("DELETE", WEB)
    berthd.eventually(lambda: berthd.named("statefulsets", "web") is None, what="the set is gone")
    berthd.kill_berthd()
    berthd.start_berthd()
    history = berthd.get(f"/berth/v1/history{WEB}")
    changes = history["items"]
    assert changes[0]["object"] is None
    assert changes[-1]["object"]["spec"]["replicas"] == 2
    revisions = [int(change["revision"]) for change in changes]
    assert revisions == sorted(revisions, reverse=True)
    assert all(change["time"].endswith("Z") and change["by"] for change in changes)
    assert any(change["by"].startswith("system:controller:statefulset-controller") for change in changes)
    # Up to a revision, and one only.
    part = berthd.get(f"/berth/v1/history{WEB}?resourceVersion={first}&limit=1")["items"]
    assert [change["revision"] for change in part] == [first] and part[0]["object"]["spec"]["replicas"] == 2
    for path, code in [(f"/berth/v1/history{WEB}?limit=0", 400), ("/berth/v1/history/version", 404),
                       (f"/berth/v1/history{WEB}/status", 404), ("/berth/v1", 404)]:
        assert berthd.call("GET", path)[0] == code, path
    assert berthd.call("POST", f"/berth/v1/history{WEB}", {})[0] == 405


def test_what_the_client_shows(berthd):
    make(berthd)
    first = berthd.get(WEB)["metadata"]["resourceVersion"]
    patch(berthd, {"spec": {"replicas": 3}})
    berthd.eventually(lambda: berthd.get(WEB)["status"]["replicas"] == 3, what="three pods")
    text = berthd.berth("history", "sts/web", "--limit", "200")
    assert re.search(r"spec\.replicas: 2 -> 3", text)
    assert re.search(r"statefulset-controller +pod/web-2 +created", text)
    assert re.search(r"statefulset-controller +persistentvolumeclaim/www-web-2 +created", text)
    assert "controllerrevision/web-" in text
    revisions = [int(line.split()[0]) for line in text.splitlines()[1:]]
    assert revisions == sorted(revisions)
    own = berthd.berth("history", "sts", "web", "--only")
    assert "pod/web-2" not in own and "spec.replicas: 2 -> 3" in own
    # The past, as objects and as tables.
    assert berthd.berth("get", "sts/web", "-o", "jsonpath={.spec.replicas}", "--at-revision", first) == "2"
    assert "2/2" in berthd.berth("get", "sts", "web", "--at-revision", first) or \
        "0/2" in berthd.berth("get", "sts", "web", "--at-revision", first)
    assert "web-2" not in berthd.berth("get", "pods", "--at-revision", first)
    assert berthd.berth("get", "pod", "web-2", "--at-revision", first, check=False).returncode == 1
    done = berthd.berth("diff", "sts/web", "--revision", f"{first}..", check=False)
    assert done.returncode == 1
    assert "-  replicas: 2\n" in done.stdout and "+  replicas: 3\n" in done.stdout
    assert berthd.berth("diff", "sts/web", "--revision", f"{first}..{first}") == ""
    assert berthd.berth("history", "sts/nothing", check=False).returncode == 1


def test_sorted_lists(berthd):
    for name, size in (("c", "900Mi"), ("a", "2Gi"), ("b-10", "1Gi"), ("b-9", "1Gi")):
        berthd.ask("POST", "/api/v1/namespaces/default/persistentvolumeclaims", {
            "metadata": {"name": name},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}})
    by_size = "--sort-by={.spec.resources.requests.storage}"
    assert berthd.berth("get", "pvc", by_size, "-o", "name").split() == [
        f"persistentvolumeclaim/{name}" for name in ("c", "b-10", "b-9", "a")]
    table = berthd.berth("get", "pvc", "--sort-by=.metadata.name", "--no-headers")
    assert [line.split()[0] for line in table.splitlines()] == ["a", "b-9", "b-10", "c"]


def test_claims_grow_and_rollouts_come_free(berthd):
    make(berthd)
    template = SET["spec"]["volumeClaimTemplates"][0]
    bigger = {**template, "spec": {**template["spec"], "resources": {"requests": {"storage": "2Gi"}}}}
    body = {"spec": {"volumeClaimTemplates": [bigger]}}
    assert berthd.call("PATCH", WEB, body, "application/merge-patch+json")[0] == 422
    body["metadata"] = {"annotations": {"berth.dev/grow-claims": "true"}}
    patch(berthd, body)
    # Smaller never, and nothing but the size.
    assert berthd.call("PATCH", WEB, {"spec": {"volumeClaimTemplates": [template]}},
                       "application/merge-patch+json")[0] == 422
    other = {**bigger, "spec": {**bigger["spec"], "accessModes": ["ReadWriteMany"]}}
    assert berthd.call("PATCH", WEB, {"spec": {"volumeClaimTemplates": [other]}},
                       "application/merge-patch+json")[0] == 422
    patch(berthd, {"spec": {"replicas": 3}})
    claim = berthd.eventually(lambda: berthd.named("persistentvolumeclaims", "www-web-2"), what="a new claim")
    assert claim["spec"]["resources"]["requests"]["storage"] == "2Gi"

    patch(berthd, {"spec": {"template": {"metadata": {"annotations": {"v": "2"}}}}})
    berthd.eventually(lambda: berthd.get(WEB)["status"]["observedGeneration"] == berthd.get(WEB)["metadata"]["generation"],
                      what="the new template is observed")
    before = berthd.named("pods", "web-0")["metadata"]["uid"]
    assert "pod/web-0 replaced" in berthd.berth("rollout", "unstick", "sts/web")
    berthd.eventually(lambda: (berthd.named("pods", "web-0") or {}).get("metadata", {}).get("uid") not in (None, before),
                      what="web-0 is another pod")
    berthd.eventually(lambda: berthd.berth("rollout", "unstick", "sts/web").endswith("no pod holds up the rollout\n"),
                      what="nothing is stuck")
