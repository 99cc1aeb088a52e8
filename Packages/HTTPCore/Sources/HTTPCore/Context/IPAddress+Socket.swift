import Identity
import NIOCore

extension IPAddress {
    /// The address of a socket, taken from its bytes: to write it as text and parse that again would cost every request.
    ///
    /// - Returns: `nil` for a socket that has no IP address.
    init?(_ address: SocketAddress) {
        // The address follows length or family and port (4 bytes), and in IPv6 the flow label (4 bytes more).
        let bytes: Range<Int>
        switch address {
        case .v4: bytes = 4..<8
        case .v6: bytes = 8..<24
        case .unixDomainSocket: return nil
        }
        let found = address.withSockAddr { pointer, size in
            IPAddress(networkBytes: UnsafeRawBufferPointer(start: pointer, count: size)[bytes])
        }
        guard let found else { return nil }
        self = found
    }
}
