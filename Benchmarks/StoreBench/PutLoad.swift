import Glibc
import Store
import Synchronization

/// Keeps a number of puts in flight: each answer submits the next.
final class PutLoad: @unchecked Sendable {
    let engine: LocalEngine
    let waiters: Int
    let total: Int
    let keys: Int
    let distinct: Bool
    private let value: [UInt8]
    private let submitted = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    private let turn = Turn()
    // Touched on the writer thread only, until `run` returns.
    private var times: [Int64] = []
    private var lapStarted: Int64 = 0
    var onProgress: ((Int, Double) -> Void)?

    init(engine: LocalEngine, waiters: Int, valueBytes: Int, keys: Int, total: Int, distinct: Bool = false) {
        self.engine = engine
        self.waiters = waiters
        self.total = total
        self.keys = keys
        self.distinct = distinct
        value = (0..<valueBytes).map { UInt8(truncatingIfNeeded: $0) }
        times.reserveCapacity(total)
    }

    static func key(_ index: Int) -> String {
        let digits = String(index)
        return "/registry/bench/default/object-" + String(repeating: "0", count: 8 - digits.count) + digits
    }

    func run() -> Double {
        let start = now()
        lapStarted = start
        for _ in 0..<waiters { submitNext() }
        turn.wait()
        return Double(now() - start) / 1e9
    }

    private func submitNext() {
        let index = submitted.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= total { return }
        // A fixed permutation: neighbours in time are not neighbours in the tree.
        let number = distinct ? (index &* 7_368_787) % keys : (index &* 2_654_435_761) % keys
        let put = Put(key: Array(Self.key(number).utf8), value: value)
        let start = now()
        engine.submit(Transaction(success: [.put(put)]), origin: Origin("bench")) { [self] _ in
            times.append(now() - start)
            let done = finished.wrappingAdd(1, ordering: .relaxed).newValue
            if done % 100_000 == 0, let onProgress {
                onProgress(done, Double(now() - lapStarted) / 1e9)
                lapStarted = now()
            }
            if done == total { turn.pass() } else { submitNext() }
        }
    }

    func latencies() -> String {
        "p50 \(microseconds(percentile(times, 50))), p99 \(microseconds(percentile(times, 99))), "
            + "max \(microseconds(times.max() ?? 0))"
    }
}
