import Glibc
import Testing

@testable import Controllers

@Suite struct SetSimulationTests {
    /// `BERTH_SIMULATION_STEPS` makes it longer, `BERTH_SIMULATION_SEED` repeats one life.
    @Test func holdsItsPromisesWhateverHappens() {
        let wanted = number("BERTH_SIMULATION_STEPS") ?? 100_000
        if let seed = number("BERTH_SIMULATION_SEED") {
            live(seed: UInt64(seed), epochs: 5)
            return
        }
        let first = UInt64.random(in: 0...1_000_000_000)
        print("simulated sets: seeds from \(first)")
        var steps = 0
        var seed = first
        while steps < wanted {
            guard let done = live(seed: seed, epochs: 5) else { return }
            steps += done
            seed += 1
        }
        print("simulated sets: \(steps) steps, \(seed - first) lives")
    }

    /// The steps that were done; nil when something broke.
    @discardableResult
    private func live(seed: UInt64, epochs: Int) -> Int? {
        var simulation = SetSimulation(seed: seed)
        for _ in 0..<epochs {
            simulation.runEpoch(steps: 200)
            guard simulation.violations.isEmpty else {
                Issue.record("seed \(seed), step \(simulation.steps): \(simulation.violations)\n\(simulation.trail)")
                return nil
            }
        }
        return simulation.steps
    }

    private func number(_ name: String) -> Int? { getenv(name).flatMap { Int(String(cString: $0)) } }
}
