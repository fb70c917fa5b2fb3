extension Transaction {
    /// Costs little beside its sync: single keys, one level, values that a disk takes as quickly as one block. A
    /// caller's thread may carry it out; a delete of a million keys belongs on the writer's.
    var isBrief: Bool {
        compares.allSatisfy { $0.range.isKey } && (success + failure).allSatisfy(\.isBrief)
            && (success + failure).reduce(0) { $0 + $1.valueBytes } <= StoreLimits.briefBytes
    }
}

extension Operation {
    fileprivate var isBrief: Bool {
        switch self {
        case .range(let range): range.range.isKey
        // The value that it keeps may be a long one, and is written again.
        case .put(let put): !put.ignoresValue
        case .delete(let delete): delete.range.isKey
        case .transaction: false
        }
    }

    fileprivate var valueBytes: Int {
        if case .put(let put) = self { put.value.count } else { 0 }
    }
}

extension KeyRange {
    fileprivate var isKey: Bool {
        if case .key = self { true } else { false }
    }
}
