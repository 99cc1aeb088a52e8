import NIOCore
import NIOPosix

/// Sends bytes as they are on a connection of its own, and reads what comes back until the server ends it.
enum Exchange {
    /// Sends the chunks one after another, each in a write of its own, then closes our half.
    static func run(_ chunks: [[UInt8]], to port: Int) async throws -> [UInt8] {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            for chunk in chunks { try await outbound.write(ByteBuffer(bytes: chunk)) }
            outbound.finish()
            var received: [UInt8] = []
            do {
                for try await part in inbound { received.append(contentsOf: part.readableBytesView) }
            } catch is IOError {
                // The server reset a connection that had sent too much.
            }
            return received
        }
    }

    /// The answers with what differs from time to time taken out: dates, and ids that the server made.
    static func normalised(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
            .replacing(#/Date: [^\r\n]*/#, with: "Date: …")
            .replacing(#/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/#, with: "…")
    }
}
