package import Objects
import Synchronization

/// Which changes can make a pod fit that did not: with thousands of pods waiting, looking at each of them for every
/// event would be all that the scheduler does (upstream's queueing hints). Pure.
package enum SchedulingHints {
    package enum PodChange: Sendable, Equatable {
        /// None that concerns another pod.
        case nothing
        /// What it used is free again.
        case room
        /// Pods that want to be beside or apart from others may have to look again.
        case company
    }

    /// A change of a pod that does not wait for a node.
    package static func change(pod old: Object?, _ new: Object?) -> PodChange {
        let (before, after) = (isPlaced(old), isPlaced(new))
        switch (before, after) {
        case (true, false): return .room
        case (false, true): return .company
        case (true, true):
            // Requests may shrink in place.
            if old?["spec"] != new?["spec"] { return .room }
            return old?.labels != new?.labels ? .company : .nothing
        case (false, false): return .nothing
        }
    }

    /// A node's heartbeat and the images that it has say nothing new.
    package static func isNews(node old: Object?, _ new: Object?) -> Bool {
        guard let old, let new else { return true }
        return old["spec"] != new["spec"] || old.labels != new.labels || old.isBeingDeleted != new.isBeingDeleted
            || ["allocatable", "capacity"].contains { old["status", $0] != new["status", $0] }
    }

    package static func dependsOnPods(_ pod: Object) -> Bool {
        let affinity = pod["spec", "affinity"]
        return affinity?["podAffinity"] != nil || affinity?["podAntiAffinity"] != nil
            || pod["spec", "topologySpreadConstraints"] != nil
    }

    /// It takes up room on a node.
    private static func isPlaced(_ pod: Object?) -> Bool {
        guard let pod, let node = pod["spec", "nodeName"]?.string, !node.isEmpty else { return false }
        return !PodState(pod).isFinished
    }
}

/// What is on the nodes, counted once and not for each pod that waits.
final class PlacedPods: Sendable {
    private struct State {
        var version: UInt64 = 0
        var counted: (version: UInt64, states: [NodeState])?
    }
    private let state = Mutex(State())

    /// A node or a pod on one is not what it was.
    func change() { state.withLock { $0.version += 1 } }

    /// `count` reads caches that are at least as new as the last `change`.
    func states(_ count: () -> [NodeState]) -> [NodeState] {
        let (version, known) = state.withLock { ($0.version, $0.counted) }
        if let known, known.version == version { return known.states }
        let states = count()
        state.withLock { $0.counted = (version, states) }
        return states
    }
}
