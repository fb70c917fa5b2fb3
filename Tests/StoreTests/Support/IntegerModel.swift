import Glibc
import Store

/// The engine's semantics over keys that are numbers and values that are numbers, fast enough for a million operations
/// in a debug build. An answer is a list of numbers, of the model and of the engine alike.
struct IntegerModel {
    struct Version {
        var revision: Int
        var created: Int
        var version: Int
        /// Below 0: deleted.
        var value: Int
    }

    enum Step {
        case put(key: Int, value: Int, previous: Bool)
        case delete(Range<Int>, previous: Bool)
        case range(Range<Int>, limit: Int)
    }

    /// Runs `success` if the key's mod revision is `revision`; without a key always.
    struct Script {
        var key: Int?
        var revision = 0
        var success: [Step]
        var failure: [Step]
    }

    let keys: Int
    private(set) var revision = 1
    private(set) var compacted = 0
    private var histories: [[Version]]

    init(keys: Int) {
        self.keys = keys
        histories = Array(repeating: [], count: keys)
    }

    func newest(_ key: Int) -> Version? { histories[key].last.flatMap { $0.value < 0 ? nil : $0 } }

    // MARK: Writing

    /// nil: refused, because a key is written twice.
    mutating func execute(_ script: Script) -> [Int]? {
        if writesTwice(script.success) || writesTwice(script.failure) { return nil }
        let holds = script.key.map { newest($0)?.revision ?? 0 == script.revision } ?? true
        var answer = [holds ? 1 : 0, 0]
        var wrote = false
        for step in holds ? script.success : script.failure {
            switch step {
            case .put(let key, let value, let previous):
                let old = newest(key)
                if previous { append(key, old, to: &answer) }
                histories[key].append(
                    Version(
                        revision: revision + 1, created: old?.created ?? revision + 1,
                        version: (old?.version ?? 0) + 1, value: value))
                wrote = true
            case .delete(let range, let previous):
                let start = answer.count
                answer.append(0)
                for key in range {
                    guard let old = newest(key) else { continue }
                    answer[start] += 1
                    if previous { append(key, old, to: &answer) }
                    histories[key].append(Version(revision: revision + 1, created: 0, version: 0, value: -1))
                    wrote = true
                }
            case .range(let range, let limit):
                answer += read(range, limit: limit, at: .max, current: revision + (wrote ? 1 : 0))
            }
        }
        if wrote { revision += 1 }
        answer[1] = revision
        return answer
    }

    private func writesTwice(_ steps: [Step]) -> Bool {
        var puts: [Int] = []
        for case .put(let key, _, _) in steps {
            if puts.contains(key) { return true }
            puts.append(key)
        }
        for case .delete(let range, _) in steps where puts.contains(where: { range.contains($0) }) { return true }
        return false
    }

    private func append(_ key: Int, _ version: Version?, to answer: inout [Int]) {
        guard let version else { return answer.append(-1) }
        answer.append(key)
        answer.append(version.value)
        answer.append(version.created)
        answer.append(version.revision)
        answer.append(version.version)
    }

    mutating func compact(_ target: Int) { compacted = max(compacted, target) }

    /// As the store is after a crash: what came later never happened.
    mutating func rollBack(to revision: Int, compacted: Int) {
        self.revision = revision
        self.compacted = compacted
        for key in 0..<keys {
            while let last = histories[key].last, last.revision > revision { histories[key].removeLast() }
        }
    }

    /// Nobody can ask for it any more.
    mutating func forgetCompacted() {
        for key in 0..<keys {
            guard let first = histories[key].lastIndex(where: { $0.revision <= compacted }), first > 0 else { continue }
            histories[key].removeSubrange(..<first)
        }
    }

    // MARK: Reading

    func read(_ range: Range<Int>, limit: Int, at asked: Int, current: Int) -> [Int] {
        var answer = [0, 0, current]
        var rows = 0
        for key in range {
            guard let version = histories[key].last(where: { $0.revision <= asked }), version.value >= 0 else {
                continue
            }
            answer[0] += 1
            if limit > 0, rows == limit {
                answer[1] = 1
                continue
            }
            rows += 1
            append(key, version, to: &answer)
        }
        return answer
    }
}

/// The same numbers as the engine takes and gives them.
struct IntegerCoding {
    /// `/k/0007`
    static func key(_ number: Int) -> [UInt8] {
        [0x2f, 0x6b, 0x2f] + [1_000, 100, 10, 1].map { UInt8(48 + number / $0 % 10) }
    }

    /// Eight bytes of the number, then a length and a byte that follow from it.
    static func value(_ number: Int) -> [UInt8] {
        let count = 8 + (number % 16 == 0 ? number % 4_001 : number % 61)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            buffer.initialize(repeating: UInt8(truncatingIfNeeded: number))
            withUnsafeBytes(of: number.littleEndian) { UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
            initialized = count
        }
    }

    static func range(_ range: Range<Int>) -> KeyRange {
        range.count == 1
            ? .key(key(range.lowerBound)) : .interval(start: key(range.lowerBound), end: key(range.upperBound))
    }

    static func transaction(_ script: IntegerModel.Script) -> Transaction {
        var transaction = Transaction(success: script.success.map(operation), failure: script.failure.map(operation))
        if let key = script.key {
            transaction.compares = [Compare(.key(Self.key(key)), .equal, .modRevision(Int64(script.revision)))]
        }
        return transaction
    }

    private static func operation(_ step: IntegerModel.Step) -> Store.Operation {
        switch step {
        case .put(let key, let value, let previous):
            return .put(Put(key: Self.key(key), value: Self.value(value), returnsPrevious: previous))
        case .delete(let range, let previous): return .delete(Delete(Self.range(range), returnsPrevious: previous))
        case .range(let range, let limit): return .range(RangeRequest(Self.range(range), limit: limit))
        }
    }

    static func answer(_ result: TransactionResult, _ script: IntegerModel.Script) -> [Int] {
        var answer = [result.succeeded ? 1 : 0, Int(result.revision)]
        for (step, one) in zip(result.succeeded ? script.success : script.failure, result.results) {
            switch (step, one) {
            case (.put(_, _, true), .put(let previous)):
                if let previous { append(previous, to: &answer) } else { answer.append(-1) }
            case (.put, .put(let previous)): if previous != nil { answer.append(-2) }
            case (.delete, .delete(let count, let previous)):
                answer.append(count)
                for row in previous { append(row, to: &answer) }
            case (.range, .range(let result)): answer += Self.answer(result)
            default: answer.append(-3)
            }
        }
        return answer
    }

    static func answer(_ result: RangeResult) -> [Int] {
        var answer = [result.count, result.more ? 1 : 0, Int(result.revision)]
        for row in result.rows { append(row, to: &answer) }
        return answer
    }

    private static func append(_ row: KeyValue, to answer: inout [Int]) {
        var key = 0
        for index in 3..<row.key.count { key = key * 10 + Int(row.key[index]) - 48 }
        answer.append(key)
        answer.append(number(row.value))
        answer.append(Int(row.createRevision))
        answer.append(Int(row.modRevision))
        answer.append(Int(row.version))
    }

    /// -1 if a byte is not as it should be.
    private static func number(_ value: [UInt8]) -> Int {
        value.withUnsafeBytes { bytes in
            guard bytes.count >= 8 else { return -1 }
            let number = Int(littleEndian: bytes.loadUnaligned(as: Int.self))
            guard number >= 0, bytes.count == 8 + (number % 16 == 0 ? number % 4_001 : number % 61) else { return -1 }
            if bytes.count == 8 { return number }
            guard bytes[8] == UInt8(truncatingIfNeeded: number), let start = bytes.baseAddress else { return -1 }
            return memcmp(start + 8, start + 9, bytes.count - 9) == 0 ? number : -1
        }
    }
}
