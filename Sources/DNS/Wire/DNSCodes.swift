package import Transport

/// Types of records (https://www.iana.org/assignments/dns-parameters) that this server has or has to know.
package enum DNSType: UInt16, Sendable {
    case a = 1
    case ns = 2
    case cname = 5
    case soa = 6
    case ptr = 12
    case txt = 16
    case aaaa = 28
    case srv = 33
    case opt = 41
    case any = 255

    /// Questions that ask for an operation and not for records: TKEY, TSIG, IXFR, AXFR, MAILB, MAILA, and the
    /// pseudo-record OPT.
    package static func isOperation(_ type: UInt16) -> Bool { type == 41 || (249...254).contains(type) }
}

package enum DNSCode: UInt16, Sendable {
    case noError = 0
    case formatError = 1
    case nameError = 3
    case notImplemented = 4
    case refused = 5
    case badVersion = 16
}

/// A record without its lifetime, which is the zone's.
package struct DNSRecord: Sendable, Hashable {
    package enum Data: Sendable, Hashable {
        case address(NetworkAddress)
        case cname(DNSName)
        case ptr(DNSName)
        case ns(DNSName)
        case srv(priority: UInt16, weight: UInt16, port: UInt16, target: DNSName)
        case soa(primary: DNSName, mailbox: DNSName, serial: UInt32)
        case txt(String)
    }

    package var owner: DNSName
    package var data: Data

    package init(_ owner: DNSName, _ data: Data) {
        self.owner = owner
        self.data = data
    }

    package var type: DNSType {
        switch data {
        case .address(.v4): .a
        case .address(.v6): .aaaa
        case .cname: .cname
        case .ptr: .ptr
        case .ns: .ns
        case .srv: .srv
        case .soa: .soa
        case .txt: .txt
        }
    }
}
