import Identity
import NIOCore
import Testing

@testable import HTTPCore

@Suite("Address of a socket")
struct SocketAddressTests {
    @Test("is the same as its text", arguments: ["127.0.0.1", "203.0.113.7", "::1", "2001:db8::7:ff", "::ffff:10.0.0.1"])
    func sameAsText(_ text: String) throws {
        let socket = try SocketAddress(ipAddress: text, port: 80)
        #expect(IPAddress(socket) == IPAddress(text))
        #expect(IPAddress(socket) != nil)
    }

    @Test("is none for a socket in the file system")
    func unixSocket() throws {
        #expect(IPAddress(try SocketAddress(unixDomainSocketPath: "/tmp/x")) == nil)
    }
}
