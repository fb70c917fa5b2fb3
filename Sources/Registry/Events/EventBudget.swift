import Objects

/// How many Events one component may still write about one object: 25 at once and then one in five minutes, as
/// client-go's spam filter has it. A set of a thousand pods tells of the first of them and costs no thousand writes.
/// Pure.
struct EventBudget: Sendable {
    private struct Key: Hashable, Sendable {
        var about: ObjectReference
        var component: String
    }
    private struct Account: Sendable {
        var left: Double
        var since: Timestamp
    }

    private static let burst = 25.0
    private static let secondsEach = 300.0
    private static let capacity = 4096

    private var accounts: [Key: Account] = [:]

    /// False: too much was said about this object lately.
    mutating func spend(on note: EventNote) -> Bool {
        var about = note.about
        about.resourceVersion = ""
        let key = Key(about: about, component: note.component)
        var account = accounts[key] ?? Account(left: Self.burst, since: note.time)
        let seconds = max(0, note.time.seconds - account.since.seconds)
        account.left = min(Self.burst, account.left + Double(seconds) / Self.secondsEach)
        account.since = note.time
        let isGranted = account.left >= 1
        if isGranted { account.left -= 1 }
        if accounts.count >= Self.capacity, accounts[key] == nil { accounts = [:] }
        accounts[key] = account
        return isGranted
    }
}
