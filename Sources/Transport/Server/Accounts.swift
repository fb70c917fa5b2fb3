internal import NIOConcurrencyHelpers

/// Counts connections and requests of each user, and refuses what exceeds the limits.
final class Accounts: Sendable {
    private struct Account {
        var connections = 0
        var requests = 0
    }

    private let accounts = NIOLockedValueBox<[Int64: Account]>([:])
    private let limits: Limits

    init(limits: Limits) { self.limits = limits }

    func openConnection(_ account: Int64) -> Bool {
        accounts.withLockedValue {
            guard $0[account, default: Account()].connections < limits.connectionsPerUser else { return false }
            $0[account, default: Account()].connections += 1
            return true
        }
    }

    func closeConnection(_ account: Int64) { change(account) { $0.connections -= 1 } }

    func beginRequest(_ account: Int64) -> Bool {
        accounts.withLockedValue {
            guard $0[account, default: Account()].requests < limits.requestsPerUser else { return false }
            $0[account, default: Account()].requests += 1
            return true
        }
    }

    func endRequest(_ account: Int64) { change(account) { $0.requests -= 1 } }

    private func change(_ account: Int64, _ body: (inout Account) -> Void) {
        accounts.withLockedValue { all in
            guard var one = all[account] else { return }
            body(&one)
            all[account] = one.connections == 0 && one.requests == 0 ? nil : one
        }
    }
}
