internal import NIOCore

/// Whether one client has an event loop to itself: then the loop may wait for the disk, which is the quickest way for
/// one write and the slowest for several.
struct LoopCompany {
    /// Long against the distance of calls that come together, short against a user's patience.
    static let memory = TimeAmount.milliseconds(5)

    private var newest: ObjectIdentifier?
    private var seenAt = NIODeadline.uptimeNanoseconds(0)
    private var crowdedUntil = NIODeadline.uptimeNanoseconds(0)

    /// Told of each call that is to be answered. True: it is the only one, and whoever sends it was alone for a while.
    /// - Parameter onConnection: no other call of its connection is under way or waits to be read.
    mutating func isAlone(_ connection: ObjectIdentifier, onConnection: Bool, now: NIODeadline) -> Bool {
        let isAnother = newest != connection && now < seenAt + Self.memory
        if !onConnection || isAnother { crowdedUntil = now + Self.memory }
        newest = connection
        seenAt = now
        return now >= crowdedUntil
    }

    /// Told who is sent what other threads had for them: watchers that are served are company, too.
    mutating func isServing(_ connection: ObjectIdentifier, now: NIODeadline) {
        if connection != newest { crowdedUntil = now + Self.memory }
    }
}
