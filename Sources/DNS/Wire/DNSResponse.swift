/// An answer before it is bytes.
package struct DNSResponse: Sendable, Equatable {
    package var code = DNSCode.noError
    package var isAuthoritative = false
    package var answers: [DNSRecord] = []
    package var authority: [DNSRecord] = []
    package var additional: [DNSRecord] = []

    package init() {}

    package static func failure(_ code: DNSCode) -> DNSResponse {
        var response = DNSResponse()
        response.code = code
        return response
    }

    /// What we say that we can take, and the most that leaves in one datagram: no path of today cuts it into pieces
    /// (https://www.dnsflagday.net/2020/).
    package static let datagramSize = 1232

    /// - Parameters:
    ///   - limit: bytes that the message may have; records that do not fit are left out and TC says so.
    ///   - lifetime: TTL of all records in seconds.
    package func encoded(for query: DNSQuery, limit: Int, lifetime: UInt32) -> [UInt8] {
        var writer = DNSWriter(limit: limit - (query.edns == nil ? 0 : 11), lifetime: lifetime)
        writer.header(id: query.id, flags: flags(query), question: query.question, name: query.name)
        var isCut = false
        var counts: [UInt16] = [0, 0, 0]
        for (section, records) in [answers, authority].enumerated() where !isCut {
            for record in records {
                guard writer.append(record) else {
                    isCut = true
                    break
                }
                counts[section] += 1
            }
        }
        // Additional addresses are a help, not an answer: leaving them out needs no TC (RFC 2181, section 9).
        if !isCut { for record in additional where writer.append(record) { counts[2] += 1 } }
        if let edns = query.edns {
            writer.appendOptions(code: code, wantsSignatures: edns.wantsSignatures)
            counts[2] += 1
        }
        writer.finish(isCut: isCut, counts: counts)
        return writer.bytes
    }

    /// QR, AA, RD as asked, the lower bits of the code. Neither RA (nothing is asked on behalf of others) nor AD.
    private func flags(_ query: DNSQuery) -> UInt16 {
        0x8000 | (isAuthoritative ? 0x0400 : 0) | (query.wantsRecursion ? 0x0100 : 0) | (code.rawValue & 15)
    }

    /// Twelve bytes for what could not be read: there is no question to send back.
    package static func bytes(for fault: DNSQuery.Fault) -> [UInt8]? {
        let (id, opcode, wantsRecursion, code): (UInt16, UInt8, Bool, DNSCode)
        switch fault {
        case .unanswerable: return nil
        case .malformed(let from, let recursion):
            (id, opcode, wantsRecursion, code) = (from, 0, recursion, .formatError)
        case .operation(let from, let what, let recursion):
            (id, opcode, wantsRecursion, code) = (from, what, recursion, .notImplemented)
        }
        return [
            UInt8(id >> 8), UInt8(id & 0xff), 0x80 | opcode << 3 | (wantsRecursion ? 1 : 0), UInt8(code.rawValue),
            0, 0, 0, 0, 0, 0, 0, 0,
        ]
    }
}
