import Objects
import Registry
import Synchronization

/// The pods as the store has them, read when a cache that may be behind is not good enough: a claim must not lose its
/// protection because a pod has not been heard of yet. One reading serves all claims that were deleted before it, so
/// deleting thousands of claims does not list the pods thousands of times.
final class PodSnapshot: Sendable {
    private struct State {
        var revision: Int64 = -1
        var podsByClaim: [ClaimKey: [Object]] = [:]
    }

    private let registry: Registry
    private let state = Mutex(State())

    init(_ registry: Registry) { self.registry = registry }

    /// Whether a pod uses this claim in a state of the store that is not older than the claim.
    func isUsed(_ claim: Object) throws(Status) -> Bool {
        let key = ClaimKey(namespace: claim.namespace, name: claim.name)
        let wanted = Int64(claim.resourceVersion) ?? .max
        let known = state.withLock { $0.revision >= wanted ? $0.podsByClaim[key] ?? [] : nil }
        let pods: [Object]
        if let known { pods = known } else { pods = try read()[key] ?? [] }
        return pods.contains { ClaimUse.uses($0, claim) }
    }

    private func read() throws(Status) -> [ClaimKey: [Object]] {
        let list = try registry.list(.pods)
        var podsByClaim: [ClaimKey: [Object]] = [:]
        for pod in list.items { for key in PodUse(pod).claims { podsByClaim[key, default: []].append(pod) } }
        state.withLock { state in
            if list.revision > state.revision { state = State(revision: list.revision, podsByClaim: podsByClaim) }
        }
        return podsByClaim
    }
}
