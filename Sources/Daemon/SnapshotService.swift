import KubeAPI
import NIOCore
import NIOPosix
import Objects
import Store

/// Reads a backup out of the running store into an answer, on a thread that may block.
enum SnapshotService {
    static func send(_ engine: LocalEngine, _ stream: SnapshotStream) {
        NIOSingletons.posixBlockingThreadPool.submit { state in
            guard case .active = state else { return stream.finish(.internalError("the daemon is stopping")) }
            do throws(StoreError) {
                _ = try engine.backup { bytes throws(StoreError) in
                    do { try stream.write(ByteBuffer(bytes: bytes)) } catch {
                        throw StoreError(.unavailable, "the reader has gone: \(error)")
                    }
                }
                stream.finish(nil)
            } catch {
                stream.finish(.internalError("no snapshot: \(error.message)"))
            }
        }
    }
}
