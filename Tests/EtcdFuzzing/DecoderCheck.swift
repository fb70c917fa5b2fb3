internal import EtcdAPI
internal import NIOCore

/// What every decoder of the etcd API must withstand: any bytes. Used by the fuzzer and by the tests that mutate.
package enum DecoderCheck {
    /// Traps if a decoder does, or if what it has decoded does not survive being encoded. The first byte chooses: even
    /// ones are frames of gRPC and of HTTP/2, cut into pieces of that size; odd ones are messages of every type.
    package static func run(_ input: UnsafeRawBufferPointer) {
        guard let first = input.first else { return }
        let bytes = Array(input.dropFirst())
        if first % 2 == 0 {
            frames(bytes, pieces: Int(first / 2) + 1)
            http2(bytes, pieces: Int(first / 2) + 1)
        } else {
            messages(bytes)
        }
    }

    /// However they are cut, the frames are the same.
    private static func http2(_ bytes: [UInt8], pieces: Int) {
        let whole = cutHTTP2(bytes, pieces: max(1, bytes.count))
        precondition(cutHTTP2(bytes, pieces: pieces) == whole, "HTTP/2's frames depend on how they were cut: \(bytes)")
    }

    private static func cutHTTP2(_ bytes: [UInt8], pieces size: Int) -> [[UInt8]] {
        let all = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + bytes
        var parser = FrameParser()
        var frames: [[UInt8]] = []
        for start in stride(from: 0, to: all.count, by: size) {
            var piece = ByteBuffer(bytes: all[start..<min(start + size, all.count)])
            parser.append(&piece)
            do {
                while let frame = try parser.next() {
                    frames.append([frame.kind, frame.flags] + Array(frame.payload.readableBytesView))
                }
            } catch { return frames + [Array("\(error)".utf8)] }
        }
        return frames
    }

    private static func messages(_ bytes: [UInt8]) {
        for type in ProtoNames.messages { roundTrip(type, bytes) }
    }

    private static func roundTrip<M: Message>(_: M.Type, _ bytes: [UInt8]) {
        guard let message = try? ProtobufReader.decode(M.self, ByteBuffer(bytes: bytes)) else { return }
        let once = encode(message)
        guard let again = try? ProtobufReader.decode(M.self, ByteBuffer(bytes: once)) else {
            fatalError("\(M.self) cannot read what it has written: \(bytes)")
        }
        precondition(encode(again) == once, "\(M.self) reads something else than it has written: \(bytes)")
        _ = GatewayWriter.json(message)
    }

    private static func encode(_ message: some Message) -> [UInt8] {
        var buffer = ByteBuffer()
        ProtobufWriter.append(message, to: &buffer)
        precondition(buffer.readableBytes == ProtobufSize.of(message), "a message is not as long as was counted")
        return Array(buffer.readableBytesView)
    }

    /// However they are cut, the messages are the same, and no more is kept than has come.
    private static func frames(_ bytes: [UInt8], pieces: Int) {
        let whole = cut(bytes, pieces: max(1, bytes.count))
        precondition(cut(bytes, pieces: pieces) == whole, "frames depend on how they were cut: \(bytes)")
    }

    private static func cut(_ bytes: [UInt8], pieces size: Int) -> [[UInt8]] {
        var framer = MessageFramer()
        var messages: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            var piece = ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])
            framer.append(&piece)
            do {
                while let message = try framer.next() { messages.append(Array(message.readableBytesView)) }
            } catch { return messages + [Array("\(error)".utf8)] }
            precondition(framer.partialBytes <= bytes.count, "more is kept than has come")
        }
        return messages
    }
}
