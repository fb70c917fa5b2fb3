import Objects

@testable import Controllers

/// What users, provisioners and other programs do to the store, at random.
enum SimUsers {
    static let classNames: [String?] = [nil, nil, nil, "", "manual", "wait", "local", "localwait"]

    static func act(_ store: inout SimStore, _ random: inout SeededRandom) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: store.create(volume(store, &random))
        case 4..<8: store.create(claim(store, &random))
        case 8: store.create(storageClass(&random))
        case 9: store.create(pod(&random))
        case 10..<12: delete("PersistentVolume", &store, &random)
        case 12..<14: delete("PersistentVolumeClaim", &store, &random)
        case 14: delete(["StorageClass", "Pod"].randomElement(using: &random) ?? "", &store, &random)
        case 15: schedule(&store, &random)
        case 16..<18: provision(&store, &random)
        default: meddle(&store, &random)
        }
    }

    /// As `act`, but nobody touches bindings: volumes are reserved by name at most, and what is protected stays as long
    /// as it is in use.
    static func actOrderly(_ store: inout SimStore, _ random: inout SeededRandom) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4:
            var volume = volume(store, &random)
            volume["spec", "claimRef", "uid"] = nil
            store.create(volume)
        case 4..<9:
            var claim = claim(store, &random)
            claim["metadata", "annotations"] = nil
            store.create(claim)
        case 9: store.create(storageClass(&random))
        case 10: store.create(pod(&random))
        case 11, 12: deleteProtected(&store, &random)
        case 13, 14: delete("PersistentVolumeClaim", &store, &random)
        case 15: delete(["StorageClass", "Pod"].randomElement(using: &random) ?? "", &store, &random)
        case 16: schedule(&store, &random)
        default: provision(&store, &random)
        }
    }

    /// A bound volume is only marked; it goes when it is no longer bound.
    private static func deleteProtected(_ store: inout SimStore, _ random: inout SeededRandom) {
        guard let volume = store.all("PersistentVolume").randomElement(using: &random) else { return }
        if volume["status", "phase"] == "Bound" {
            store.change("PersistentVolume", volume.name) {
                $0["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
            }
        } else {
            store.delete("PersistentVolume", volume.name)
        }
    }

    static func provision(_ store: inout SimStore, _ random: inout SeededRandom) {
        for volume in store.all("PersistentVolume")
        where volume["status", "phase"] == "Released" && volume["spec", "persistentVolumeReclaimPolicy"] == "Delete"
            && volume.annotation(VolumeAnnotation.provisionedBy) == Provisioner.berthLocal
        {
            store.delete("PersistentVolume", volume.name)
            return
        }
        for claim in store.all("PersistentVolumeClaim")
        where claim.annotation(VolumeAnnotation.storageProvisioner) == Provisioner.berthLocal
            && claim["spec", "volumeName"] == nil
        {
            var volume = Make.volume(
                "pvc-\(claim.uid)", size: claim["spec", "resources", "requests", "storage"]?.string ?? "",
                className: claim["spec", "storageClassName"]?.string, mode: claim["spec", "volumeMode"]?.string ?? "",
                claim: Make.claimRef(claim.name, uid: claim.uid), phase: "Pending", policy: "Delete",
                annotations: [VolumeAnnotation.provisionedBy: Provisioner.berthLocal])
            volume["spec", "accessModes"] = claim["spec", "accessModes"]
            store.create(volume)
        }
    }

    // MARK: Objects

    private static func volume(_ store: SimStore, _ random: inout SeededRandom) -> Object {
        var claim: JSON?
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: claim = Make.claimRef(claimName(&random))
        case 2:
            // Half a pair, as a restore leaves it: of a claim that exists, or of one that does not.
            let some = store.all("PersistentVolumeClaim").randomElement(using: &random)
            claim = Make.claimRef(some?.name ?? "c0", uid: some?.uid ?? "gone")
        default: break
        }
        return Make.volume(
            "v\(Int.random(in: 0..<6, using: &random))", size: size(&random), modes: modes(&random),
            className: (classNames.randomElement(using: &random) ?? nil),
            mode: Int.random(in: 0..<8, using: &random) == 0 ? "Block" : "Filesystem", claim: claim, phase: "Pending",
            policy: ["Retain", "Retain", "Delete", "Recycle"].randomElement(using: &random) ?? "",
            labels: ["disk": ["a", "b"].randomElement(using: &random) ?? ""])
    }

    private static func claim(_ store: SimStore, _ random: inout SeededRandom) -> Object {
        let name = claimName(&random)
        let volume = Int.random(in: 0..<6, using: &random) == 0 ? "v\(Int.random(in: 0..<6, using: &random))" : nil
        let isRestored = volume != nil && Int.random(in: 0..<3, using: &random) == 0
        let selector: JSON? = Int.random(in: 0..<8, using: &random) == 0 ? ["matchLabels": ["disk": "a"]] : nil
        return Make.claim(
            name, size: size(&random), modes: [modes(&random)[0]],
            className: (classNames.randomElement(using: &random) ?? nil),
            mode: Int.random(in: 0..<8, using: &random) == 0 ? "Block" : "Filesystem", volume: volume,
            annotations: isRestored ? [VolumeAnnotation.bindCompleted: "yes"] : [:], selector: selector,
            created: "2026-01-01T00:00:0\(Int.random(in: 0..<3, using: &random))Z")
    }

    private static func storageClass(_ random: inout SeededRandom) -> Object {
        let name = ["manual", "wait", "local", "localwait"].randomElement(using: &random) ?? ""
        return Make.storageClass(
            name, provisioner: name.hasPrefix("local") ? Provisioner.berthLocal : Provisioner.none,
            waits: name.hasSuffix("wait"), isDefault: Int.random(in: 0..<8, using: &random) == 0)
    }

    private static func pod(_ random: inout SeededRandom) -> Object {
        let claims = Set((0..<2).map { _ in claimName(&random) }).sorted()
        return Make.pod(
            "p\(Int.random(in: 0..<3, using: &random))", claims: claims, node: Bool.random(using: &random) ? "n1" : "")
    }

    // MARK: Changes

    private static func schedule(_ store: inout SimStore, _ random: inout SeededRandom) {
        guard let pod = store.all("Pod").randomElement(using: &random) else { return }
        store.change("Pod", pod.name) { $0["spec", "nodeName"] = "n1" }
    }

    /// Objects are deleted at once or marked first.
    private static func delete(_ kind: String, _ store: inout SimStore, _ random: inout SeededRandom) {
        guard let object = store.all(kind).randomElement(using: &random) else { return }
        if object.isBeingDeleted || Int.random(in: 0..<3, using: &random) > 0 {
            store.delete(kind, object.name)
        } else {
            store.change(kind, object.name) { $0["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" }
        }
    }

    /// What administrators do to bindings by hand.
    private static func meddle(_ store: inout SimStore, _ random: inout SeededRandom) {
        guard let volume = store.all("PersistentVolume").randomElement(using: &random) else { return }
        let choice = Int.random(in: 0..<6, using: &random)
        store.change("PersistentVolume", volume.name) { object in
            switch choice {
            case 0: object["spec", "claimRef"] = nil
            case 1: object["spec", "claimRef", "uid"] = nil
            case 2: object["spec", "persistentVolumeReclaimPolicy"] = "Retain"
            case 3: object.setLabel("touched", "\(object.resourceVersion)")
            case 4: object["spec", "accessModes"] = ["ReadWriteOnce", "ReadOnlyMany"]
            default: object["status", "phase"] = "Available"
            }
        }
    }

    private static func claimName(_ random: inout SeededRandom) -> String {
        "c\(Int.random(in: 0..<6, using: &random))"
    }
    private static func size(_ random: inout SeededRandom) -> String { "\(Int.random(in: 1...3, using: &random))Gi" }
    private static func modes(_ random: inout SeededRandom) -> [String] {
        let all = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"].shuffled(using: &random)
        return Array(all.prefix(Int.random(in: 1...2, using: &random)))
    }
}
