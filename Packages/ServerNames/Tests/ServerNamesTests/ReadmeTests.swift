import NIOCore
import NIOEmbedded
import NIOSSL
import ServerNames
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows an example that does what it says", arguments: [("redis.example.com", 2), ("192.0.2.1", 1), ("::1", 1)])
    func addTLS(_ host: String, _ handlerCount: Int) throws {
        func addTLS(to channel: any Channel, host: String, context: NIOSSLContext) throws {
            try ServerNameCheck.addTLS(to: channel.pipeline.syncOperations, host: host, context: context)
        }
        let channel = EmbeddedChannel()
        try addTLS(to: channel, host: host, context: NIOSSLContext(configuration: .makeClientConfiguration()))
        #expect((try? channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self)) != nil)
        #expect(((try? channel.pipeline.syncOperations.handler(type: ServerNameCheck.self)) != nil) == (handlerCount == 2))
    }
}
