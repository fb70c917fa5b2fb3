import Objects

/// Claims that wait for any volume that fits, the oldest first, found by what a volume offers.
package struct WaitingClaims: Sendable {
    private struct Bucket: Hashable {
        var className: String
        var volumeMode: String
    }

    private struct Entry: Comparable {
        var createdAt: String
        var key: ClaimKey

        static func < (left: Entry, right: Entry) -> Bool { (left.createdAt, left.key) < (right.createdAt, right.key) }
    }

    private var buckets: [Bucket: [Entry]] = [:]

    package init() {}

    package mutating func insert(_ claim: PersistentVolumeClaim) {
        let entry = entry(of: claim)
        let bucket = bucket(of: claim)
        var entries = buckets.removeValue(forKey: bucket) ?? []
        let place = entries.partition { $0 < entry }
        if place == entries.count || entries[place] != entry { entries.insert(entry, at: place) }
        buckets[bucket] = entries
    }

    package mutating func remove(_ claim: PersistentVolumeClaim) {
        let entry = entry(of: claim)
        let bucket = bucket(of: claim)
        guard var entries = buckets.removeValue(forKey: bucket) else { return }
        let place = entries.partition { $0 < entry }
        if place < entries.count, entries[place] == entry { entries.remove(at: place) }
        if !entries.isEmpty { buckets[bucket] = entries }
    }

    /// The oldest claim of the volume's class and mode that `accepts` takes.
    package func first(
        className: String, volumeMode: String, where accepts: (ClaimKey) -> Bool
    ) -> ClaimKey? {
        buckets[Bucket(className: className, volumeMode: volumeMode)]?.first { accepts($0.key) }?.key
    }

    /// All claims of a class, in any order.
    package func keys(className: String) -> [ClaimKey] {
        buckets.filter { $0.key.className == className }.flatMap { $0.value.map(\.key) }
    }

    private func entry(of claim: PersistentVolumeClaim) -> Entry {
        Entry(createdAt: claim.object.creationTimestamp, key: claim.key)
    }

    private func bucket(of claim: PersistentVolumeClaim) -> Bucket {
        Bucket(className: claim.className, volumeMode: claim.volumeMode)
    }
}
