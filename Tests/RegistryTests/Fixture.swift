import Objects
import Registry
import Store
import TestSupport

/// A registry on an engine in memory with a clock that stands until a test moves it and a seeded source of names.
struct Fixture: Sendable {
    let engine = MemoryEngine()
    let registry: Registry
    let clock = LockedBox(Timestamp(seconds: 1_700_000_000))

    /// `other`: another engine than the one in memory.
    init(
        on other: (any Engine)? = nil, defaultStorageClass: String = "", serviceCIDR: String = "10.96.0.0/16",
        seed: UInt64 = 1
    ) {
        let random = LockedBox(SplitMix(state: seed))
        let clock = clock
        registry = Registry(
            engine: other ?? engine,
            options: RegistryOptions(
                clock: { clock.withLock { $0 } }, random: { random.withLock { $0.next() } },
                serviceCIDR: serviceCIDR, defaultStorageClass: defaultStorageClass))
    }

    /// With the namespace `case`.
    static func ready(
        defaultStorageClass: String = "", serviceCIDR: String = "10.96.0.0/16"
    ) async throws -> Fixture {
        let fixture = Fixture(defaultStorageClass: defaultStorageClass, serviceCIDR: serviceCIDR)
        try await fixture.make(["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": "case"]], .namespaces)
        return fixture
    }

    @discardableResult
    func make(
        _ json: JSON, _ resource: ResourceName, options: WriteOptions = WriteOptions()
    ) async throws -> Object {
        let namespaced = registry.catalog.kind(for: resource)?.namespaced ?? false
        return try await registry.create(
            Object(json), resource, namespace: namespaced ? "case" : "", options: options, by: .tester)
    }

    func key(_ resource: ResourceName, _ name: String) -> ObjectKey {
        let namespaced = registry.catalog.kind(for: resource)?.namespaced ?? false
        return ObjectKey(resource, namespace: namespaced ? "case" : "", name: name)
    }

    func pass(seconds: Int64) { clock.withLock { $0 = $0.adding(seconds: seconds) } }

    /// The status that `body` throws; nil if it does not.
    func failure<Value: Sendable>(_ body: () async throws -> Value) async -> Status? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? Status
        }
    }
}

extension User {
    static let tester = User(name: "tester", userAgent: "tests")
}

struct SplitMix: Sendable {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}

enum Sample {
    static func configMap(_ name: String, labels: JSON = nil, data: JSON = ["k": "v"]) -> JSON {
        var metadata: JSON = ["name": .string(name)]
        if !labels.isNull { metadata["labels"] = labels }
        return ["apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data]
    }

    static func pod(_ name: String, node: String = "", finalizers: JSON = nil) -> JSON {
        var metadata: JSON = ["name": .string(name), "labels": ["app": "x"]]
        if !finalizers.isNull { metadata["finalizers"] = finalizers }
        var spec: JSON = ["containers": [["name": "c", "image": "nginx"]]]
        if !node.isEmpty { spec["nodeName"] = .string(node) }
        return ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec]
    }

    static func claim(_ name: String, size: JSON = "1Gi", className: JSON = nil, volume: JSON = nil) -> JSON {
        var spec: JSON = ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": size]]]
        if !className.isNull { spec["storageClassName"] = className }
        if !volume.isNull { spec["volumeName"] = volume }
        return [
            "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": ["name": .string(name)], "spec": spec,
        ]
    }

    static func volume(_ name: String, size: JSON = "1Gi", claim: JSON = nil) -> JSON {
        var spec: JSON = [
            "capacity": ["storage": size], "accessModes": ["ReadWriteOnce"], "hostPath": ["path": "/srv/x"],
        ]
        if !claim.isNull { spec["claimRef"] = claim }
        return ["apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": .string(name)], "spec": spec]
    }

    static func storageClass(_ name: String, isDefault: Bool = false, expands: Bool = false) -> JSON {
        var metadata: JSON = ["name": .string(name)]
        if isDefault {
            metadata["annotations"] = ["storageclass.kubernetes.io/is-default-class": "true"]
        }
        return [
            "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": metadata,
            "provisioner": "kubernetes.io/no-provisioner", "allowVolumeExpansion": .bool(expands),
        ]
    }

    static func service(_ name: String, address: JSON = nil, type: JSON = "ClusterIP") -> JSON {
        var spec: JSON = ["type": type, "selector": ["app": "x"], "ports": [["port": 80]]]
        if !address.isNull { spec["clusterIP"] = address }
        return ["apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)], "spec": spec]
    }

    static func statefulSet(_ name: String, replicas: JSON = 0) -> JSON {
        [
            "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": ["name": .string(name)],
            "spec": [
                "serviceName": "nginx", "replicas": replicas, "selector": ["matchLabels": ["app": "nginx"]],
                "template": [
                    "metadata": ["labels": ["app": "nginx"]],
                    "spec": ["containers": [["name": "nginx", "image": "nginx:1.9.1"]]],
                ],
            ],
        ]
    }
}
