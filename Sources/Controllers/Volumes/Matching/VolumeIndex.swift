package import Objects

/// The volumes, found by what a claim asks for. Two indexes: free volumes by class, volume mode and access modes, each
/// bucket ordered by size; and volumes that name a claim, by that claim. So the cost of a match is that of a binary
/// search and does not grow with the number of volumes.
package struct VolumeIndex: Sendable {
    private struct Bucket: Hashable {
        var className: String
        var volumeMode: String
        var accessModes: AccessModes
    }

    private struct Entry: Comparable {
        var capacity: Quantity
        var name: String

        static func < (left: Entry, right: Entry) -> Bool {
            (left.capacity, left.name) < (right.capacity, right.name)
        }
    }

    private var volumes: [String: PersistentVolume] = [:]
    private var free: [Bucket: SortedChunks<Entry>] = [:]
    private var reserved: [ClaimKey: Set<String>] = [:]
    /// Volumes whose write is under way: whatever they look like, nobody else may have them.
    private var taken: Set<String> = []

    package init() {}

    package subscript(name: String) -> PersistentVolume? { volumes[name] }
    package var all: some Collection<PersistentVolume> { volumes.values }

    package mutating func put(_ volume: PersistentVolume) {
        remove(volume.name)
        volumes[volume.name] = volume
        if let claim = volume.claimRef { reserved[claim.key, default: []].insert(volume.name) }
        insertIfFree(volume)
    }

    package mutating func remove(_ name: String) {
        guard let volume = volumes.removeValue(forKey: name) else { return }
        removeFromFree(volume)
        if let claim = volume.claimRef {
            reserved[claim.key]?.remove(name)
            if reserved[claim.key]?.isEmpty == true { reserved[claim.key] = nil }
        }
    }

    /// Nobody gets the volume until `giveBack`.
    package mutating func take(_ name: String) {
        taken.insert(name)
        if let volume = volumes[name] { removeFromFree(volume) }
    }

    package mutating func giveBack(_ name: String) {
        guard taken.remove(name) != nil, let volume = volumes[name] else { return }
        insertIfFree(volume)
    }

    package func isFree(_ volume: PersistentVolume) -> Bool { Self.couldBeFree(volume) && !taken.contains(volume.name) }

    /// Volumes whose `claimRef` names this claim, by name.
    package func volumes(naming claim: ClaimKey) -> [PersistentVolume] {
        (reserved[claim] ?? []).sorted().compactMap { volumes[$0] }
    }

    /// Free volumes of the class that offer at least these modes: those with the fewest modes first, within equal modes
    /// from `minimum` upwards, within equal sizes by name.
    package func free(
        className: String, volumeMode: String, atLeast modes: AccessModes, minimum: Quantity,
        where accepts: (PersistentVolume) -> Bool
    ) -> PersistentVolume? {
        for wider in Self.supersets(of: modes) {
            let bucket = Bucket(className: className, volumeMode: volumeMode, accessModes: wider)
            let entry = free[bucket]?.first(after: { $0.capacity < minimum }) { volumes[$0.name].map(accepts) ?? false }
            if let entry { return volumes[entry.name] }
        }
        return nil
    }

    /// Free volumes of the class that offer at least these modes: the smallest, whatever its modes. This is the
    /// scheduler's order, which differs from the binder's.
    package func smallestFree(
        className: String, volumeMode: String, atLeast modes: AccessModes, minimum: Quantity,
        where accepts: (PersistentVolume) -> Bool
    ) -> PersistentVolume? {
        var best: PersistentVolume?
        for wider in Self.supersets(of: modes) {
            let bucket = Bucket(className: className, volumeMode: volumeMode, accessModes: wider)
            let bound = best.map { Entry(capacity: $0.capacity, name: $0.name) }
            let entry = free[bucket]?.first(after: { $0.capacity < minimum }) { entry in
                // From here on nothing is smaller than what another set of modes has.
                if let bound, entry >= bound { return true }
                return volumes[entry.name].map(accepts) ?? false
            }
            guard let entry, bound.map({ entry < $0 }) ?? true else { continue }
            best = volumes[entry.name]
        }
        return best
    }

    /// The largest free volume of the class that offers at least these modes; labels are not looked at.
    package func largestFree(className: String, volumeMode: String, atLeast modes: AccessModes) -> PersistentVolume? {
        Self.supersets(of: modes)
            .compactMap { free[Bucket(className: className, volumeMode: volumeMode, accessModes: $0)]?.last }
            .max().flatMap { volumes[$0.name] }
    }

    // MARK: The free ones

    private static func couldBeFree(_ volume: PersistentVolume) -> Bool {
        volume.claimRef == nil && volume.phase == .available && !volume.isBeingDeleted
    }

    private mutating func insertIfFree(_ volume: PersistentVolume) {
        guard isFree(volume) else { return }
        let entry = entry(of: volume)
        free[bucket(of: volume), default: SortedChunks()].insert(entry)
    }

    private mutating func removeFromFree(_ volume: PersistentVolume) {
        let (bucket, entry) = (bucket(of: volume), entry(of: volume))
        free[bucket]?.remove(entry)
        if free[bucket]?.isEmpty == true { free[bucket] = nil }
    }

    private func entry(of volume: PersistentVolume) -> Entry { Entry(capacity: volume.capacity, name: volume.name) }

    private func bucket(of volume: PersistentVolume) -> Bucket {
        Bucket(className: volume.className, volumeMode: volume.volumeMode, accessModes: volume.accessModes)
    }

    /// All sets of modes that contain these, those with the fewest modes first.
    private static func supersets(of modes: AccessModes) -> [AccessModes] { supersetTable[Int(modes.rawValue)] }

    private static let supersetTable: [[AccessModes]] = (UInt8(0)..<32).map { index in
        let modes = AccessModes(rawValue: index)
        return (UInt8(0)..<32).map { AccessModes(rawValue: $0) }.filter { $0.isSuperset(of: modes) }
            .sorted { ($0.count, $0.rawValue) < ($1.count, $1.rawValue) }
    }
}

extension Array {
    /// The first index from which `precedes` no longer holds; the array must be ordered by it.
    func partition(_ precedes: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if precedes(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
