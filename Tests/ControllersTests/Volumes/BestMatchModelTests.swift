import Objects
import Testing

@testable import Controllers

/// The index against upstream's loop written out plainly, on random volumes and claims.
@Suite struct BestMatchModelTests {
    @Test(arguments: [UInt64](1...40))
    func theIndexFindsWhatTheLoopFinds(_ seed: UInt64) {
        var random = SeededRandom(seed)
        var view = BinderView()
        for step in 0..<120 {
            let name = "v\(Int.random(in: 0..<12, using: &random))"
            if Int.random(in: 0..<5, using: &random) == 0 {
                view.removeVolume(name)
            } else {
                view.put(PersistentVolume(volume(name, &random)))
            }
            let claim = PersistentVolumeClaim(claim(&random))
            let found = BestMatch.find(for: claim, in: view.volumes, delaysBinding: false)
            let expected = loop(claim, Array(view.volumes.all))
            #expect(found?.name == expected?.name, "seed \(seed), step \(step)")
        }
    }

    /// `findByClaim` and `FindMatchingVolume`, with names to break ties.
    private func loop(_ claim: PersistentVolumeClaim, _ volumes: [PersistentVolume]) -> PersistentVolume? {
        let sets = Set(volumes.map(\.accessModes)).filter { $0.isSuperset(of: claim.accessModes) }
        for count in Set(sets.map(\.count)).sorted() {
            let group = volumes.filter { $0.accessModes.count == count && sets.contains($0.accessModes) }
                .filter { $0.claimRef == nil || $0.isBound(to: claim) }
                .filter { $0.capacity >= claim.request && $0.volumeMode == claim.volumeMode && !$0.isBeingDeleted }
                .sorted {
                    ($0.accessModes.rawValue, $0.capacity, $0.name) < ($1.accessModes.rawValue, $1.capacity, $1.name)
                }
            let named = group.filter { $0.claimRef != nil }
                .min { ($0.capacity, $0.name) < ($1.capacity, $1.name) }
            if let named { return named }
            let free = group.filter { $0.phase == .available && $0.className == claim.className }
                .filter { claim.selector?.matches($0.object) ?? true }
            if let first = free.first { return first }
        }
        return nil
    }

    private func volume(_ name: String, _ random: inout SeededRandom) -> Object {
        let claims: [JSON?] = [nil, nil, nil, Make.claimRef("c"), Make.claimRef("d")]
        return Make.volume(
            name, size: "\(Int.random(in: 1...4, using: &random))Gi", modes: modes(&random),
            className: [nil, "x"].randomElement(using: &random) ?? nil,
            mode: ["Filesystem", "Filesystem", "Block"].randomElement(using: &random) ?? "",
            claim: claims.randomElement(using: &random) ?? nil,
            phase: ["Available", "Available", "Released"].randomElement(using: &random) ?? "",
            labels: ["disk": ["a", "b"].randomElement(using: &random) ?? ""],
            deleted: Int.random(in: 0..<8, using: &random) == 0)
    }

    private func claim(_ random: inout SeededRandom) -> Object {
        let selectors: [JSON?] = [nil, nil, ["matchLabels": ["disk": "a"]]]
        return Make.claim(
            "c", size: "\(Int.random(in: 1...4, using: &random))Gi", modes: [modes(&random)[0]],
            className: [nil, "x"].randomElement(using: &random) ?? nil,
            mode: ["Filesystem", "Filesystem", "Block"].randomElement(using: &random) ?? "",
            selector: selectors.randomElement(using: &random) ?? nil)
    }

    private func modes(_ random: inout SeededRandom) -> [String] {
        let all = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"].shuffled(using: &random)
        return Array(all.prefix(Int.random(in: 1...3, using: &random)))
    }
}
