public import Cryptography
public import Outbound
import Policy

/// A server that runs tools, as the operator set it up.
public struct ToolServer: Sendable {
    /// How calls name it, 1 to 255 bytes.
    public let name: String
    /// Where it is; `/tools/{tool}` is added.
    public let baseURL: OutboundURL
    /// What requests to it are signed with; without one nothing is sent there.
    public let secret: SecretBytes?
    /// How long one call may take, from connecting to the last byte.
    public let timeout: Duration

    /// Sets up a server.
    ///
    /// - Parameters:
    ///   - name: How calls name it.
    ///   - baseURL: Where it is, with or without a slash at the end, without a query.
    ///   - secret: What requests are signed with.
    ///   - timeout: How long one call may take.
    public init(name: String, baseURL: OutboundURL, secret: SecretBytes?, timeout: Duration) {
        self.name = name
        self.baseURL = baseURL
        self.secret = secret
        self.timeout = timeout
    }

    /// Where a tool of the server is called.
    ///
    /// - Throws: `OutboundError` when the whole is longer than a URL may be.
    func url(of tool: ToolName) throws(OutboundError) -> OutboundURL {
        var base = self.baseURL.text
        while base.utf8.last == UInt8(ascii: "/") { base.removeLast() }
        return try OutboundURL(parsing: "\(base)/tools/\(tool.text)")
    }
}
