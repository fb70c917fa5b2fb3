import NIOCore
import NIOEmbedded
import Testing

@testable import Transport

@Suite struct PrefaceSnifferTests {
    private final class Collector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        /// Arrives while this handler is being added, and again at the end of a read.
        private var more = ["2", "4"]
        private(set) var seen = ""

        private func readMore(_ context: ChannelHandlerContext) {
            if !more.isEmpty { context.pipeline.fireChannelRead(ByteBuffer(string: more.removeFirst())) }
        }

        func handlerAdded(context: ChannelHandlerContext) { readMore(context) }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) { seen += String(buffer: unwrapInboundIn(data)) }
        func channelReadComplete(context: ChannelHandlerContext) { readMore(context) }
    }

    /// A flush of the new handlers may read from the socket before the sniffer is gone.
    @Test(arguments: ["PRI * 1", "GET / 1"])
    func whatIsReadDuringTheHandOverComesInOrderAndConfiguresNothingTwice(_ first: String) throws {
        let channel = EmbeddedChannel()
        let collector = Collector()
        var configured: [String] = []
        try channel.pipeline.syncOperations.addHandler(
            PrefaceSniffer(patience: .seconds(5)) {
                configured.append("1")
                try $0.pipeline.syncOperations.addHandler(collector)
            } http2: {
                configured.append("2")
                try $0.pipeline.syncOperations.addHandler(collector)
            })
        try channel.writeInbound(ByteBuffer(string: first))
        #expect(configured == [first.hasPrefix("PRI") ? "2" : "1"])
        #expect(collector.seen == first + "24")
        try channel.writeInbound(ByteBuffer(string: "5"))
        #expect(collector.seen == first + "245")
        _ = try? channel.finish()
    }
}
