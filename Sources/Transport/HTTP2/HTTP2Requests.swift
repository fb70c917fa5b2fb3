internal import NIOCore
internal import NIOHTTP2

/// Makes an HTTP/2 connection one of plain requests for a responder.
struct HTTP2Requests: HTTP2Acceptor {
    let responder: any Responder
    let limits: Limits
    let accounts: Accounts

    func configure(_ channel: any Channel, _ connection: Connection) throws {
        var http2 = NIOHTTP2Handler.ConnectionConfiguration()
        http2.initialSettings = HTTP2Connection.settings(limits)
        // Informers give a watch up by resetting its stream; the default takes that for an attack too soon.
        var streams = NIOHTTP2Handler.StreamConfiguration()
        streams.streamResetFrameRateLimit.maximumCount = 2_000
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(
            NIOHTTP2Handler(mode: .server, connectionConfiguration: http2, streamConfiguration: streams))
        try pipeline.addHandler(
            HTTP2Connection(responder: responder, limits: limits, accounts: accounts, connection: connection))
    }
}
