/// Writes ASN.1 values in DER (X.690): as much of it as an X.509 certificate needs. Every function returns one whole
/// value: tag, length, contents.
enum DER {
    static func value(_ tag: UInt8, _ contents: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = contents.count
        if rest < 0x80 {
            length = [UInt8(rest)]
        } else {
            while rest > 0 {
                length.insert(UInt8(rest & 0xff), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + contents
    }

    static func sequence(_ members: [UInt8]...) -> [UInt8] { value(0x30, members.flatMap { $0 }) }
    static func set(_ members: [UInt8]...) -> [UInt8] { value(0x31, members.flatMap { $0 }) }
    static func explicit(_ number: UInt8, _ inner: [UInt8]) -> [UInt8] { value(0xa0 | number, inner) }
    static func octets(_ contents: [UInt8]) -> [UInt8] { value(0x04, contents) }
    static func utf8(_ text: String) -> [UInt8] { value(0x0c, Array(text.utf8)) }
    static let yes: [UInt8] = [0x01, 0x01, 0xff]

    /// Not negative, from its big-endian bytes.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        var bytes = Array(magnitude.drop { $0 == 0 })
        if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
        return value(0x02, bytes)
    }

    static func bits(_ contents: [UInt8], unused: UInt8 = 0) -> [UInt8] { value(0x03, [unused] + contents) }

    static func identifier(_ arcs: [UInt]) -> [UInt8] {
        var contents: [UInt8] = [UInt8(arcs[0] * 40 + arcs[1])]
        for arc in arcs.dropFirst(2) {
            var groups = [UInt8(arc & 0x7f)]
            var rest = arc >> 7
            while rest > 0 {
                groups.insert(0x80 | UInt8(rest & 0x7f), at: 0)
                rest >>= 7
            }
            contents += groups
        }
        return value(0x06, contents)
    }

    /// UTCTime until 2049, GeneralizedTime from then on (RFC 5280, 4.1.2.5).
    static func time(_ moment: CivilTime) -> [UInt8] {
        let isShort = (1950..<2050).contains(moment.year)
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let year = isShort ? digits(moment.year % 100, 2) : digits(moment.year, 4)
        let rest = [moment.month, moment.day, moment.hour, moment.minute, moment.second].map { digits($0, 2) }
        return value(isShort ? 0x17 : 0x18, Array((year + rest.joined() + "Z").utf8))
    }
}

/// A moment in UTC, to the second.
struct CivilTime: Sendable, Hashable {
    var year: Int
    var month: Int
    var day: Int
    var hour: Int
    var minute: Int
    var second: Int

    /// Days to a date as in Howard Hinnant's `civil_from_days`.
    init(secondsSince1970 seconds: Int64) {
        let days = Int((seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400)
        let rest = Int((seconds % 86_400 + 86_400) % 86_400)
        (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
