import Glibc
import NIOCore
import NIOPosix

/// Copies what can be read from a pipe or a terminal.
enum DescriptorReader {
    /// Takes the descriptor over; returns at its end, at once for -1.
    static func copy(_ descriptor: CInt, _ write: @Sendable (ByteBuffer) async throws -> Void) async throws {
        guard descriptor >= 0 else { return }
        let channel = try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .takingOwnershipOfDescriptor(input: descriptor) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, Never>(wrappingChannelSynchronously: channel)
                }
            }
        do {
            try await channel.executeThenClose { inbound in
                for try await bytes in inbound { try await write(bytes) }
            }
        } catch let error as IOError where error.errnoCode == EIO {
            return  // a terminal whose other side has been closed
        }
    }
}

/// Writes to a pipe, a FIFO or a terminal.
struct DescriptorWriter: Sendable {
    private let channel: any Channel

    /// Takes the descriptor over; nil for -1.
    init?(_ descriptor: CInt) async throws {
        guard descriptor >= 0 else { return nil }
        channel = try await NIOPipeBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .takingOwnershipOfDescriptor(output: descriptor).get()
    }

    /// A reader that has gone is not an error: its end is reported by its exit. One that does not read is left when the
    /// task is cancelled.
    func write(_ bytes: ByteBuffer) async {
        await withTaskCancellationHandler {
            try? await channel.writeAndFlush(bytes)
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    func finish() async { try? await channel.close() }
}
