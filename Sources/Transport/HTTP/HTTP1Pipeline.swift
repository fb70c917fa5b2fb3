internal import NIOCore
internal import NIOHTTP1

/// The handlers of an HTTP/1.1 connection, and how to get rid of them when it stops being one.
enum HTTP1Pipeline {
    static func configure(_ channel: any Channel, _ handler: HTTP1Handler, limits: Limits) throws {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.headerBytes
        decoding.maxHeaderListSize = limits.headerBytes
        decoding.maxHeaderFieldCount = limits.headerFields
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: decoding)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(RequestStartHandler(handler))
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(HTTPResponseEncoder())
        try pipeline.addHandler(handler)
    }

    /// Removes all HTTP handlers, last to first but the decoder: it goes last, because removing it hands the bytes
    /// that came after the request to whatever handler was added in the meantime.
    static func dismantle(_ channel: any Channel) {
        let pipeline = channel.pipeline.syncOperations
        remove(HTTP1Handler.self, from: pipeline)
        remove(HTTPResponseEncoder.self, from: pipeline)
        remove(RequestStartHandler.self, from: pipeline)
        remove(ByteToMessageHandler<HTTPRequestDecoder>.self, from: pipeline)
        // The handler held reads back while it owed an answer.
        channel.read()
    }

    private static func remove<Handler: RemovableChannelHandler>(
        _ type: Handler.Type, from pipeline: ChannelPipeline.SynchronousOperations
    ) {
        if let handler = try? pipeline.handler(type: type) { _ = pipeline.removeHandler(handler) }
    }
}
