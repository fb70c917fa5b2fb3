import Objects

@testable import Controllers

/// Objects for tests of the volume side, with what a test does not care about filled in.
enum Make {
    static func volume(
        _ name: String, size: String = "1Gi", modes: [String] = ["ReadWriteOnce"], className: String? = nil,
        mode: String = "Filesystem", claim: JSON? = nil, phase: String = "Available", policy: String = "Retain",
        annotations: [String: String] = [:], labels: [String: String] = [:], deleted: Bool = false,
        source: String = "hostPath"
    ) -> Object {
        var object = Object(["apiVersion": "v1", "kind": "PersistentVolume"])
        object.name = name
        object.uid = "uid-\(name)"
        object.resourceVersion = "1"
        fill(&object, annotations, labels, deleted)
        object["spec", "capacity", "storage"] = .string(size)
        object["spec", "accessModes"] = .array(modes.map { .string($0) })
        object["spec", "persistentVolumeReclaimPolicy"] = .string(policy)
        object["spec", "volumeMode"] = .string(mode)
        object["spec", source] = ["path": "/srv"]
        if let className { object["spec", "storageClassName"] = .string(className) }
        if let claim { object["spec", "claimRef"] = claim }
        if !phase.isEmpty { object["status", "phase"] = .string(phase) }
        return object
    }

    static func claim(
        _ name: String, size: String = "1Gi", modes: [String] = ["ReadWriteOnce"], className: String? = nil,
        mode: String = "Filesystem", volume: String? = nil, phase: String = "Pending",
        annotations: [String: String] = [:], selector: JSON? = nil, uid: String? = nil, deleted: Bool = false,
        created: String = "2026-01-01T00:00:00Z"
    ) -> Object {
        var object = Object(["apiVersion": "v1", "kind": "PersistentVolumeClaim"])
        object.name = name
        object.namespace = "default"
        object.uid = uid ?? "uid-\(name)"
        object.resourceVersion = "1"
        object["metadata", "creationTimestamp"] = .string(created)
        fill(&object, annotations, [:], deleted)
        object["spec", "accessModes"] = .array(modes.map { .string($0) })
        object["spec", "resources", "requests", "storage"] = .string(size)
        object["spec", "volumeMode"] = .string(mode)
        if let selector { object["spec", "selector"] = selector }
        if let className { object["spec", "storageClassName"] = .string(className) }
        if let volume { object["spec", "volumeName"] = .string(volume) }
        object["status", "phase"] = .string(phase)
        return object
    }

    static func storageClass(
        _ name: String, provisioner: String = "berth/local", waits: Bool = false, isDefault: Bool = false,
        created: String = "2026-01-01T00:00:00Z"
    ) -> Object {
        var object = Object(["apiVersion": "storage.k8s.io/v1", "kind": "StorageClass"])
        object.name = name
        object.uid = "uid-\(name)"
        object.resourceVersion = "1"
        object["metadata", "creationTimestamp"] = .string(created)
        object["provisioner"] = .string(provisioner)
        object["volumeBindingMode"] = waits ? "WaitForFirstConsumer" : "Immediate"
        if isDefault { object.setAnnotation(VolumeAnnotation.isDefaultClass, "true") }
        return object
    }

    static func pod(
        _ name: String, claims: [String], node: String = "", phase: String = "Pending", deleted: Bool = false
    ) -> Object {
        var object = Object(["apiVersion": "v1", "kind": "Pod"])
        object.name = name
        object.namespace = "default"
        object.uid = "uid-\(name)"
        object.resourceVersion = "1"
        fill(&object, [:], [:], deleted)
        object["spec", "volumes"] = .array(
            claims.map { ["name": .string("v-\($0)"), "persistentVolumeClaim": ["claimName": .string($0)]] })
        if !node.isEmpty { object["spec", "nodeName"] = .string(node) }
        object["status", "phase"] = .string(phase)
        return object
    }

    static func node(_ name: String, labels: [String: String] = [:]) -> Object {
        var object = Object(["apiVersion": "v1", "kind": "Node"])
        object.name = name
        object.uid = "uid-\(name)"
        fill(&object, [:], labels, false)
        return object
    }

    /// `spec.claimRef` of a claim in `default`; without UID it only reserves.
    static func claimRef(_ name: String, uid: String? = nil) -> JSON {
        var reference: JSON = ["namespace": "default", "name": .string(name)]
        if let uid { reference["uid"] = .string(uid) }
        return reference
    }

    static let bothAnnotations = [VolumeAnnotation.bindCompleted: "yes", VolumeAnnotation.boundByController: "yes"]
    static let byController = [VolumeAnnotation.boundByController: "yes"]

    static func view(_ objects: Object...) -> BinderView { view(objects) }

    static func view(_ objects: [Object]) -> BinderView {
        var view = BinderView()
        for object in objects {
            switch object.kind {
            case "PersistentVolume": view.put(PersistentVolume(object))
            case "PersistentVolumeClaim": view.put(PersistentVolumeClaim(object))
            case "StorageClass": view.put(StorageClass(object))
            case "Node": view.put(node: object)
            default: view.put(PodUse(object))
            }
        }
        return view
    }

    private static func fill(
        _ object: inout Object, _ annotations: [String: String], _ labels: [String: String], _ deleted: Bool
    ) {
        for (key, value) in annotations { object.setAnnotation(key, value) }
        for (key, value) in labels { object.setLabel(key, value) }
        if deleted { object["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
    }
}

extension BindDecision {
    var volumeWritten: Object? {
        for case .volume(let object) in writes { return object }
        return nil
    }
    var claimWritten: Object? {
        for case .claim(let object) in writes { return object }
        return nil
    }
    var reasons: [String] { events.map(\.reason) }
}

extension ClaimKey {
    static func `default`(_ name: String) -> ClaimKey { ClaimKey(namespace: "default", name: name) }
}
