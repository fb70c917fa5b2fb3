"""Client libraries that people use against a real kube-apiserver, unchanged, against berthd's TLS listener."""

import json
import os
import subprocess
import sys
import textwrap
import threading
import time

from cluster import ROOT
from kinds import STATEFULSET
from kubectl import eventually

TOOLS = os.environ.get("BERTH_ETCD", str(ROOT / ".build" / "tools"))


def script(kube, body, *words, timeout=120):
    """Runs a script with the pinned libraries in a process of its own; the last line of its output as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(body), *map(str, words)], capture_output=True, text=True,
        timeout=timeout, env=environment(kube))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def environment(kube):
    home = kube.directory / "home"
    home.mkdir(exist_ok=True)
    path = os.environ.get("BERTH_PYTHON_TOOLS", TOOLS)
    return {**os.environ, "PYTHONPATH": path, "KUBECONFIG": str(kube.kubeconfig), "HOME": str(home)}


# --- kubernetes ---


def test_kubernetes_typed(kube):
    result = script(kube, """
        import json
        from kubernetes import client, config
        config.load_kube_config()
        core, apps = client.CoreV1Api(), client.AppsV1Api()
        core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="typed")))
        template = client.V1PodTemplateSpec(
            metadata=client.V1ObjectMeta(labels={"app": "web"}),
            spec=client.V1PodSpec(containers=[client.V1Container(name="web", image="nginx")]))
        apps.create_namespaced_stateful_set("typed", client.V1StatefulSet(
            metadata=client.V1ObjectMeta(name="web"), spec=client.V1StatefulSetSpec(
                service_name="web", replicas=1, selector=client.V1LabelSelector(match_labels={"app": "web"}),
                template=template)))
        apps.patch_namespaced_stateful_set_scale("web", "typed", {"spec": {"replicas": 0}})
        scale = apps.read_namespaced_stateful_set_scale("web", "typed")
        core.create_namespaced_config_map("typed", client.V1ConfigMap(
            metadata=client.V1ObjectMeta(name="c"), data={"a": "1"}))
        core.patch_namespaced_config_map("c", "typed", [{"op": "add", "path": "/data/b", "value": "2"}])
        data = core.read_namespaced_config_map("c", "typed").data
        try:
            core.create_namespaced_config_map("typed", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="c")))
        except client.ApiException as error:
            code = error.status
        apps.delete_namespaced_stateful_set("web", "typed")
        names = [item.metadata.name for item in core.list_namespace(limit=2).items]
        # A real server leaves a zero out, too (autoscaling/v1, omitempty).
        print(json.dumps({"replicas": scale.spec.replicas or 0, "data": data, "code": code, "names": len(names)}))
        """)
    assert result == {"replicas": 0, "data": {"a": "1", "b": "2"}, "code": 409, "names": 2}


def test_kubernetes_dynamic_and_yaml(kube):
    result = script(kube, """
        import json, sys, yaml
        from kubernetes import client, config, dynamic, utils
        api = config.new_client_from_config()
        utils.create_from_dict(api, json.loads(sys.argv[1]), namespace="default")
        sets = dynamic.DynamicClient(api).resources.get(api_version="apps/v1", kind="StatefulSet")
        live = sets.get(name="web", namespace="default")
        applied = sets.server_side_apply(name="web", namespace="default", field_manager="test", body={
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "web", "labels": {"by": "apply"}}})
        sets.delete(name="web", namespace="default")
        print(json.dumps([live.spec.replicas, applied.metadata.labels.by]))
        """, json.dumps(STATEFULSET))
    assert result == [1, "apply"]


def test_kubernetes_watch(kube):
    result = script(kube, """
        import json
        from kubernetes import client, config, watch
        config.load_kube_config()
        core = client.CoreV1Api()
        core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name="watched")))
        revision = core.list_namespaced_config_map("watched").metadata.resource_version
        core.create_namespaced_config_map("watched", client.V1ConfigMap(metadata=client.V1ObjectMeta(name="a")))
        core.delete_namespaced_config_map("a", "watched")
        seen = []
        for event in watch.Watch().stream(core.list_namespaced_config_map, "watched", resource_version=revision,
                                          timeout_seconds=3, allow_watch_bookmarks=True):
            seen.append(event["type"])
        print(json.dumps([kind for kind in seen if kind != "BOOKMARK"]))
        """)
    assert result == ["ADDED", "DELETED"]


def test_kubernetes_leader_election(kube):
    result = script(kube, """
        import json, threading, time
        from kubernetes import client, config
        from kubernetes.leaderelection import leaderelection, electionconfig
        from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock
        try:
            from kubernetes.leaderelection.resourcelock.leaselock import LeaseLock as Lock
        except ImportError:
            Lock = ConfigMapLock
        config.load_kube_config()
        led = []
        def candidate(name):
            lock = Lock("election", "default", name)
            def start():
                led.append(name)
                time.sleep(60)
            leaderelection.LeaderElection(electionconfig.Config(
                lock, lease_duration=5, renew_deadline=3, retry_period=1,
                onstarted_leading=start, onstopped_leading=lambda: None)).run()
        for name in ("one", "two"):
            threading.Thread(target=candidate, args=(name,), daemon=True).start()
        deadline = time.time() + 60
        while not led and time.time() < deadline:
            time.sleep(0.05)
        time.sleep(4)
        print(json.dumps(len(led)), flush=True)
        import os; os._exit(0)
        """)
    assert result == 1


# --- kr8s, lightkube ---


def test_kr8s(kube):
    result = script(kube, """
        import json, kr8s
        from kr8s.objects import ConfigMap, Namespace
        api = kr8s.api()
        Namespace({"metadata": {"name": "kr8s"}}).create()
        one = ConfigMap({"metadata": {"name": "c", "namespace": "kr8s"}, "data": {"a": "1"}})
        one.create()
        one.label({"colour": "blue"})
        found = [c.name for c in kr8s.get("configmaps", namespace="kr8s", label_selector={"colour": "blue"})]
        one.delete()
        print(json.dumps([found, one.exists(), api.version()["major"]]))
        """)
    assert result[:2] == [["c"], False]


def test_lightkube(kube):
    result = script(kube, """
        import json
        from lightkube import Client
        from lightkube.models.meta_v1 import ObjectMeta
        from lightkube.resources.core_v1 import ConfigMap, Namespace
        client = Client(field_manager="test")
        client.apply(Namespace(metadata=ObjectMeta(name="lightkube")))
        client.apply(ConfigMap(metadata=ObjectMeta(name="c", namespace="lightkube"), data={"a": "1"}))
        client.apply(ConfigMap(metadata=ObjectMeta(name="c", namespace="lightkube"), data={"b": "2"}))
        data = client.get(ConfigMap, "c", namespace="lightkube").data
        names = [c.metadata.name for c in client.list(ConfigMap, namespace="lightkube")]
        client.delete(ConfigMap, "c", namespace="lightkube")
        print(json.dumps([data, names]))
        """)
    # What the manager no longer applies is gone.
    assert result == [{"b": "2"}, ["c"]]


# --- kopf ---

OPERATOR = """
    import kopf

    @kopf.on.startup()
    def settings(settings, **_):
        settings.posting.enabled = True
        settings.persistence.finalizer = "test.example.org/kopf"

    @kopf.on.create("apps", "v1", "statefulsets", labels={"managed": "yes"})
    @kopf.on.update("apps", "v1", "statefulsets", labels={"managed": "yes"}, field="spec.replicas")
    def reconcile(spec, patch, **_):
        patch.metadata.annotations["test.example.org/replicas"] = str(spec["replicas"])

    @kopf.on.delete("apps", "v1", "statefulsets", labels={"managed": "yes"})
    def farewell(name, namespace, **_):
        print("farewell", namespace, name, flush=True)
    """


def test_kopf(kube):
    path = kube.directory / "operator.py"
    path.write_text(textwrap.dedent(OPERATOR))
    log = open(kube.directory / "kopf.log", "wb")
    operator = subprocess.Popen(
        [sys.executable, "-m", "kopf", "run", "--standalone", "--all-namespaces", path],
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(kube))
    sets = "/apis/apps/v1/namespaces/operated/statefulsets"
    annotation = "test.example.org/replicas"
    try:
        kube.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "operated"}})
        manifest = json.loads(json.dumps(STATEFULSET))
        manifest["metadata"]["labels"] = {"managed": "yes"}
        kube.ask("POST", sets, manifest)

        def noted(value):
            return lambda: kube.get(sets + "/web")["metadata"].get("annotations", {}).get(annotation) == value

        kube.eventually(noted("1"), seconds=60, what=lambda: log_of(kube))
        kube.ask("PATCH", sets + "/web", {"spec": {"replicas": 2}}, content_type="application/merge-patch+json")
        kube.eventually(noted("2"), seconds=60, what="the operator sees the change")
        kube.ask("DELETE", sets + "/web")
        kube.eventually(lambda: kube.call("GET", sets + "/web")[0] == 404, seconds=60, what="the finalizer is gone")
        assert "farewell operated web" in log_of(kube)
    finally:
        operator.terminate()
        operator.wait(timeout=30)
        log.close()


def log_of(kube):
    return (kube.directory / "kopf.log").read_text(errors="replace")


# --- Helm ---


def test_helm(kube):
    chart = kube.directory / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: web\nversion: 1.0.0\n")
    (chart / "values.yaml").write_text("replicas: 0\nimage: nginx\n")
    (chart / "templates" / "set.yaml").write_text(textwrap.dedent("""\
        apiVersion: v1
        kind: Service
        metadata: {name: {{ .Release.Name }}}
        spec: {clusterIP: None, selector: {app: {{ .Release.Name }}}, ports: [{port: 80}]}
        ---
        apiVersion: apps/v1
        kind: StatefulSet
        metadata: {name: {{ .Release.Name }}}
        spec:
          serviceName: {{ .Release.Name }}
          replicas: {{ .Values.replicas }}
          selector: {matchLabels: {app: {{ .Release.Name }}}}
          template:
            metadata: {labels: {app: {{ .Release.Name }}}}
            spec: {containers: [{name: web, image: {{ .Values.image }}}]}
        """))
    result = script(kube, """
        import json, os, sys
        import helm_python as helm
        chart = sys.argv[1]
        def image():
            from kubernetes import client, config
            config.load_kube_config()
            live = client.AppsV1Api().read_namespaced_stateful_set("demo", "default")
            return live.spec.template.spec.containers[0].image
        with helm.Config(namespace="default", kubeconfig_path=os.environ["KUBECONFIG"]) as cfg:
            steps = []
            release = cfg.install(chart, "demo", {"image": "nginx:1"}, wait="watcher", timeout=60)
            steps.append([release["revision"], release["status"], image()])
            cfg.upgrade(chart, "demo", {"image": "nginx:2"}, wait="watcher", timeout=60)
            steps.append(image())
            cfg.rollback("demo", version=1, wait="watcher", timeout=60)
            steps.append(image())
            steps.append(len(cfg.history("demo")))
            steps.append([item["name"] for item in cfg.list()])
            cfg.uninstall("demo", wait="watcher", timeout=60)
            steps.append(len(cfg.list()))
        print(json.dumps(steps))
        """, chart, timeout=240)
    assert result == [[1, "deployed", "nginx:1"], "nginx:2", "nginx:1", 3, ["demo"], 0]
    assert kube.named("statefulsets", "demo") is None


# --- an informer under load ---


def watch_lines(kube, path, seen, stop):
    """Lists, then watches from there, as informers do; keeps what it believes to be there in `seen`."""
    from cluster import UnixConnection
    first = kube.get(path)
    for item in first["items"]:
        seen[item["metadata"]["name"]] = item
    last = int(first["metadata"]["resourceVersion"])
    connection = UnixConnection(kube.api_socket, 60)
    connection.request("GET", f"{path}?watch=1&allowWatchBookmarks=true&resourceVersion={last}&timeoutSeconds=50")
    answer = connection.getresponse()
    while not stop.is_set():
        line = answer.readline()
        if not line:
            break
        event = json.loads(line)
        item = event["object"]
        revision, name = int(item["metadata"]["resourceVersion"]), item["metadata"].get("name")
        assert event["type"] != "ERROR", event
        if event["type"] == "BOOKMARK":
            assert revision >= last
        elif event["type"] == "DELETED":
            assert name in seen and revision > last, "a deletion of what was not there, or out of order"
            del seen[name]
        else:
            assert (name in seen) == (event["type"] == "MODIFIED") and revision > last
            seen[name] = item
        last = max(last, revision)
        if name == "end":
            break
    connection.close()


def test_an_informer_never_misses_repeats_or_reorders(kube):
    kube.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "load"}})
    path = "/api/v1/namespaces/load/configmaps"
    stop, views, problems = threading.Event(), [{} for _ in range(4)], []

    def follow(view):
        try:
            watch_lines(kube, path, view, stop)
        except BaseException as error:  # An assertion in a thread must reach the test.
            problems.append(error)

    watchers = [threading.Thread(target=follow, args=(view,)) for view in views]
    writers = [threading.Thread(target=churn, args=(kube, path, index)) for index in range(4)]
    for index, thread in enumerate(writers):
        thread.start()
        watchers[index].start()
        time.sleep(0.1)
    for thread in writers:
        thread.join()
    kube.ask("POST", path, {"metadata": {"name": "end"}})
    for thread in watchers:
        thread.join(timeout=50)
    stop.set()
    assert not problems, problems
    truth = {item["metadata"]["name"]: item["metadata"]["resourceVersion"] for item in kube.get(path)["items"]}
    for view in views:
        assert {name: item["metadata"]["resourceVersion"] for name, item in view.items()} == truth


def churn(kube, path, seed):
    """Creates, changes and deletes its own objects."""
    for round in range(60):
        name = f"c{seed}-{round % 7}"
        code, _ = kube.call("POST", path, {"metadata": {"name": name}, "data": {"r": str(round)}})
        if code == 409:
            kube.call("PATCH", f"{path}/{name}", {"data": {"r": str(round)}}, "application/merge-patch+json")
        if round % 3 == 0:
            kube.call("DELETE", f"{path}/{name}")


def test_a_long_list_is_streamed(kube):
    """More than one page, at one revision, with and without a selector."""
    kube.ask("POST", "/api/v1/namespaces", {"metadata": {"name": "long"}})
    path = "/api/v1/namespaces/long/configmaps"
    for index in range(300):
        kube.ask("POST", path, {"metadata": {"name": f"c{index:04}", "labels": {"even": str(index % 2 == 0).lower()}}})
    whole = kube.get(path)
    assert [item["metadata"]["name"] for item in whole["items"]] == [f"c{index:04}" for index in range(300)]
    assert "continue" not in whole["metadata"] and whole["kind"] == "ConfigMapList"
    assert len(kube.get(path + "?labelSelector=even%3Dtrue")["items"]) == 150
    assert kube.get(path + "?resourceVersion=0")["items"] == whole["items"]
    pages, token = [], ""
    while True:
        page = kube.get(f"{path}?limit=70&continue={token}")
        pages += page["items"]
        token = page["metadata"].get("continue", "")
        if not token:
            break
    assert pages == whole["items"]
