package import Objects

/// Items of a list, in key order, all as they were at `revision`.
package struct ObjectList: Sendable, Hashable {
    package var items: [Object]
    /// `metadata.resourceVersion` of the list.
    package var revision: Int64
    /// Empty: this was the last page.
    package var continueToken: String
    /// nil: nothing remains, or it is unknown because a selector was used.
    package var remaining: Int64?

    /// As the list would be read.
    package var stored: StoredList {
        StoredList(
            items: items.map { object in
                StoredBytes(value: ObjectCoding.encode(object), revision: Int64(object.resourceVersion) ?? 0)
            },
            revision: revision, continueToken: continueToken, remaining: remaining)
    }
}

/// Stored bytes with what is not in them. `Splice.resourceVersion` (KubeAPI) makes the answer out of both.
package struct StoredBytes: Sendable, Hashable {
    /// JSON without `metadata.resourceVersion`.
    package var value: [UInt8]
    package var revision: Int64
}

package struct StoredList: Sendable, Hashable {
    package var items: [StoredBytes]
    package var revision: Int64
    package var continueToken: String
    package var remaining: Int64?
}

package struct DeleteOutcome: Sendable, Hashable {
    /// The object as it was last, or as it now waits for its finalizers or its grace period.
    package var object: Object
    /// False: it is marked, and goes when its finalizers or its grace period are done.
    package var removed: Bool
    /// True: the API answers with the object; false: with a Status, as upstream does for some kinds.
    package var returnsObject: Bool
}

package struct PatchOutcome: Sendable, Hashable {
    package var object: Object
    /// A server-side apply made the object (201).
    package var created: Bool
    /// Texts of `Warning` headers.
    package var warnings: [String]
}

/// One object's part of `Registry.commit`.
package enum Change: Sendable, Hashable {
    /// A new object; fails with AlreadyExists.
    case create(ResourceName, Object)
    /// Spec and status both, as given. `object.resourceVersion` must be that of the version it was made from.
    case update(ResourceName, Object)
    /// Removes at once, finalizers or not; guarded by the resourceVersion unless that is empty.
    case remove(ResourceName, Object)
    /// Guards the others: fails with Conflict unless the object is still at this version.
    case unchanged(ResourceName, Object)
}
