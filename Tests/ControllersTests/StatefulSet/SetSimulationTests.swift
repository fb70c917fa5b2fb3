import Glibc
import Testing

@testable import Controllers

@Suite struct SetSimulationTests {
    /// `BERTH_SIMULATION_STEPS` makes it longer (CI: 100,000; the long form: 10,000,000), `BERTH_SIMULATION_SEED` repeats
    /// one life, `BERTH_SIMULATION_FROM` the lives from a seed on.
    @Test func holdsItsPromisesWhateverHappens() async {
        if let seed = Self.number("BERTH_SIMULATION_SEED") {
            _ = Self.live(seed: UInt64(seed))
            return
        }
        let wanted = Self.number("BERTH_SIMULATION_STEPS") ?? 100_000
        let first = Self.number("BERTH_SIMULATION_FROM").map { UInt64($0) } ?? .random(in: 0...1_000_000_000)
        print("simulated sets: seeds from \(first)")
        let steps = await withTaskGroup(of: Int.self) { group in
            for lane in 0..<4 {
                group.addTask { Self.lives(from: first + UInt64(lane) * 1_000_000, steps: wanted / 4) }
            }
            return await group.reduce(0, +)
        }
        print("simulated sets: \(steps) steps")
    }

    /// One life after the other; ends with the first that breaks a promise.
    private static func lives(from first: UInt64, steps wanted: Int) -> Int {
        var steps = 0
        var seed = first
        while steps < wanted {
            guard let done = live(seed: seed) else { return steps }
            steps += done
            seed += 1
        }
        return steps
    }

    /// The steps that were done; nil when something broke.
    private static func live(seed: UInt64) -> Int? {
        var simulation = SetSimulation(seed: seed)
        for _ in 0..<5 {
            simulation.runEpoch(steps: 200)
            guard simulation.violations.isEmpty else {
                Issue.record("seed \(seed), step \(simulation.steps): \(simulation.violations)\n\(simulation.trail)")
                return nil
            }
        }
        return simulation.steps
    }

    private static func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
}
