import Objects
import Testing

@testable import Controllers

/// Which pods a rolling update with maxUnavailable deletes. The rows are those of upstream's regression test for
/// kubernetes#137409.
@Suite struct UpdateBudgetTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        var parallel = true
        var replicas: Int
        var partition = 0
        var maxUnavailable: JSON = 1
        var unready: [Int] = []
        var terminating: [Int] = []
        var deleted: [Int]
        var testDescription: String { name }
    }

    static let rows: [Row] = [
        Row(name: "one broken pod is replaced", replicas: 1, unready: [0], deleted: [0]),
        Row(name: "the broken one first", replicas: 3, unready: [2], deleted: [2]),
        Row(name: "both broken ones", replicas: 5, maxUnavailable: 2, unready: [3, 4], deleted: [3, 4]),
        Row(name: "in order a broken pod blocks", parallel: false, replicas: 3, unready: [2], deleted: []),
        Row(name: "a terminating pod uses the budget up", replicas: 3, terminating: [2], deleted: []),
        Row(
            name: "terminating and broken leave room for one", replicas: 5, maxUnavailable: 3, unready: [3],
            terminating: [4], deleted: [2, 3]),
        Row(
            name: "the other way round", replicas: 5, maxUnavailable: 3, unready: [4], terminating: [3],
            deleted: [2, 4]),
        Row(name: "broken above the partition", replicas: 5, partition: 2, unready: [4], deleted: [4]),
        Row(name: "broken at the partition", replicas: 5, partition: 2, unready: [2], deleted: [2]),
        Row(name: "broken below the partition", replicas: 5, partition: 2, unready: [1], deleted: []),
        Row(
            name: "one below, one above the partition", replicas: 5, partition: 3, maxUnavailable: 2, unready: [1, 4],
            deleted: [4]),
        Row(
            name: "low broken ones, good ones stay", replicas: 4, maxUnavailable: 2, unready: [0, 1], deleted: [0, 1]),
        Row(name: "and one more from the top", replicas: 5, maxUnavailable: 3, unready: [0, 1], deleted: [0, 1, 4]),
        Row(name: "percentages round down", replicas: 5, maxUnavailable: "50%", deleted: [3, 4]),
        Row(name: "but never to nothing", replicas: 5, maxUnavailable: "10%", deleted: [4]),
        Row(name: "in order the budget counts too", parallel: false, replicas: 5, maxUnavailable: 2, deleted: [3, 4]),
    ]

    @Test(arguments: rows) func deletes(_ row: Row) {
        let strategy: JSON = [
            "type": "RollingUpdate",
            "rollingUpdate": ["partition": .integer(Int64(row.partition)), "maxUnavailable": row.maxUnavailable],
        ]
        var cluster = ModelCluster(
            Fixtures.set(replicas: row.replicas, parallel: row.parallel, strategy: strategy))
        cluster.converge()
        for ordinal in row.unready { cluster.setPod("web-\(ordinal)", phase: "Running") }
        for ordinal in row.terminating { cluster.delete(pod: "web-\(ordinal)") }
        let before = Set(cluster.pods.values.filter(\.isBeingDeleted).map(\.name))
        Fixtures.setImage("nginx:2", of: &cluster.set)
        cluster.run()
        let deleted = Set(cluster.pods.values.filter(\.isBeingDeleted).map(\.name)).subtracting(before)
        #expect(deleted == Set(row.deleted.map { "web-\($0)" }))
        #expect(cluster.violations.isEmpty)
    }
}
