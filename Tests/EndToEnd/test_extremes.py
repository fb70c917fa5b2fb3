"""Every number, amount and time of every kind at the ends of its range: refused or stored, but whatever the controllers
then do with it, the daemon lives on and everything can be deleted."""

import copy
import http.client
import json
import os
import random

import pytest

from cluster import Cluster
from kinds import KINDS

SEED = int(os.environ.get("BERTH_SEED") or random.randrange(1 << 32))
NUMBERS = [0, -1, (1 << 31) - 1, -(1 << 31), (1 << 63) - 1, -(1 << 63)]
AMOUNTS = ["0", "-1", "9223372036854775807", "-9223372036854775808", "4Ei", "8Ei", "1e-9223372036854775808",
           "1e9223372036854775807", "1n", "9E"]
TIMES = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1677-09-21T00:12:43Z", "2262-04-11T23:47:17Z"]
GRACES = [None, 0, 1, -1, (1 << 31) - 1, 10 ** 12, (1 << 63) - 1]
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
DEPTH = 11


@pytest.fixture(scope="module")
def cluster():
    cluster = Cluster()
    cluster.start_berthd()
    cluster.ask("POST", "/api/v1/nodes", {
        "metadata": {"name": "n1"}, "status": {"allocatable": {"cpu": "4", "memory": "16Gi", "pods": "110"},
                                               "conditions": [{"type": "Ready", "status": "True"}]}})
    yield cluster
    cluster.close()


def leaves(definitions, schema, path=(), seen=()):
    """(path, values) of what may be large; a list is entered by its first element, a map by the member `x`."""
    reference = schema.get("$ref", "").rsplit("/", 1)[-1]
    if not reference and schema.get("allOf"):
        reference = schema["allOf"][0].get("$ref", "").rsplit("/", 1)[-1]
    if reference == QUANTITY:
        return [(path, AMOUNTS)]
    if reference == INT_OR_STRING:
        return [(path, NUMBERS + ["200%", "-1%", "99999999999999999999%"])]
    if reference.endswith(".Time") or reference.endswith(".MicroTime"):
        return [(path, TIMES)]
    if reference:
        if reference in seen or len(path) > DEPTH:
            return []
        return leaves(definitions, definitions[reference], path, (*seen, reference))
    kind = schema.get("type")
    if kind == "integer":
        return [(path, NUMBERS)]
    if kind == "array":
        return leaves(definitions, schema["items"], (*path, 0), seen)
    if isinstance(schema.get("additionalProperties"), dict):
        return leaves(definitions, schema["additionalProperties"], (*path, "x"), seen)
    return [leaf for name, part in schema.get("properties", {}).items()
            for leaf in leaves(definitions, part, (*path, name), seen)]


def put(thing, path, value):
    """Sets a place in an object, with what leads there."""
    for step, following in zip(path, path[1:]):
        empty = [] if following == 0 else {}
        if step == 0:
            if not thing:
                thing.append(empty)
            thing = thing[0]
        else:
            if not isinstance(thing.get(step), (list, dict)):
                thing[step] = empty
            thing = thing[step]
    if path[-1] == 0:
        thing[:] = [value]
    else:
        thing[path[-1]] = value


def place(resource, namespaced, version):
    plural = resource.split(".", 1)[0]
    group = "/api/v1" if version == "v1" else f"/apis/{version}"
    return f"{group}{'/namespaces/extreme' if namespaced else ''}/{plural}"


def definition(definitions, manifest):
    group, _, version = manifest["apiVersion"].rpartition("/")
    for name, schema in definitions.items():
        for known in schema.get("x-kubernetes-group-version-kind", []):
            if (known["group"], known["version"], known["kind"]) == (group, version, manifest["kind"]):
                return name, schema
    raise AssertionError(f"{manifest['kind']} is not in /openapi/v2")


def check(cluster, what, *request):
    """The answer's code: anything but the daemon's own fault, and the daemon is there to give it."""
    try:
        code, body = cluster.call(*request)
    except (OSError, http.client.HTTPException) as error:
        cluster.berthd.wait(timeout=60)
        raise AssertionError(f"{error!r} for {what}\n{cluster.log('berthd', 60)}") from None
    assert code < 500, f"{code} for {what}: {json.dumps(body)[:500]}"
    return code


@pytest.mark.parametrize("resource", KINDS)
def test_numbers_at_the_ends_of_their_ranges(cluster, resource):
    dice = random.Random(f"{SEED} {resource}")
    cluster.call("POST", "/api/v1/namespaces", {"metadata": {"name": "extreme"}})
    manifest, _, namespaced = KINDS[resource]
    definitions = cluster.get("/openapi/v2")["definitions"]
    name, schema = definition(definitions, manifest)
    collection = place(resource, namespaced, manifest["apiVersion"])
    taken, accepted = [], 0
    for path, values in leaves(definitions, schema, seen=(name,)):
        for value in values:
            thing = copy.deepcopy(manifest)
            put(thing, path, value)
            label = f"x{len(taken)}"
            thing["metadata"]["name"] = label
            what = f"POST {collection} with {'.'.join(map(str, path))} = {value}"
            code = check(cluster, what, "POST", collection, thing)
            if code == 201:
                taken.append(label)
                accepted += 1
            # The same in what is there, and in its status.
            if code == 201 and path[0] in ("spec", "status"):
                change = {}
                put(change, path, value)
                part = "/status" if path[0] == "status" else ""
                check(cluster, f"PATCH: {what}", "PATCH", f"{collection}/{label}{part}", change,
                      "application/merge-patch+json")
            if code != 201:
                taken.append(None)
    for label in filter(None, taken):
        grace = dice.choice(GRACES)
        options = {} if grace is None else {"gracePeriodSeconds": grace}
        check(cluster, f"DELETE {label} within {grace}", "DELETE", f"{collection}/{label}", options)
    assert accepted > 0
    check(cluster, "a list", "GET", collection)


def test_everything_can_be_deleted(cluster):
    """What is still there by now has been told to go, or belongs to something that has."""
    cluster.call("DELETE", "/api/v1/namespaces/extreme")
    for pod in cluster.get("/api/v1/pods")["items"]:
        meta = pod["metadata"]
        cluster.call("DELETE", f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}", {"gracePeriodSeconds": 0})
    cluster.eventually(lambda: cluster.call("GET", "/api/v1/namespaces/extreme")[0] == 404, seconds=120,
                       what="the namespace is gone")
    before = cluster.call("GET", "/api/v1/namespaces")[1]
    cluster.kill_berthd()
    cluster.start_berthd()
    assert {n["metadata"]["name"] for n in cluster.call("GET", "/api/v1/namespaces")[1]["items"]} == {
        n["metadata"]["name"] for n in before["items"]}
