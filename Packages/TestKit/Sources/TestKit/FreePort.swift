#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Finds ports on the loopback interface for servers that cannot be told to choose one themselves.
public enum FreePort {
    /// A TCP port that nobody listened on a moment ago, 1 to 65 535.
    ///
    /// The system gives it out and takes it back, and hands the same one out again only after many others; still, another
    /// program may be faster. A server that can bind port 0 and tell its port should do that.
    ///
    /// - Throws: ``TestKitError`` with code `systemCall`.
    public static func find() throws(TestKitError) -> Int {
        #if os(Linux)
            let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            let number = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard number >= 0 else { throw .system("socket") }
        let descriptor = OwnedDescriptor(owning: number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let done = withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor.number, pointer, length) == 0 && getsockname(descriptor.number, pointer, &length) == 0
        }
        guard done else { throw .system("bind to 127.0.0.1") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
