extension Duration {
    /// Whether Go's `time.ParseDuration` takes it: `1.5h`, `-2m30s`, `0`.
    static func isGo(_ text: String) -> Bool {
        var rest = Substring(text)
        if rest.first == "+" || rest.first == "-" { rest.removeFirst() }
        if rest == "0" { return true }
        if rest.isEmpty { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            guard number.contains(where: { $0 != "." }), number.filter({ $0 == "." }).count <= 1 else { return false }
            rest.removeFirst(number.count)
            let unit = rest.prefix { $0 != "." && !("0"..."9").contains($0) }
            guard ["ns", "us", "\u{b5}s", "\u{3bc}s", "ms", "s", "m", "h"].contains(unit) else { return false }
            rest.removeFirst(unit.count)
        }
        return true
    }
}
