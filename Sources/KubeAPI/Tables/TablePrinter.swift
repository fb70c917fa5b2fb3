import Objects
import Registry

/// One column of a table (https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables).
struct Column: Sendable, Hashable {
    enum Kind: String, Sendable { case string, integer, boolean }

    var name: String
    var kind = Kind.string
    /// 1: only with `-o wide`.
    var priority: Int64 = 0

    static func name(_ text: String) -> Column { Column(name: text) }
    static func wide(_ text: String) -> Column { Column(name: text, priority: 1) }

    var json: JSON {
        [
            "name": .string(name), "type": .string(kind.rawValue),
            "format": ["Name", "Attacher"].contains(name) ? "name" : "",
            "description": .string(description), "priority": .integer(priority),
        ]
    }

    private var description: String {
        switch name {
        case "Name":
            "Name must be unique within a namespace. Is required when creating resources, although some resources may "
                + "allow a client to request the generation of an appropriate name automatically. Name is primarily "
                + "intended for creation idempotence and configuration definition. Cannot be updated. More info: "
                + "https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names"
        case "Age":
            "CreationTimestamp is a timestamp representing the server time when this object was created. It is not "
                + "guaranteed to be set in happens-before order across separate operations. Clients may not set this "
                + "value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null "
                + "for lists. More info: "
                + "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata"
        default: name
        }
    }
}

/// How the objects of one kind are shown in a table: upstream's columns and cells
/// (k8s.io/kubernetes, pkg/printers/internalversion).
struct TablePrinter: Sendable {
    var columns: [Column]
    /// What a client may want to know of a row beside its cells.
    var conditions: @Sendable (_ object: Object) -> [JSON] = { _ in [] }
    var cells: @Sendable (_ object: Object, _ now: Timestamp) -> [JSON]

    init(
        columns: [Column], conditions: @escaping @Sendable (Object) -> [JSON] = { _ in [] },
        cells: @escaping @Sendable (_ object: Object, _ now: Timestamp) -> [JSON]
    ) {
        self.columns = columns
        self.conditions = conditions
        self.cells = cells
    }

    static func of(_ kind: KindSchema) -> TablePrinter {
        if kind.resource == "events" { return events }
        return printers[kind.resourceName] ?? fallback
    }

    private static let printers: [ResourceName: TablePrinter] = [
        .pods: pods, .nodes: nodes, .namespaces: namespaces, .persistentVolumes: persistentVolumes,
        .persistentVolumeClaims: persistentVolumeClaims, .storageClasses: storageClasses, .statefulSets: statefulSets,
        .controllerRevisions: controllerRevisions, .services: services, .endpoints: endpoints,
        .endpointSlices: endpointSlices, .configMaps: configMaps, .secrets: secrets,
        .leases: leases, .podDisruptionBudgets: podDisruptionBudgets,
        .csiDrivers: csiDrivers, .csiNodes: csiNodes, .volumeAttachments: volumeAttachments,
    ]

    private static let fallback = TablePrinter(columns: [.name("Name"), .name("Age")]) { object, now in
        [.string(object.name), object.age(now)]
    }
}

extension Object {
    /// A cell: how long ago the object was created.
    func age(_ now: Timestamp) -> JSON { .string(Age.since(creationTimestamp, now)) }

    /// A cell with the text at `path`, or `missing`.
    func cell(_ path: String..., missing: String = "") -> JSON {
        guard let text = json.at(path)?.string, !text.isEmpty else { return .string(missing) }
        return .string(text)
    }
}

/// Durations as people read them (k8s.io/apimachinery, pkg/util/duration).
enum Age {
    static func since(_ rfc3339: String?, _ now: Timestamp) -> String {
        guard let rfc3339, let time = Timestamp(rfc3339: rfc3339) else { return "<unknown>" }
        return text(seconds: now.seconds - time.seconds)
    }

    static func text(seconds: Int64) -> String {
        let minutes = seconds / 60
        let hours = seconds / 3600
        switch true {
        case seconds < -1: return "<invalid>"
        case seconds < 0: return "0s"
        case seconds < 120: return "\(seconds)s"
        case minutes < 10: return two(minutes, "m", seconds % 60, "s")
        case minutes < 180: return "\(minutes)m"
        case hours < 8: return two(hours, "h", minutes % 60, "m")
        case hours < 48: return "\(hours)h"
        case hours < 24 * 8: return two(hours / 24, "d", hours % 24, "h")
        case hours < 24 * 365 * 2: return "\(hours / 24)d"
        case hours < 24 * 365 * 8: return two(hours / 24 / 365, "y", hours / 24 % 365, "d")
        default: return "\(hours / 24 / 365)y"
        }
    }

    private static func two(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(unit)" : "\(large)\(unit)\(small)\(smallUnit)"
    }
}
