import Cryptography
import Identity
public import Outbound
public import StrictJSON

/// All servers that run tools, by name.
public struct ToolServers: Sendable {
    private let servers: [String: ToolServer]

    /// Collects servers; of two with one name the later one counts.
    public init(_ servers: [ToolServer]) {
        self.servers = Dictionary(servers.map { ($0.name, $0) }) { _, later in later }
    }

    /// Reads the servers from two settings (CONTRACTS §3: `MCP_SERVER_BASE_URLS`, `MCP_SERVER_SHARED_SECRETS`).
    ///
    /// - Parameters:
    ///   - baseURLs: An object from the name of a server to its URL: `{"files": "http://files.internal:9000"}`.
    ///   - secrets: An object from the name of a server to the secret that it shares with the gateway.
    ///   - timeout: How long one call may take.
    /// - Throws: ``ToolGatewayError`` with code `invalidServers`, naming the server and the rule, never a secret.
    public init(baseURLs: JSONValue, secrets: JSONValue, timeout: Duration) throws(ToolGatewayError) {
        guard let baseURLs = baseURLs.objectValue else {
            throw ToolGatewayError(.invalidServers, message: "the base URLs must be an object from names to URLs")
        }
        guard let secrets = secrets.objectValue else {
            throw ToolGatewayError(.invalidServers, message: "the shared secrets must be an object from names to secrets")
        }
        var servers: [ToolServer] = []
        for (name, value) in baseURLs {
            servers.append(
                ToolServer(
                    name: name, baseURL: try Self.url(value, of: name), secret: try Self.secret(secrets[name], of: name),
                    timeout: timeout))
        }
        for name in secrets.keys where baseURLs[name] == nil {
            throw ToolGatewayError(.invalidServers, message: "\(Self.quoted(name)) has a shared secret and no base URL")
        }
        self.init(servers)
    }

    /// The names, in order.
    public var names: [String] { self.servers.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

    /// Where requests to the servers go, for the policy of the client that sends them: to each one's own host and port.
    public var destinations: [AllowedDestination] {
        self.names.compactMap { self.servers[$0] }.map { AllowedDestination(of: $0.baseURL) }
    }

    /// The server of a name, compared byte by byte.
    public subscript(name: String) -> ToolServer? {
        guard let server = self.servers[name], server.name.utf8.elementsEqual(name.utf8) else { return nil }
        return server
    }

    private static func url(_ value: JSONValue, of name: String) throws(ToolGatewayError) -> OutboundURL {
        guard (1...255).contains(name.utf8.count) else {
            throw ToolGatewayError(.invalidServers, message: "the name of a tool server must have 1 to 255 bytes")
        }
        guard let text = value.stringValue else {
            throw ToolGatewayError(.invalidServers, message: "the base URL of \(Self.quoted(name)) must be a string")
        }
        let url: OutboundURL
        do throws(OutboundError) {
            url = try OutboundURL(parsing: text)
        } catch {
            throw ToolGatewayError(
                .invalidServers, message: "the base URL of \(Self.quoted(name)): \(error.message)", cause: error)
        }
        guard !url.target.utf8.contains(UInt8(ascii: "?")) else {
            throw ToolGatewayError(.invalidServers, message: "the base URL of \(Self.quoted(name)) must have no query")
        }
        return url
    }

    private static func secret(_ value: JSONValue?, of name: String) throws(ToolGatewayError) -> SecretBytes? {
        guard let value else { return nil }
        guard let text = value.stringValue, !text.isEmpty else {
            throw ToolGatewayError(
                .invalidServers, message: "the shared secret of \(Self.quoted(name)) must be a string, not empty")
        }
        return SecretBytes(text.utf8)
    }

    /// A name as it may stand in a message.
    private static func quoted(_ name: String) -> String {
        "'" + String(String.UnicodeScalarView(name.unicodeScalars.prefix(64).map { $0.properties.isWhitespace ? " " : $0 })) + "'"
    }
}
