/// `$(NAME)` in commands, arguments and values
/// (https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/):
/// `$$(NAME)` stands for `$(NAME)`, an unknown name stays as it is.
package enum Expansion {
    package static func expand(_ text: String, _ values: [String: String]) -> String {
        expand(text) { values[$0] }
    }

    /// The names that `text` uses and `values` does not have.
    package static func missing(_ text: String, _ values: [String: String]) -> [String] {
        var missing: [String] = []
        _ = expand(text) { name in
            if values[name] == nil { missing.append(name) }
            return values[name]
        }
        return missing
    }

    private static func expand(_ text: String, _ value: (String) -> String?) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "$"), index + 1 < bytes.count else {
                result.append(bytes[index])
                index += 1
                continue
            }
            if bytes[index + 1] == UInt8(ascii: "$") {
                result.append(UInt8(ascii: "$"))
                index += 2
            } else if bytes[index + 1] == UInt8(ascii: "("), let end = bytes[index...].firstIndex(of: UInt8(ascii: ")"))
            {
                let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
                result += value(name)?.utf8.map { $0 } ?? Array(bytes[index...end])
                index = end + 1
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
