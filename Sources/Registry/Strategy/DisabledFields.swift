import Objects

/// Fields of pods behind feature gates that are off in 1.36 by default: as upstream does, they are dropped unless the
/// object has them already (k8s.io/kubernetes, pkg/api/pod, dropDisabledFields).
enum DisabledFields {
    /// `path` leads to the pod's spec.
    static func drop(_ object: inout Object, _ old: Object?, _ path: [String]) {
        if old.map({ isUsed($0, path) }) ?? false { return }
        for list in ["containers", "initContainers"] {
            guard let containers = object.json.at(path + [list])?.array, containers.contains(where: hasStopSignal)
            else {
                continue
            }
            object.json.set(path + [list], .array(containers.map(withoutStopSignal)))
        }
        guard let volumes = object.json.at(path + ["volumes"])?.array, volumes.contains(where: hasTrustBundle) else {
            return
        }
        object.json.set(path + ["volumes"], .array(volumes.map(withoutTrustBundles)))
    }

    private static func isUsed(_ object: Object, _ path: [String]) -> Bool {
        let containers = ["containers", "initContainers"].flatMap { object.json.at(path + [$0])?.array ?? [] }
        return containers.contains(where: hasStopSignal)
            || (object.json.at(path + ["volumes"])?.array ?? []).contains(where: hasTrustBundle)
    }

    private static func hasStopSignal(_ container: JSON) -> Bool { container.at("lifecycle", "stopSignal") != nil }

    private static func withoutStopSignal(_ container: JSON) -> JSON {
        guard var lifecycle = container["lifecycle"], lifecycle["stopSignal"] != nil else { return container }
        var container = container
        lifecycle["stopSignal"] = nil
        if lifecycle.object?.isEmpty ?? true {
            container["lifecycle"] = nil
        } else {
            container["lifecycle"] = lifecycle
        }
        return container
    }

    private static func hasTrustBundle(_ volume: JSON) -> Bool {
        (volume.at("projected", "sources")?.array ?? []).contains { $0["clusterTrustBundle"] != nil }
    }

    private static func withoutTrustBundles(_ volume: JSON) -> JSON {
        guard hasTrustBundle(volume) else { return volume }
        var volume = volume
        let sources = (volume.at("projected", "sources")?.array ?? []).map { source -> JSON in
            var source = source
            source["clusterTrustBundle"] = nil
            return source
        }
        volume.set(["projected", "sources"], .array(sources))
        return volume
    }
}
