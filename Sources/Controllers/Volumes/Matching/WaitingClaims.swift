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
        /// Here too, so that passing over a claim that does not fit costs two comparisons and no look-up.
        var accessModes: AccessModes
        var request: Quantity

        static func < (left: Entry, right: Entry) -> Bool { (left.createdAt, left.key) < (right.createdAt, right.key) }
    }

    private var buckets: [Bucket: SortedChunks<Entry>] = [:]

    package init() {}

    package mutating func insert(_ claim: PersistentVolumeClaim) {
        let entry = entry(of: claim)
        buckets[bucket(of: claim), default: SortedChunks()].insert(entry)
    }

    package mutating func remove(_ claim: PersistentVolumeClaim) {
        let (bucket, entry) = (bucket(of: claim), entry(of: claim))
        buckets[bucket]?.remove(entry)
        if buckets[bucket]?.isEmpty == true { buckets[bucket] = nil }
    }

    /// The oldest claim of the volume's class and mode for which it offers enough, and that `accepts` takes.
    package func first(for volume: PersistentVolume, where accepts: (ClaimKey) -> Bool) -> ClaimKey? {
        let bucket = Bucket(className: volume.className, volumeMode: volume.volumeMode)
        let (modes, capacity) = (volume.accessModes, volume.capacity)
        return buckets[bucket]?.first { entry in
            entry.request <= capacity && modes.isSuperset(of: entry.accessModes) && accepts(entry.key)
        }?.key
    }

    /// All claims of a class, in any order.
    package func keys(className: String) -> [ClaimKey] {
        buckets.filter { $0.key.className == className }.flatMap { $0.value.elements.map(\.key) }
    }

    private func entry(of claim: PersistentVolumeClaim) -> Entry {
        Entry(
            createdAt: claim.object.creationTimestamp, key: claim.key, accessModes: claim.accessModes,
            request: claim.request)
    }

    private func bucket(of claim: PersistentVolumeClaim) -> Bucket {
        Bucket(className: claim.className, volumeMode: claim.volumeMode)
    }
}
