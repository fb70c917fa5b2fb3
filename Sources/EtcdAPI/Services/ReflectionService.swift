internal import NIOCore

/// `grpc.reflection.v1.ServerReflection`, and the same under its older name, `v1alpha`.
struct ReflectionService: Sendable {
    static let name = "grpc.reflection.v1.ServerReflection"
    /// Answers the same, and is not listed: its messages have no descriptors of their own.
    static let oldName = "grpc.reflection.v1alpha.ServerReflection"

    /// - Parameter services: all others.
    static func methods(describing services: [String: [String: Method]]) -> [String: Method] {
        var all = services
        // Only its shape matters here.
        all[name] = ["ServerReflectionInfo": method { _ in ReflectionReply() }]
        let service = ReflectionService(files: DescriptorFiles(all))
        return ["ServerReflectionInfo": method(service.answer)]
    }

    private let files: DescriptorFiles

    private static func method(_ answer: @escaping @Sendable (ReflectionCall) -> ReflectionReply) -> Method {
        .streaming(ReflectionCall.self, ReflectionReply.self) { ReflectionStream(answer, $0) }
    }

    func answer(_ call: ReflectionCall) -> ReflectionReply {
        var reply = ReflectionReply()
        reply.validHost = call.host
        reply.originalRequest = call
        switch call.question {
        case .listServices:
            var list = ListServiceReply()
            list.services = files.services.map { name in
                var service = ServiceReply()
                service.name = name
                return service
            }
            reply.services = list
        case .fileByName(let name): set(files.files(named: name), "file \(name)", &reply)
        case .fileContainingSymbol(let symbol): set(files.files(containing: symbol), "symbol \(symbol)", &reply)
        case .fileContainingExtension(let call):
            set(nil, "extension \(call.number) of \(call.containingType)", &reply)
        case .extensionNumbers(let type):
            guard files.files(containing: type) != nil else { return refuse(.notFound, "type \(type)", reply) }
            var numbers = ExtensionNumberReply()
            numbers.baseType = type
            reply.extensionNumbers = numbers
        case nil: return refuse(.invalidArgument, "an empty request", reply)
        }
        return reply
    }

    private func set(_ found: [[UInt8]]?, _ what: String, _ reply: inout ReflectionReply) {
        guard let found else { return reply = refuse(.notFound, what, reply) }
        var files = FileDescriptorReply()
        files.files = found
        reply.files = files
    }

    private func refuse(_ code: GRPCStatus.Code, _ what: String, _ reply: ReflectionReply) -> ReflectionReply {
        var reply = reply
        var error = ReflectionErrorReply()
        error.code = UInt32(code.rawValue)
        error.message = "\(code == .notFound ? "not found" : "not understood"): \(what)"
        reply.error = error
        return reply
    }
}

private final class ReflectionStream: CallHandler {
    private let answer: @Sendable (ReflectionCall) -> ReflectionReply
    private let stream: any CallStream

    init(_ answer: @escaping @Sendable (ReflectionCall) -> ReflectionReply, _ stream: any CallStream) {
        self.answer = answer
        self.stream = stream
    }

    func receive(_ message: ByteBuffer) {
        do throws(WireError) {
            stream.send(answer(try ProtobufReader.decode(ReflectionCall.self, message)))
        } catch { stream.finish(Method.unreadable(error)) }
    }

    func halfClosed() { stream.finish(nil) }
    func closed() {}
}
