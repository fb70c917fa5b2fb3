import Objects

/// The channels that `channel.k8s.io` multiplexes over one WebSocket: the first byte of every binary message
/// (https://kubernetes.io/docs/reference/using-api/api-concepts/#websocket-protocols).
package enum RemoteChannel: UInt8, Sendable {
    case stdin = 0
    case stdout = 1
    case stderr = 2
    /// A `Status` object that ends the session.
    case error = 3
    /// `{"Width":80,"Height":24}` of a terminal.
    case resize = 4
    /// v5 only: the channel whose number follows has ended.
    case close = 255
}

package struct RemoteMessage: Sendable, Hashable {
    package var channel: RemoteChannel
    package var bytes: [UInt8]

    package init(_ channel: RemoteChannel, _ bytes: [UInt8]) {
        self.channel = channel
        self.bytes = bytes
    }

    /// Nil for an empty message and for a channel that this protocol does not have.
    init?(payload: some Collection<UInt8>) {
        guard let first = payload.first, let channel = RemoteChannel(rawValue: first) else { return nil }
        self.init(channel, Array(payload.dropFirst()))
    }

    var payload: [UInt8] { [channel.rawValue] + bytes }
}

/// How a remote command ended.
package enum RemoteOutcome: Sendable, Hashable {
    /// The command's own exit code.
    case exited(Int32)
    /// The server could not start it or lost it.
    case failed(String)

    /// Decodes the message on the error channel: a `Status`, whose cause `ExitCode` carries the code of a command that
    /// did not return 0.
    package init(statusMessage bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes) else {
            self = .failed(String(decoding: bytes, as: UTF8.self))
            return
        }
        if json["status"]?.string == "Success" {
            self = .exited(0)
            return
        }
        let cause = json.at("details", "causes")?.array?.first { $0["reason"]?.string == "ExitCode" }
        if let code = cause?["message"]?.string.flatMap(Int32.init) {
            self = .exited(code)
        } else {
            self = .failed(json["message"]?.string ?? "the command ended without a reason")
        }
    }
}
