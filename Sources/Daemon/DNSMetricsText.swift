import DNS

/// The name server's figures, in Prometheus' text format.
enum DNSMetricsText {
    static func text(_ figures: DNSFigures) -> String {
        var text = ""
        func add(_ name: String, _ type: String, _ help: String, _ values: [(labels: String, value: Int)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for (labels, value) in values { text += "\(name)\(labels) \(value)\n" }
        }
        let counts = figures.counts
        add(
            "berth_dns_requests_total", "counter", "Questions that came, by transport.",
            [("{transport=\"udp\"}", counts.datagrams), ("{transport=\"tcp\"}", counts.messages)])
        add(
            "berth_dns_responses_total", "counter", "Answers that were sent, by code.",
            names.enumerated().compactMap { code, name in
                name.map { ("{rcode=\"\($0)\"}", counts.codes[code]) }
            })
        add("berth_dns_unanswered_total", "counter", "Packets that are no questions.", [("", counts.unanswered)])
        add("berth_dns_truncated_total", "counter", "Answers that did not fit a datagram.", [("", counts.truncated)])
        add(
            "berth_dns_dropped_total", "counter", "Datagrams that came faster than they could be read.",
            [("", figures.drops)])
        add("berth_dns_connections", "gauge", "Open connections over TCP.", [("", figures.connections)])
        add("berth_dns_services", "gauge", "Services with names.", [("", figures.services)])
        add("berth_dns_serial", "gauge", "The zone's serial number.", [("", Int(figures.serial))])
        return text
    }

    /// By code, those that the server gives (RFC 6895, section 2.3).
    private static let names: [String?] = [
        "NOERROR", "FORMERR", nil, "NXDOMAIN", "NOTIMP", "REFUSED",
    ]
}
