"""A manifest of every kind that can be created, and what kubectl prints about it."""


def _manifest(api_version, kind, name, **rest):
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, **rest}


TEMPLATE = {"metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "nginx", "ports": [{"containerPort": 80}]}]}}

STATEFULSET = _manifest(
    "apps/v1", "StatefulSet", "web",
    spec={"serviceName": "web", "replicas": 1, "selector": {"matchLabels": {"app": "web"}}, "template": TEMPLATE})

POD = _manifest("v1", "Pod", "alone", spec={"containers": [{"name": "main", "image": "busybox"}]})

# resource: (manifest, heading of its table, is in a namespace)
KINDS = {
    "namespaces": (_manifest("v1", "Namespace", "made"), "NAME STATUS AGE", False),
    "nodes": (_manifest("v1", "Node", "other"), "NAME STATUS ROLES AGE VERSION", False),
    "pods": (POD, "NAME READY STATUS RESTARTS AGE", True),
    "persistentvolumes": (
        _manifest("v1", "PersistentVolume", "disk", spec={
            "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"], "storageClassName": "manual",
            "hostPath": {"path": "/var/tmp/none"}}),
        "NAME CAPACITY ACCESS MODES RECLAIM POLICY STATUS CLAIM STORAGECLASS VOLUMEATTRIBUTESCLASS REASON AGE", False),
    "persistentvolumeclaims": (
        _manifest("v1", "PersistentVolumeClaim", "data", spec={
            "accessModes": ["ReadWriteOnce"], "storageClassName": "none",
            "resources": {"requests": {"storage": "1Gi"}}}),
        "NAME STATUS VOLUME CAPACITY ACCESS MODES STORAGECLASS VOLUMEATTRIBUTESCLASS AGE", True),
    "services": (
        _manifest("v1", "Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80}]}),
        "NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE", True),
    "endpoints": (_manifest("v1", "Endpoints", "outside", subsets=[]), "NAME ENDPOINTS AGE", True),
    "configmaps": (_manifest("v1", "ConfigMap", "settings", data={"a": "1"}), "NAME DATA AGE", True),
    "secrets": (_manifest("v1", "Secret", "password", stringData={"p": "x"}), "NAME TYPE DATA AGE", True),
    "serviceaccounts": (_manifest("v1", "ServiceAccount", "robot"), "NAME AGE", True),
    "statefulsets.apps": (STATEFULSET, "NAME READY AGE", True),
    "controllerrevisions.apps": (
        _manifest("apps/v1", "ControllerRevision", "one", revision=1, data={"spec": {}}),
        "NAME CONTROLLER REVISION AGE", True),
    "storageclasses.storage.k8s.io": (
        _manifest("storage.k8s.io/v1", "StorageClass", "slow", provisioner="example.org/slow"),
        "NAME PROVISIONER RECLAIMPOLICY VOLUMEBINDINGMODE ALLOWVOLUMEEXPANSION AGE", False),
    "csidrivers.storage.k8s.io": (
        _manifest("storage.k8s.io/v1", "CSIDriver", "csi.example.org", spec={}),
        "NAME ATTACHREQUIRED PODINFOONMOUNT STORAGECAPACITY TOKENREQUESTS REQUIRESREPUBLISH MODES AGE", False),
    "csinodes.storage.k8s.io": (
        _manifest("storage.k8s.io/v1", "CSINode", "other", spec={"drivers": []}), "NAME DRIVERS AGE", False),
    "volumeattachments.storage.k8s.io": (
        _manifest("storage.k8s.io/v1", "VolumeAttachment", "attached", spec={
            "attacher": "csi.example.org", "nodeName": "other", "source": {"persistentVolumeName": "disk"}}),
        "NAME ATTACHER PV NODE ATTACHED AGE", False),
    "endpointslices.discovery.k8s.io": (
        _manifest("discovery.k8s.io/v1", "EndpointSlice", "slice", addressType="IPv4", endpoints=[], ports=[]),
        "NAME ADDRESSTYPE PORTS ENDPOINTS AGE", True),
    "leases.coordination.k8s.io": (
        _manifest("coordination.k8s.io/v1", "Lease", "leader", spec={"holderIdentity": "me"}),
        "NAME HOLDER AGE", True),
    "poddisruptionbudgets.policy": (
        _manifest("policy/v1", "PodDisruptionBudget", "budget", spec={
            "minAvailable": 1, "selector": {"matchLabels": {"app": "web"}}}),
        "NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE", True),
}
