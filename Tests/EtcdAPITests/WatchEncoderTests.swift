import NIOCore
import Store
import Testing

@testable import EtcdAPI

@Suite struct WatchEncoderTests {
    /// A transaction may put a key and delete it again, both at its one revision.
    @Test func aPutAndADeletionOfOneRevisionAreTwoEvents() {
        var encoder = WatchEncoder(
            identity: Identity(clusterID: 1, memberID: 2, name: "berth", clientURLs: []))
        let put = KeyValue(key: [97], value: [1, 2, 3], createRevision: 5, modRevision: 7, version: 2)
        let gone = KeyValue(key: [97], value: [], createRevision: 0, modRevision: 7, version: 0)
        let events = [
            Event(kind: .put, current: put, previous: nil), Event(kind: .delete, current: gone, previous: nil),
        ]
        func encoded(_ events: [Event]) -> ByteBuffer {
            var buffer = ByteBuffer()
            encoder.append(events, watch: 1, revision: 7, fragments: false, to: &buffer)
            return buffer
        }
        let (puts, deletions) = ([events[0]], [events[1]])
        let first = encoded(puts)
        #expect(encoded(deletions) != first)
        #expect(encoded(puts) == first)
        #expect(encoded([events[0]]) == first)
    }
}
