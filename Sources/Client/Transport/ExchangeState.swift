import NIOCore
import NIOHTTP1

typealias BodyProducer = NIOThrowingAsyncSequenceProducer<
    ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, BodyDemand
>

/// A request on its way into a connection, and where its answer's head goes.
struct Exchange: Sendable {
    var head: HTTPRequestHead
    var body: ByteBuffer
    var answer: EventLoopPromise<StreamedAnswer>
}

/// An answer whose body still arrives.
struct StreamedAnswer: Sendable {
    var head: HTTPResponseHead
    var body: BodyProducer
}

/// What a connection is doing. HTTP/1.1 without pipelining: one exchange at a time.
struct ExchangeState: ~Copyable {
    enum Phase {
        case idle
        case awaitingHead(EventLoopPromise<StreamedAnswer>)
        case receiving(BodyProducer.Source, keepAlive: Bool)
        case closed
    }

    private var phase = Phase.idle

    init() {}

    /// False: the connection cannot take a request now.
    mutating func begin(_ answer: EventLoopPromise<StreamedAnswer>) -> Bool {
        guard case .idle = phase else { return false }
        phase = .awaitingHead(answer)
        return true
    }

    /// The promise that waits for a head; nil: nobody asked for this one.
    mutating func head(_ source: BodyProducer.Source, keepAlive: Bool) -> EventLoopPromise<StreamedAnswer>? {
        guard case .awaitingHead(let promise) = phase else { return nil }
        phase = .receiving(source, keepAlive: keepAlive)
        return promise
    }

    /// Where body bytes go.
    var receiver: BodyProducer.Source? {
        if case .receiving(let source, _) = phase { source } else { nil }
    }

    /// The answer is complete: its body, and whether the connection may carry another request.
    mutating func end() -> (BodyProducer.Source, reusable: Bool)? {
        guard case .receiving(let source, let keepAlive) = phase else { return nil }
        phase = keepAlive ? .idle : .closed
        return (source, keepAlive)
    }

    /// The connection is gone: who has to be told.
    mutating func close() -> (EventLoopPromise<StreamedAnswer>?, BodyProducer.Source?) {
        defer { phase = .closed }
        switch phase {
        case .idle, .closed: return (nil, nil)
        case .awaitingHead(let promise): return (promise, nil)
        case .receiving(let source, _): return (nil, source)
        }
    }
}

/// The reader's side of back-pressure: asks the connection for more, or ends it when the reader lost interest.
struct BodyDemand: NIOAsyncSequenceProducerDelegate {
    enum Event: Sendable { case more, abandoned }

    let channel: any Channel

    func produceMore() { channel.triggerUserOutboundEvent(Event.more, promise: nil) }
    func didTerminate() { channel.triggerUserOutboundEvent(Event.abandoned, promise: nil) }
}
