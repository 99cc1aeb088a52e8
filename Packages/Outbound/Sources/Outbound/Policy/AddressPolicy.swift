public import Identity

/// Decides where requests may go: to public unicast addresses only, at the allowed ports, by the allowed schemes, unless the
/// operator lists a destination.
///
/// The same checks run twice: when a destination is registered (``check(_:)``, without the DNS) and at every request, then on
/// every address that the name has at that moment (``check(_:of:)``).
public struct AddressPolicy: Hashable, Sendable {
    /// The ports that are allowed everywhere.
    public var ports: Set<UInt16>
    /// Whether `http` is allowed beside `https`, everywhere.
    public var allowsPlainHTTP: Bool
    /// Destinations that are allowed although the rules would refuse their addresses or ports.
    public var allowed: [AllowedDestination]

    /// Creates a policy.
    ///
    /// - Parameters:
    ///   - ports: The ports that are allowed everywhere; 443 and 80 by default.
    ///   - allowsPlainHTTP: Whether `http` is allowed; false by default.
    ///   - allowed: Exceptions; none by default.
    public init(ports: Set<UInt16> = [443, 80], allowsPlainHTTP: Bool = false, allowed: [AllowedDestination] = []) {
        self.ports = ports
        self.allowsPlainHTTP = allowsPlainHTTP
        self.allowed = allowed
    }

    /// Creates the policy of a client that has one server, which the operator put wherever it is: its host and port are let through,
    /// `http` only where its URL says so.
    public init(reaching url: OutboundURL) {
        self.init(allowsPlainHTTP: url.scheme == .http, allowed: [AllowedDestination(of: url)])
    }

    /// Reads and checks a URL when it is registered: everything that can be said without asking the DNS.
    ///
    /// - Returns: The URL; its name may still lead to refused addresses, which every request finds out.
    /// - Throws: ``OutboundError``: `invalidURL`, and what ``check(_:)`` throws.
    @discardableResult
    public func check(_ text: String) throws(OutboundError) -> OutboundURL {
        let url = try OutboundURL(parsing: text)
        try self.check(url)
        return url
    }

    /// Checks scheme, port and, if the host is an address or `localhost`, the address.
    ///
    /// - Throws: ``OutboundError`` with code `refusedScheme`, `refusedPort` or `refusedAddress`.
    public func check(_ url: OutboundURL) throws(OutboundError) {
        guard url.scheme == .https || self.allowsPlainHTTP else {
            throw OutboundError(.refusedScheme, message: "the scheme of the URL must be https")
        }
        switch url.host {
        case .address(let address):
            try self.check([address], of: url)
        case .name:
            // A name may be allowed by a block that only its addresses show.
            guard self.ports.contains(url.port) || self.allowed.contains(where: { $0.mayMean(url) }) else {
                throw .refusedPort(url.port)
            }
            guard !url.host.isLocalhost || self.allowsByName(url) || self.allowsLoopback(at: url.port) else {
                throw OutboundError(.refusedAddress, message: "the host of the URL is this host", addressClasses: [.loopback])
            }
        }
    }

    /// Checks every address that a host has; one that is refused refuses them all.
    ///
    /// - Parameters:
    ///   - addresses: What the resolver answered, or the address in the URL.
    ///   - url: The URL whose host has the addresses.
    /// - Throws: ``OutboundError``: `refusedAddress` with the classes of the first refused address, `refusedPort` when an address is
    ///   allowed at other ports only, `unresolvable` when there is no address.
    public func check(_ addresses: [IPAddress], of url: OutboundURL) throws(OutboundError) {
        guard !addresses.isEmpty else {
            throw OutboundError(.unresolvable, message: "the host of the URL has no address")
        }
        for address in addresses { try self.check(address, of: url) }
    }

    private func check(_ address: IPAddress, of url: OutboundURL) throws(OutboundError) {
        var isListed = false
        for entry in self.allowed where entry.means(address, of: url) {
            isListed = true
            if entry.port.map({ $0 == url.port }) ?? self.ports.contains(url.port) { return }
        }
        guard address.isOpenToAll || isListed else {
            let classes = address.classesOfRefusal
            throw OutboundError(
                .refusedAddress, message: "the host of the URL has an address that is not public: \(classes.text)",
                addressClasses: classes, cause: Remark(text: address.description))
        }
        // Listed for other ports only, which is no exception for this one.
        guard address.isOpenToAll, self.ports.contains(url.port) else { throw .refusedPort(url.port) }
    }

    private func allowsByName(_ url: OutboundURL) -> Bool {
        self.allowed.contains { entry in
            guard case .name(let name) = entry.target, case .name(let host) = url.host else { return false }
            return name == host && (entry.port.map { $0 == url.port } ?? self.ports.contains(url.port))
        }
    }

    private func allowsLoopback(at port: UInt16) -> Bool {
        self.allowed.contains { entry in
            guard case .block(let block) = entry.target, block.base.isLoopback else { return false }
            return entry.port.map { $0 == port } ?? self.ports.contains(port)
        }
    }
}

extension AllowedDestination {
    /// Whether the entry is about an address of the URL's host.
    fileprivate func means(_ address: IPAddress, of url: OutboundURL) -> Bool {
        switch self.target {
        case .block(let block): block.contains(address)
        case .name(let name): url.host == .name(name) && address.mayStandBehindListedName
        }
    }

    /// Whether the entry might allow the URL, whose host is a name, at its port.
    fileprivate func mayMean(_ url: OutboundURL) -> Bool {
        guard self.port == url.port else { return false }
        guard case .name(let name) = self.target else { return true }
        return url.host == .name(name)
    }
}

extension IPAddress {
    /// Addresses that look public and lead to the inside: the platform of a cloud answers at `168.63.129.16` to its virtual machines.
    private static let platformAddresses = Set(["168.63.129.16"].compactMap { IPAddress($0) })

    /// Whether requests may go there without being listed: it is public, carries no other address inside, which some translator or
    /// tunnel would go on to, and is none of those that clouds keep for themselves.
    fileprivate var isOpenToAll: Bool {
        self.isPubliclyRoutable && self.unmapped == self && self.embeddedIPv4.isEmpty && !Self.platformAddresses.contains(self)
    }

    /// What an address is for that is refused.
    fileprivate var classesOfRefusal: [AddressClass] {
        Self.platformAddresses.contains(self) ? [.linkLocal] : self.allClasses
    }

    /// Whether listing a name is enough to reach the address: it is public, or of the inside of a site.
    fileprivate var mayStandBehindListedName: Bool {
        let address = self.unmapped
        return address.isPubliclyRoutable || [.loopback, .privateUse, .shared].contains(address.addressClass)
    }
}

extension [AddressClass] {
    /// The names of the classes, such as `ipv4Mapped, loopback`.
    fileprivate var text: String { self.map(\.rawValue).joined(separator: ", ") }
}

extension OutboundError {
    fileprivate static func refusedPort(_ port: UInt16) -> OutboundError {
        OutboundError(.refusedPort, message: "the port \(port) is not allowed for the host of the URL")
    }
}
