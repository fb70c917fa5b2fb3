package import Objects

/// What to do about one key: the outcome of a pure decision. Nothing of it has happened yet.
package struct BindDecision: Sendable, Hashable {
    /// The numbered branch of the decision, `1-1`; tests are named by it.
    package var branch: String
    /// New states, spec and status, to be written in ONE transaction. Each carries the resourceVersion of the state that
    /// it was made from. Empty: everything is as it should be.
    package var writes: [Write] = []
    /// Objects that the decision stands on and does not write: if one of them has changed, nothing is written.
    package var guards: [Write] = []
    /// Must hold, but was only seen in a cache that may be behind: to be checked against the store first.
    package var premises: [Premise] = []
    package var events: [VolumeEvent] = []
    /// Keys that this outcome concerns and that would not be looked at otherwise.
    package var follow: [BinderKey] = []
    /// What should never happen: say so and try again later.
    package var failure: String?

    package init(_ branch: String) { self.branch = branch }

    package enum Write: Sendable, Hashable {
        case volume(Object)
        case claim(Object)

        package var object: Object {
            switch self {
            case .volume(let object), .claim(let object): object
            }
        }
        /// The key under which the binder looks at the object.
        package var key: BinderKey {
            switch self {
            case .volume(let object): .volume(object.name)
            case .claim(let object): .claim(ClaimKey(namespace: object.namespace, name: object.name))
            }
        }
    }

    package enum Premise: Sendable, Hashable {
        case noVolume(String)
        case noClass(String)
        /// No claim of this name has this UID.
        case noClaim(ClaimKey, uid: String)
    }
}

/// An event to be recorded when the decision's writes have been made.
package struct VolumeEvent: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        case normal = "Normal"
        case warning = "Warning"
    }

    package var about: Object
    package var kind: Kind
    package var reason: String
    package var message: String
    /// Which of upstream's controllers says this.
    package var component: String

    package init(
        _ about: Object, _ kind: Kind, _ reason: String, _ message: String,
        component: String = "persistentvolume-controller"
    ) {
        self.component = component
        self.about = about
        self.kind = kind
        self.reason = reason
        self.message = message
    }
}
