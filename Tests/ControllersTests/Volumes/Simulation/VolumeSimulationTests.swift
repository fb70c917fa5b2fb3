import Glibc
import Testing

@testable import Controllers

/// Random histories of volumes, claims, classes and pods with crashes and stale observations. Reproduce a failure with
/// its seed: `BERTH_SIMULATION_SEED=N swift test --filter VolumeSimulationTests`. The long form:
/// `BERTH_SIMULATION_STEPS=10000000`.
@Suite struct VolumeSimulationTests {
    private static let steps = number("BERTH_SIMULATION_STEPS") ?? 100_000
    private static let seeds: [UInt64] =
        number("BERTH_SIMULATION_SEED").map { [UInt64($0)] }
        ?? Array(1...UInt64(number("BERTH_SIMULATION_SEEDS") ?? 10))

    @Test(arguments: seeds)
    func nothingIsBoundWronglyAndEverythingSettles(_ seed: UInt64) {
        var world = SimWorld(seed: seed)
        guard live(&world, seed) else { return }
        let branches = world.branches.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: " ")
        print("seed \(seed): \(world.commits) bindings and phases, \(world.conflicts) conflicts; \(branches)")
        #expect(world.commits > 100)
        #expect(world.conflicts > 10, "no races, no test")
    }

    @Test(arguments: seeds)
    func atEveryRevisionVolumesAndClaimsAreOneToOne(_ seed: UInt64) {
        var world = SimWorld(seed: seed &+ 1_000_000, isOrderly: true)
        guard live(&world, seed) else { return }
        print("seed \(seed): \(world.history.pairs) pairs in \(world.commits) writes, \(world.conflicts) conflicts")
        #expect(world.history.pairs > 10)
        #expect(world.conflicts > 0, "no races, no test")
    }

    /// All steps, and what follows once faults stop; false: it ended early, which is recorded.
    private func live(_ world: inout SimWorld, _ seed: UInt64) -> Bool {
        for step in 0..<(Self.steps / Self.seeds.count) {
            world.step()
            if let failure = world.failure {
                Issue.record("seed \(seed), step \(step): \(failure)\n\(world.description)")
                return false
            }
        }
        world.settle()
        #expect(world.failure == nil, "seed \(seed), at the end")
        return true
    }

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
}
