// The standard health service (https://github.com/grpc/grpc/blob/master/doc/health-checking.md).

package enum ServingStatus: Int32, WireEnum {
    case unknown, serving, notServing, serviceUnknown

    package static let zero = ServingStatus.unknown
    package var wireName: String {
        switch self {
        case .unknown: "UNKNOWN"
        case .serving: "SERVING"
        case .notServing: "NOT_SERVING"
        case .serviceUnknown: "SERVICE_UNKNOWN"
        }
    }
}

package struct HealthCheckCall: Message, Hashable {
    package var service = ""

    package init() {}

    package func write(to writer: inout some FieldWriter) { writer.string(1, "service", service) }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        if number == 1 { try reader.string(&service) } else { try reader.skip() }
    }
}

package struct HealthCheckReply: Message, Hashable {
    package var status = ServingStatus.zero

    package init() {}
    package init(_ status: ServingStatus) { self.status = status }

    package func write(to writer: inout some FieldWriter) { writer.enumeration(1, "status", status) }

    package mutating func read(_ number: Int, from reader: inout some FieldReader) throws(WireError) {
        if number == 1 { try reader.enumeration(&status) } else { try reader.skip() }
    }
}
