import CNode
import Glibc
import NIOCore
import NIOPosix
import NIOWebSocket
import Objects

/// Port-forward by `v4.channel.k8s.io`: of the n-th `ports` in the query, channel 2n carries data and 2n+1 errors; the
/// first message of each is the port, little-endian. (kubectl tunnels SPDY instead, which is not spoken here.)
struct PortForward: Sendable {
    var session: RemoteSession

    func run(_ inbound: RemoteSession.Inbound, _ writer: RemoteWriter) async throws {
        let ports = try PortForward.ports(session.request)
        var connections: [DescriptorWriter?] = []
        do {
            try await forward(ports, inbound, writer, &connections)
        } catch {
            for connection in connections { await connection?.finish() }
            throw error
        }
        for connection in connections { await connection?.finish() }
    }

    /// Two channels a port, and one byte says which.
    static func ports(_ request: RemoteRequest) throws(Status) -> [UInt16] {
        let ports = request.values("ports").flatMap { $0.split(separator: ",") }.compactMap { UInt16($0) }
        guard !ports.isEmpty else { throw Status.badRequest("query parameter \"ports\" is required") }
        guard ports.count <= 127 else {
            throw Status.badRequest("\(ports.count) ports in one request; 127 are possible")
        }
        return ports
    }

    private func forward(
        _ ports: [UInt16], _ inbound: RemoteSession.Inbound, _ writer: RemoteWriter,
        _ connections: inout [DescriptorWriter?]
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, port) in ports.enumerated() {
                for channel in [UInt8(index * 2), UInt8(index * 2 + 1)] {
                    try await writer.write(ByteBuffer(integer: port, endianness: .little), to: channel)
                }
                do {
                    let (reading, writing) = try await connect(port)
                    connections.append(try await DescriptorWriter(writing))
                    group.addTask {
                        try await DescriptorReader.copy(reading) { try await writer.write($0, to: UInt8(index * 2)) }
                    }
                } catch let error as NodeError {
                    connections.append(nil)
                    try await writer.write(ByteBuffer(string: error.message), to: UInt8(index * 2 + 1))
                }
            }
            try await receive(inbound, writer, connections)
            group.cancelAll()
        }
    }

    /// The connection as two descriptors, one a direction.
    private func connect(_ port: UInt16) async throws -> (CInt, CInt) {
        let pod = session.worker.state.pod
        let namespace = pod.hostNetwork ? "/proc/self/ns/net" : session.context.paths.networkNamespace(pod.uid)
        return try await session.context.pool.run {
            let connection = cnode_connect_in_netns(namespace, port)
            guard connection >= 0 else { throw ioError("connect to port \(port) of pod \(pod.fullName)") }
            return (connection, fcntl(connection, F_DUPFD_CLOEXEC, 0))
        }
    }

    private func receive(
        _ inbound: RemoteSession.Inbound, _ writer: RemoteWriter, _ connections: [DescriptorWriter?]
    ) async throws {
        var messages = RemoteMessages()
        for try await frame in inbound {
            switch try messages.add(frame) {
            case .message(let channel, let bytes)?:
                let index = Int(channel / 2)
                if channel % 2 == 0, index < connections.count { await connections[index]?.write(bytes) }
            case .ping(let data)?: try await writer.pong(data)
            case .closed?: return
            case nil: break
            }
        }
    }
}
