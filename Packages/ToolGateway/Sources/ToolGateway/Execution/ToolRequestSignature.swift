public import Cryptography
public import HTTPTypes
import Identity
public import Persistence
import Policy

/// The header fields by which a tool server knows that a request comes from the gateway, whole and now (CONTRACTS §4.7).
///
/// ```
/// X-MCP-Gateway-Timestamp: 2026-11-20T21:52:36.972357+00:00
/// X-MCP-Gateway-Request-Id: req-123
/// X-MCP-Gateway-Caller-Id: agent-1
/// X-MCP-Gateway-Org-Id: acme-prod
/// X-MCP-Gateway-Body-SHA256: 94426e9d…
/// X-MCP-Gateway-Signature: 617075f8…
/// ```
///
/// The signature is HMAC-SHA256 in hexadecimal digits, with the shared secret, over timestamp, request id, caller id, organisation,
/// tool and the body's SHA-256 in hexadecimal digits, with a line feed between them. None of these has a line feed in it.
public struct ToolRequestSignature: Sendable, Hashable {
    /// When it was signed.
    public let timestamp: String
    /// SHA-256 of the body in hexadecimal digits.
    public let bodyHash: String
    /// The signature in hexadecimal digits.
    public let signature: String
    private let requestID: String
    private let callerID: String
    private let organisation: String

    /// Signs a request.
    ///
    /// - Parameters:
    ///   - request: What is sent.
    ///   - body: Its bytes.
    ///   - secret: What the gateway shares with the server.
    ///   - time: Now.
    /// - Throws: `CryptographyError` with code `libraryFailure`.
    public init(
        of request: ToolRequest, body: [UInt8], by secret: SecretBytes, at time: Timestamp
    ) throws(CryptographyError) {
        self.timestamp = String(time.rfc3339.dropLast()) + "+00:00"
        self.bodyHash = SHA256.hash(body).hex
        self.requestID = request.requestID
        self.callerID = request.caller.id.text
        self.organisation = request.caller.organisation.text
        let lines = [self.timestamp, self.requestID, self.callerID, self.organisation, request.tool.text, self.bodyHash]
        self.signature = try HMACSHA256(key: secret).code(for: Array(lines.joined(separator: "\n").utf8)).hex
    }

    /// The header fields.
    public var fields: HTTPFields {
        var fields = HTTPFields()
        for (name, value) in [
            ("Timestamp", self.timestamp), ("Request-Id", self.requestID), ("Caller-Id", self.callerID),
            ("Org-Id", self.organisation), ("Body-SHA256", self.bodyHash), ("Signature", self.signature),
        ] {
            if let name = HTTPField.Name("X-MCP-Gateway-\(name)") { fields.append(HTTPField(name: name, value: value)) }
        }
        return fields
    }
}
