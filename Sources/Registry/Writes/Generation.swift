import Objects

extension Object {
    /// Counts a change of the desired state. Kinds that count nothing keep the generation that a client sent, so it may
    /// be the largest number already; there it stays.
    mutating func bumpGeneration() { if generation < .max { generation += 1 } }
}
