/// When a namespace that cannot go yet is looked at again: soon while it is getting emptier, ever later while nothing
/// happens, as somebody's finalizer may hold it up for days. (Upstream waits for as long as the pods' grace periods, or
/// 15 s.)
struct NamespacePace: Sendable, Equatable {
    static let shortest = Duration.milliseconds(100)
    static let longest = Duration.seconds(15)

    let remains: NamespaceRemains
    let delay: Duration

    init(_ remains: NamespaceRemains, after last: NamespacePace?) {
        self.remains = remains
        if let last, last.remains == remains {
            delay = min(last.delay * 2, Self.longest)
        } else {
            delay = Self.shortest
        }
    }
}
