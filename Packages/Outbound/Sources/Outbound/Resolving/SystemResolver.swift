public import Identity
import NIOPosix
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Asks the system (`getaddrinfo`: hosts file, DNS, whatever is configured), on threads of its own.
///
/// `getaddrinfo` cannot be interrupted: a caller that is cancelled goes on at once, while the look-up ends when the system gives
/// up. So all resolvers of a process share four threads, and at most 64 look-ups wait or run; more fail as `overloaded`.
public struct SystemResolver: AddressResolver {
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 4)
        pool.start()
        return pool
    }()
    private static let lookUpCount = Atomic(0)
    private static let lookUpLimit = 64

    /// Creates a resolver; it holds nothing.
    public init() {}

    /// All addresses of both families, in the order of RFC 6724 as the system sees it.
    ///
    /// - Throws: ``OutboundError``: `unresolvable`, `overloaded`, and `cancelled` when the task is cancelled.
    public func addresses(of name: String) async throws(OutboundError) -> [IPAddress] {
        guard Self.lookUpCount.add(1, ordering: .relaxed).newValue <= Self.lookUpLimit else {
            Self.lookUpCount.subtract(1, ordering: .relaxed)
            throw OutboundError(.overloaded, message: "too many look-ups of names are waiting")
        }
        let box = OutcomeBox<[IPAddress]>()
        Self.threads.submit { _ in
            box.complete(Self.lookUp(name))
            Self.lookUpCount.subtract(1, ordering: .relaxed)
        }
        return try await box.wait()
    }

    private static func lookUp(_ name: String) -> Result<[IPAddress], OutboundError> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        // One entry per address instead of one per kind of socket.
        hints.ai_protocol = Int32(IPPROTO_TCP)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &hints, &list)
        defer { if let list { freeaddrinfo(list) } }
        guard status == 0 else {
            let reason = Remark(text: gai_strerror(status).map { String(cString: $0) } ?? "error \(status)")
            return .failure(OutboundError(.unresolvable, message: "the host of the URL has no address", cause: reason))
        }
        var addresses: [IPAddress] = []
        var entry = list
        while let current = entry {
            if let address = self.address(of: current.pointee), !addresses.contains(address) { addresses.append(address) }
            entry = current.pointee.ai_next
        }
        return .success(addresses)
    }

    private static func address(of entry: addrinfo) -> IPAddress? {
        guard let pointer = entry.ai_addr else { return nil }
        // By places (RFC 3493 §3.2, §3.3), as which module the members of these structures come from depends on how it is built.
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(entry.ai_addrlen))
        switch (entry.ai_family, bytes.count) {
        case (AF_INET, 8...): return IPAddress(networkBytes: UnsafeRawBufferPointer(rebasing: bytes[4..<8]))
        case (AF_INET6, 24...): return IPAddress(networkBytes: UnsafeRawBufferPointer(rebasing: bytes[8..<24]))
        default: return nil
        }
    }
}

/// What the system said, or whom it was about, as the cause of an error: for the log only.
struct Remark: Error, CustomStringConvertible {
    let text: String

    var description: String { self.text }
}
