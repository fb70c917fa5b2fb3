internal import NIOConcurrencyHelpers

/// Counts connections and requests of each user, and refuses what exceeds the limits.
final class Accounts: Sendable {
    private struct Counts {
        var connections = 0
        var requests = 0
    }

    private let accounts = NIOLockedValueBox<[Account: Counts]>([:])
    private let limits: Limits

    init(limits: Limits) { self.limits = limits }

    func openConnection(_ account: Account) -> Bool {
        accounts.withLockedValue {
            guard $0[account, default: Counts()].connections < limits.connectionsPerUser else { return false }
            $0[account, default: Counts()].connections += 1
            return true
        }
    }

    func closeConnection(_ account: Account) { change(account) { $0.connections -= 1 } }

    func beginRequest(_ account: Account) -> Bool {
        accounts.withLockedValue {
            guard $0[account, default: Counts()].requests < limits.requestsPerUser else { return false }
            $0[account, default: Counts()].requests += 1
            return true
        }
    }

    func endRequest(_ account: Account) { change(account) { $0.requests -= 1 } }

    private func change(_ account: Account, _ body: (inout Counts) -> Void) {
        accounts.withLockedValue { all in
            guard var one = all[account] else { return }
            body(&one)
            all[account] = one.connections == 0 && one.requests == 0 ? nil : one
        }
    }
}
