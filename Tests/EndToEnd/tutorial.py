"""The tutorial's cluster as the tests see it: applied, settled, its facts, its pages."""

import pathlib
import urllib.request

from cluster import ROOT, is_pod_ready

VOLUMES = pathlib.Path("/var/tmp/berth-tutorial")  # named in examples/tutorial/administrator.yaml
PAGE = "/usr/share/nginx/html/index.html"


def apply(cluster):
    assert not VOLUMES.exists(), f"{VOLUMES} is there already: another quickstart or test is running, or left it"
    VOLUMES.mkdir()
    cluster.made.append(VOLUMES)
    output = cluster.berth("apply", "-f", ROOT / "examples" / "tutorial")
    wait_settled(cluster)
    return output


def wait_settled(cluster, pods=("web-0", "web-1", "pv-pod")):
    for name in pods:
        cluster.eventually(
            lambda: is_pod_ready(cluster.named("pods", name)), seconds=40, what=f"{name} is ready")


def bindings(cluster):
    """(claim, claim UID) -> (volume, volume UID), after checking that both sides say the same."""
    claims = cluster.get("/api/v1/persistentvolumeclaims")["items"]
    volumes = {v["metadata"]["name"]: v for v in cluster.get("/api/v1/persistentvolumes")["items"]}
    pairs = {}
    for claim in claims:
        volume_name = claim["spec"].get("volumeName")
        if not volume_name:
            continue
        volume = volumes[volume_name]
        assert volume["spec"]["claimRef"]["uid"] == claim["metadata"]["uid"], (claim, volume)
        assert volume["status"]["phase"] == claim["status"]["phase"] == "Bound", (claim, volume)
        pairs[claim["metadata"]["name"], claim["metadata"]["uid"]] = volume_name, volume["metadata"]["uid"]
    assert len(set(pairs.values())) == len(pairs), pairs
    return pairs


def facts(cluster):
    """What a restart of a daemon must not change."""
    collections = ("/api/v1/persistentvolumes", "/api/v1/persistentvolumeclaims", "/api/v1/pods", "/api/v1/services",
                   "/apis/apps/v1/statefulsets", "/apis/apps/v1/controllerrevisions", "/api/v1/nodes")
    return {(c, i["metadata"].get("namespace"), i["metadata"]["name"]): i
            for c in collections for i in cluster.get(c)["items"]}


def containers(cluster):
    """Pod -> (UID, container ids, restarts): changes if anybody touched a running pod."""
    return {p["metadata"]["name"]: (p["metadata"]["uid"], [(s["containerID"], s["restartCount"])
                                                         for s in p["status"].get("containerStatuses", [])])
            for p in cluster.get("/api/v1/pods")["items"]}


def page(cluster, pod):
    address = cluster.named("pods", pod)["status"]["podIP"]
    with urllib.request.urlopen(f"http://{address}/index.html", timeout=5) as response:
        return response.read().decode().strip()


def write_page(cluster, pod, text):
    cluster.berth("exec", pod, "--", "sh", "-c", f"echo {text} > {PAGE}")


def read_page(cluster, pod):
    return cluster.berth("exec", pod, "--", "cat", PAGE).strip()


def replace_pod(cluster, name):
    """Deletes the pod and waits for its successor."""
    old = cluster.named("pods", name)["metadata"]["uid"]
    cluster.berth("delete", "pod", name)
    cluster.eventually(
        lambda: (lambda pod: pod and pod["metadata"]["uid"] != old and is_pod_ready(pod))(cluster.named("pods", name)),
        seconds=40, what=f"a new {name} is ready")
