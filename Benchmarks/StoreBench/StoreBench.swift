import Glibc
import RawLMDB
import Store
import Synchronization

enum StoreBench {
    struct Work {
        var name: String
        var run: @Sendable (String) throws -> Void
    }

    static let works: [Work] = [
        Work(name: "put1", run: singlePut), Work(name: "put256", run: manyPuts), Work(name: "load", run: load),
        Work(name: "range", run: range), Work(name: "watch", run: watchers), Work(name: "fan", run: fanOut),
    ]

    static func open(_ directory: String, _ name: String, fresh: Bool = true) throws -> LocalEngine {
        let path = directory + "/" + name
        if fresh { removeTree(path) }
        var options = LocalEngineOptions()
        // Memory is measured on tmpfs as well as on a disk.
        options.ephemeral = getenv("BERTH_BENCH_EPHEMERAL") != nil
        return try LocalEngine.open(directory: path, options: options)
    }

    // MARK: One durable put at a time

    /// In turns of 50 with the same writes and syncs on a plain zero-filled file.
    static func singlePut(_ directory: String) throws {
        let engine = try open(directory, "put1")
        let raw = try RawFile(directory + "/raw")
        var ours: [Int64] = []
        var theirs: [Int64] = []
        let value = [UInt8](repeating: 7, count: 256)
        let turn = Turn()
        for first in stride(from: 0, to: 5_000, by: 50) {
            for index in first..<first + 50 {
                let start = now()
                let put = Put(key: Array("/bench/\(index % 1_000)".utf8), value: value)
                engine.submit(Transaction(success: [.put(put)]), origin: Origin("bench")) { _ in turn.pass() }
                turn.wait()
                ours.append(now() - start)
            }
            for index in first..<first + 50 {
                let start = now()
                raw.writeAndSync(index)
                theirs.append(now() - start)
            }
        }
        engine.close()
        report("put, one client", ours)
        report("raw pwrite + fdatasync of one block", theirs)
        print("ratio of p50: \(ratio(percentile(ours, 50), percentile(theirs, 50)))")
    }

    // MARK: Many waiters

    static func manyPuts(_ directory: String) throws {
        for waiters in [1, 16, 64, 256] { try manyPuts(directory, waiters, .ascending) }
        try manyPuts(directory, 256, .random)
    }

    static func manyPuts(_ directory: String, _ waiters: Int, _ order: PutLoad.Order) throws {
        let engine = try open(directory, "put256")
        let load = PutLoad(
            engine: engine, waiters: waiters, valueBytes: 256, keys: 100_000, total: max(4_000, waiters * 2_000),
            order: order)
        let before = processorTime()
        let seconds = load.run()
        let cost = (processorTime() - before) / Int64(load.total)
        let keys = order == .random ? ", any of 100000 keys" : ""
        print(
            "\(waiters) waiters\(keys): \(Int(Double(load.total) / seconds)) puts/s; \(load.latencies()); "
                + "CPU \(cost) ns a put")
        engine.close()
    }

    // MARK: A million keys

    static func load(_ directory: String) throws {
        var engine = try open(directory, "load")
        let total = 1_000_000
        let started = now()
        let load = PutLoad(engine: engine, waiters: 256, valueBytes: 512, keys: total, total: total, order: .scattered)
        load.onProgress = { done, seconds in
            print("  \(done) keys: \(Int(100_000 / seconds))/s, \(memory())")
        }
        _ = load.run()
        print("loaded in \(seconds(now() - started)); \(load.latencies()); \(memory())")
        let closing = now()
        engine.close()
        print("close \(seconds(now() - closing))")
        let opening = now()
        engine = try open(directory, "load", fresh: false)
        let first = try engine.range(RangeRequest(.key(Array(PutLoad.key(500_000).utf8))))
        print("open and first answer: \(seconds(now() - opening)), \(first.rows.count) row; \(memory())")
        for lap in ["first pass", "warm"] { try pointReads(engine, total, lap) }
        print(memory())
        engine.close()
        for lap in ["first pass", "warm"] { try rawReads(directory, total, lap) }
        print("files: \(shell("du -sm \(directory)/load/* | tr '\\n' ' '"))")
    }

    private static let reads = 500_000

    /// LMDB alone on the file that the store has left: the same keys in the same order.
    static func rawReads(_ directory: String, _ total: Int, _ lap: String) throws {
        var found: Int64 = 0
        let time = raw_lmdb_reads(directory + "/load/lmdb", "latest", Int64(total), Int64(reads), &found)
        guard time > 0 else { throw Failed(what: "LMDB alone", code: errno) }
        print("raw LMDB, \(lap): \(Int(Double(reads) / (Double(time) / 1e9)))/s, \(found) found")
    }

    struct Failed: Error {
        var what: String
        var code: Int32
    }

    static func pointReads(_ engine: LocalEngine, _ total: Int, _ lap: String) throws {
        var generator = UInt64(42)
        let started = now()
        var found = 0
        for _ in 0..<reads {
            generator = generator &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let key = PutLoad.key(Int(generator >> 33) % total)
            _ = try engine.scan(RangeRequest(.key(Array(key.utf8)))) { row in
                found += row.value.count == 512 ? 1 : 0
                return true
            }
        }
        print("point reads, \(lap): \(Int(Double(reads) / (Double(now() - started) / 1e9)))/s, \(found) found")
    }

    static func range(_ directory: String) throws {
        let engine = try open(directory, "load", fresh: false)
        for _ in 0..<3 {
            let started = now()
            var bytes = 0
            var rows = 0
            for start in stride(from: 0, to: 900_000, by: 100_000) {
                let request = RangeRequest(
                    .interval(start: Array(PutLoad.key(start).utf8), end: Array(PutLoad.key(start + 10_000).utf8)))
                _ = try engine.scan(request) { row in
                    bytes += row.value.count
                    rows += 1
                    return true
                }
            }
            let time = Double(now() - started) / 1e9
            print("scans of 10,000 values: \(Int(Double(bytes) / time / 1e6)) MB/s, \(Int(Double(rows) / time)) rows/s")
        }
        engine.close()
    }

    // MARK: Watchers on other keys

    static func watchers(_ directory: String) throws {
        for count in [0, 10_000] {
            let engine = try open(directory, "watch")
            let sink = IgnoringSink()
            var handles: [any WatchHandle] = []
            for index in 0..<count {
                let range: KeyRange =
                    index % 2 == 0 ? .key(Array("/quiet/\(index)".utf8)) : .prefix(Array("/quiet/\(index)/".utf8))
                handles.append(try engine.watch(WatchRequest(range), sink: sink))
            }
            let load = PutLoad(
                engine: engine, waiters: 64, valueBytes: 256, keys: 10_000, total: 200_000, order: .random)
            let time = load.run()
            print("\(count) watchers elsewhere: \(Int(Double(load.total) / time)) puts/s")
            handles.forEach { $0.cancel() }
            engine.close()
        }
    }
}

final class IgnoringSink: WatchSink {
    func receive(_ signal: WatchSignal) -> Int { 0 }
}

extension StoreBench {
    /// From the submission of a put to the moment at which each watcher of its prefix has the event.
    static func fanOut(_ directory: String) throws {
        let engine = try open(directory, "fan")
        defer { engine.close() }
        let (count, puts) = (1_000, 1_000)
        let sink = TimingSink(events: count)
        let handles = try (0..<count).map { _ in
            try engine.watch(WatchRequest(.prefix(Array("/registry/pods/".utf8))), sink: sink)
        }
        let started = now()
        for index in 0..<puts {
            let put = Put(key: Array("/registry/pods/\(index)".utf8), value: [UInt8](repeating: 7, count: 256))
            sink.began(now())
            engine.submit(Transaction(success: [.put(put)]), origin: Origin("bench")) { _ in }
            sink.turn.wait()
        }
        let seconds = Double(now() - started) / 1e9
        print(
            "\(count) watchers of one prefix: p50 \(microseconds(sink.times.percentile(50))), "
                + "p99 \(microseconds(sink.times.percentile(99))); \(Int(Double(count * puts) / seconds)) events/s")
        handles.forEach { $0.cancel() }
    }
}

/// Counts the events of one put. Sendable by hand: `began` and `receive` take turns, the semaphore between them.
final class TimingSink: WatchSink, @unchecked Sendable {
    let turn = Turn()
    private let events: Int
    private var left = 0
    private var start: Int64 = 0
    private(set) var times = Histogram()

    init(events: Int) { self.events = events }

    func began(_ time: Int64) {
        left = events
        start = time
    }

    func receive(_ signal: WatchSignal) -> Int {
        guard case .events = signal else { return 0 }
        times.add(now() - start)
        left -= 1
        if left == 0 { turn.pass() }
        return 0
    }
}
