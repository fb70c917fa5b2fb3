import Glibc
import Store
import Synchronization

/// Keeps a number of puts in flight: each answer submits the next.
final class PutLoad: @unchecked Sendable {
    let engine: LocalEngine
    let waiters: Int
    let total: Int
    let keys: Int
    let order: Order
    private let value: [UInt8]
    private let submitted = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    private let turn = Turn()
    // Touched on the writer thread only, until `run` returns.
    private var times = Histogram()
    private var lapStarted: Int64 = 0
    var onProgress: ((Int, Double) -> Void)?

    enum Order {
        /// New keys, one behind the other: etcd's own documented load (`--sequential-keys`).
        case ascending
        /// Each key once, neighbours in time far apart.
        case scattered
        /// Any of the keys, again and again.
        case random
    }

    init(engine: LocalEngine, waiters: Int, valueBytes: Int, keys: Int, total: Int, order: Order) {
        self.engine = engine
        self.waiters = waiters
        self.total = total
        self.keys = keys
        self.order = order
        value = (0..<valueBytes).map { UInt8(truncatingIfNeeded: $0) }
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
        let number =
            switch order {
            case .ascending: index
            case .scattered: (index &* 7_368_787) % keys
            case .random: Int((UInt64(index) &* 0x9E37_79B9_7F4A_7C15) >> 33) % keys
            }
        let put = Put(key: Array(Self.key(number).utf8), value: value)
        let start = now()
        engine.submit(Transaction(success: [.put(put)]), origin: Origin("bench")) { [self] _ in
            times.add(now() - start)
            let done = finished.wrappingAdd(1, ordering: .relaxed).newValue
            if done % 100_000 == 0, let onProgress {
                onProgress(done, Double(now() - lapStarted) / 1e9)
                lapStarted = now()
            }
            if done == total { turn.pass() } else { submitNext() }
        }
    }

    func latencies() -> String {
        "p50 \(microseconds(times.percentile(50))), p99 \(microseconds(times.percentile(99))), "
            + "max \(microseconds(times.maximum))"
    }
}
