import Objects
import Registry

/// What the StatefulSet controller sees, and which sets a change concerns.
struct SetInformers: Sendable {
    let sets: Informer
    let pods: Informer
    let claims: Informer
    let revisions: Informer

    init(_ shared: SharedInformers, enqueue: @escaping @Sendable (ObjectKey) -> Void) {
        sets = shared.informer(.statefulSets)
        pods = shared.informer(.pods)
        claims = shared.informer(.persistentVolumeClaims)
        revisions = shared.informer(.controllerRevisions)
        sets.addIndex(SetIndex.namespace) { [$0.namespace] }
        pods.addIndex(SetIndex.owner, SetIndex.owners)
        revisions.addIndex(SetIndex.owner, SetIndex.owners)
        claims.addIndex(SetIndex.family, SetIndex.families)

        sets.addHandler { old, new in
            if let set = new ?? old { enqueue(ObjectKey(.statefulSets, namespace: set.namespace, name: set.name)) }
        }
        let sets = sets
        pods.addHandler { old, new in
            for key in SetIndex.concerned(old, new, sets) { enqueue(key) }
        }
        revisions.addHandler { old, new in
            if new == nil { for key in SetIndex.concerned(old, nil, sets) { enqueue(key) } }
        }
        claims.addHandler { old, new in
            guard let claim = new ?? old else { return }
            let isGoing = new?.isBeingDeleted ?? true
            // A claim can grow once it is bound; one that was made by an earlier template may have to.
            let isBound = !isGoing && new?["status", "phase"] == "Bound" && old?["status", "phase"] != "Bound"
            guard isGoing || isBound else { return }
            for key in SetIndex.setsNaming(claim, sets, growing: !isGoing) { enqueue(key) }
        }
    }

    func haveSeen(_ written: SetEffects.Written) -> Bool {
        written.wereSeen(by: [sets, pods, claims, revisions])
    }

    func input(_ set: SetSpec, recorded: SetRevision?, now: Int64) -> (input: SetInput, selector: LabelSelector?) {
        let candidates = [SetIndex.controlled(by: set.uid), SetIndex.orphans(in: set.namespace)]
        let pods = candidates.flatMap { self.pods.indexed(by: SetIndex.owner, value: $0) }
        var revisions = candidates.flatMap { self.revisions.indexed(by: SetIndex.owner, value: $0) }
        if let recorded {
            // Just written, or an earlier set's record that serves: the set's own from here on.
            var object = recorded.object
            object.setOwnerReferences([set.reference])
            revisions.removeAll { $0.name == object.name }
            revisions.append(object)
        }
        let input = SetInput(
            set: set.object, pods: pods, claims: claims(of: set, pods), revisions: revisions, now: now)
        return (input, set.object["spec", "selector"].flatMap { LabelSelector($0) })
    }

    /// The claims that the templates name, for the wanted ordinals and for those that pods have. Found among those that
    /// there are: a set may want more ordinals than anybody could ask for one by one.
    private func claims(of set: SetSpec, _ pods: [Object]) -> [String: Object] {
        let present = Set(
            pods.compactMap { PodIdentity.parse($0.name) }.filter { $0.set == set.name }.map(\.ordinal))
        let wanted = set.ordinals
        var found: [String: Object] = [:]
        for template in set.claimTemplates {
            let family = SetIndex.familyKey(namespace: set.namespace, "\(template.name)-\(set.name)")
            for claim in claims.indexed(by: SetIndex.family, value: family) {
                guard let ordinal = PodIdentity.parse(claim.name)?.ordinal else { continue }
                if wanted.contains(ordinal) || present.contains(ordinal) { found[claim.name] = claim }
            }
        }
        return found
    }
}

/// Indexes by owner, so that a set finds its own among thousands.
enum SetIndex {
    static let owner = "statefulset.owner"
    static let namespace = "statefulset.namespace"
    static let family = "statefulset.claims"

    static func familyKey(namespace: String, _ name: String) -> String { namespace + "/" + name }

    /// Claims of one template and one set differ in their ordinal only.
    @Sendable static func families(of claim: Object) -> [String] {
        PodIdentity.parse(claim.name).map { [familyKey(namespace: claim.namespace, $0.set)] } ?? []
    }

    static func controlled(by uid: String) -> String { "uid/" + uid }
    static func orphans(in namespace: String) -> String { "orphans/" + namespace }

    @Sendable static func owners(of object: Object) -> [String] {
        [object.controllerReference.map { controlled(by: $0.uid) } ?? orphans(in: object.namespace)]
    }

    /// The sets that control or controlled an object, and for an orphan every set that might adopt it.
    static func concerned(_ old: Object?, _ new: Object?, _ sets: Informer) -> Set<ObjectKey> {
        var keys: Set<ObjectKey> = []
        for object in [old, new].compactMap({ $0 }) {
            if let controller = object.controllerReference {
                guard controller.kind == "StatefulSet" else { continue }
                keys.insert(ObjectKey(.statefulSets, namespace: object.namespace, name: controller.name))
            } else if let identity = PodIdentity.parse(object.name) {
                // An orphan can only be adopted by the set that its name begins with.
                keys.insert(ObjectKey(.statefulSets, namespace: object.namespace, name: identity.set))
            }
        }
        return keys.filter { sets.get(namespace: $0.namespace, name: $0.name) != nil }
    }

    /// The sets one of whose templates makes a claim of this name.
    static func setsNaming(_ claim: Object, _ sets: Informer, growing: Bool = false) -> [ObjectKey] {
        guard let ordinal = PodIdentity.parse(claim.name)?.ordinal else { return [] }
        let candidates = sets.indexed(by: namespace, value: claim.namespace).filter {
            !growing || SetAnnotation.isOn(SetAnnotation.growClaims, $0)
        }
        return candidates.map(SetSpec.init).filter { set in
            set.claimTemplates.contains { set.claimName($0, ordinal) == claim.name }
        }.map(\.key)
    }
}
