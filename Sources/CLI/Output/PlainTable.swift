import Objects

/// A table with name and age, for servers that do not make tables.
enum PlainTable {
    /// The answer itself if it is a table, else one made of its objects.
    static func ensure(_ answer: JSON, now: Int64 = Clock.now) -> JSON {
        guard answer["kind"]?.string != "Table" else { return answer }
        let objects = answer["items"]?.array ?? [answer]
        return [
            "kind": "Table",
            "columnDefinitions": [
                ["name": "Name", "type": "string", "format": "name", "priority": 0],
                ["name": "Age", "type": "string", "priority": 0],
            ],
            "rows": .array(objects.map { row(Object($0), now) }),
        ]
    }

    private static func row(_ object: Object, _ now: Int64) -> JSON {
        let age = Age.since(object.creationTimestamp, now: now)
        return ["cells": [.string(object.name), .string(age)], "object": object.json]
    }
}
