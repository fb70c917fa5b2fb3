import DNS
import Transport

/// Reading the values of settings.
extension Settings {
    static func path(_ name: String, _ value: String) throws(SettingsError) -> String {
        guard value.hasPrefix("/") else { throw SettingsError("\(name) must be an absolute path, not '\(value)'") }
        return value.count > 1 && value.hasSuffix("/") ? String(value.dropLast()) : value
    }

    /// `24h`, `90m`, `30s`, `1h30m`; in seconds.
    static func duration(_ name: String, _ value: String) throws(SettingsError) -> Int64 {
        let problem = SettingsError("\(name) must be a duration such as 24h, 90m or 30s, not '\(value)'")
        var total: Int64 = 0
        var digits = ""
        for character in value {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let count = Int64(digits), count < 1_000_000_000,
                let unit = ["s": Int64(1), "m": 60, "h": 3600, "d": 86_400][character]
            else { throw problem }
            total += count * unit
            digits = ""
        }
        guard digits.isEmpty, !value.isEmpty else { throw problem }
        return total
    }

    /// `kube,etcd`: one or both.
    static func apis(_ name: String, _ value: String) throws(SettingsError) -> Set<API> {
        var apis: Set<API> = []
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            guard let api = API(rawValue: String(part)) else {
                throw SettingsError("\(name) must be kube, etcd or kube,etcd, not '\(value)'")
            }
            apis.insert(api)
        }
        return apis
    }

    /// `off`, or addresses with ports: `127.0.0.153:53,[::1]:5353`.
    static func nameServing(_ name: String, _ value: String) throws(SettingsError) -> NameServing {
        if value == "off" { return .off }
        var endpoints: [DNSEndpoint] = []
        for part in value.split(separator: ",", omittingEmptySubsequences: false) {
            guard let endpoint = DNSEndpoint(String(part)) else {
                throw SettingsError(
                    "\(name) must be `off` or addresses such as 127.0.0.153:53,[::1]:5353, not '\(value)'")
            }
            // An answer has to come from the address that was asked, and a socket for all of them does not know it.
            guard !endpoint.address.isUnspecified else {
                throw SettingsError("\(name) needs the addresses themselves, not one for all of them: '\(part)'")
            }
            endpoints.append(endpoint)
        }
        return .on(endpoints)
    }

    /// Empty: none.
    static func loopback(_ name: String, _ value: String) throws(SettingsError) -> LoopbackAddress? {
        if value.isEmpty { return nil }
        do throws(LoopbackAddress.Problem) { return try LoopbackAddress(parsing: value) } catch {
            switch error {
            case .malformed: throw SettingsError("\(name) must be HOST:PORT such as 127.0.0.1:2379, not '\(value)'")
            case .notLoopback(let host):
                throw SettingsError(
                    "\(name) must be on the loopback interface (127.0.0.1, localhost or [::1]), not on '\(host)': it is "
                        + "served without TLS and shows every Secret; let a TLS proxy listen there instead")
            }
        }
    }

    /// `127.0.0.1:6443`; empty: none. An address must be given in numbers, and every address of the machine is never
    /// meant by accident: whoever wants the API on a network says on which.
    static func listenAddress(_ name: String, _ value: String) throws(SettingsError) -> TCPAddress? {
        if value.isEmpty { return nil }
        guard let parsed = TCPAddress(value) else {
            throw SettingsError("\(name) must be ADDRESS:PORT such as 127.0.0.1:6443 or [::1]:6443, not '\(value)'")
        }
        guard !parsed.address.isUnspecified else {
            throw SettingsError(
                "\(name) must name one address; '\(value)' would be all of the machine's networks. Use 127.0.0.1 for "
                    + "clients on this machine, or the address of the network that shall reach it")
        }
        return parsed
    }

    static func count(_ name: String, _ value: String) throws(SettingsError) -> Int64 {
        guard let count = Int64(value), count >= 0 else {
            throw SettingsError("\(name) must be a number from 0 on, not '\(value)'")
        }
        return count
    }

    /// `4096`, `64Ki`, `512Mi`, `2Gi`.
    static func bytes(_ name: String, _ value: String) throws(SettingsError) -> Int64 {
        let units = [("Ki", Int64(1) << 10), ("Mi", 1 << 20), ("Gi", 1 << 30), ("Ti", 1 << 40)]
        let unit = units.first { value.hasSuffix($0.0) }
        guard let count = Int64(unit == nil ? value : String(value.dropLast(2))), count >= 0,
            count < 1 << 22 || unit == nil
        else {
            throw SettingsError("\(name) must be a number of bytes such as 0, 64Mi or 2Gi, not '\(value)'")
        }
        return count * (unit?.1 ?? 1)
    }

    static func choice<Value>(_ name: String, _ value: String, _ choices: [String: Value]) throws(SettingsError)
        -> Value
    {
        guard let choice = choices[value] else {
            throw SettingsError(
                "\(name) must be one of \(choices.keys.sorted().joined(separator: ", ")), not '\(value)'")
        }
        return choice
    }

    /// IPv4 in CIDR notation with nothing behind the prefix.
    static func network(_ name: String, _ value: String) throws(SettingsError) -> String {
        let problem = SettingsError("\(name) must be an IPv4 network such as 10.96.0.0/16, not '\(value)'")
        let parts = value.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let length = UInt32(parts[1]), (8...30).contains(length) else { throw problem }
        var address: UInt32 = 0
        let bytes = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard bytes.count == 4 else { throw problem }
        for byte in bytes {
            guard let number = UInt8(byte) else { throw problem }
            address = address << 8 | UInt32(number)
        }
        guard address & (UInt32.max >> length) == 0 else { throw problem }
        return value
    }
}
