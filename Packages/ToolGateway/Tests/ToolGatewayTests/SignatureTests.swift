import Cryptography
import HTTPTypes
import Identity
import Persistence
import Policy
import StrictJSON
import Testing
import ToolGateway

@Suite("Signatures of tool calls")
struct SignatureTests {
    /// The vectors of CONTRACTS, Appendix A.
    static let vectors: [(body: String, hash: String, signature: String)] = [
        (
            #"{"path": "/tmp/file.txt"}"#, "94426e9d638cc8527b8816fe0cda27cf86df4118626270baa32e4e3fad0d0059",
            "617075f823a952a7b64802984f881ff1979567bc8b0fb3fe65a8464ee2f1d1be"
        ),
        (
            #"{"s": "a/b\"\\\n\#u{7F}", "path": "/tmp/ü😀", "n": 1.0, "e": 1e-7, "f": 1e16, "b": [1, {"z": true, "a": null}], "#
                + #""big": 12345678901234567890}"#,
            "d76d19d7b3eb708b16e3ee4fbe2d5c30dcaa0787b504b4801aa3152f8fa46d08",
            "1767d2fe014c72b039b8f76b1bb40dddd00f1226c956a5c3448b0e47be5f50c9"
        ),
    ]

    @Test("are those of the contract, over the very bytes that are sent", arguments: 0..<2)
    func vector(_ index: Int) throws {
        let vector = Self.vectors[index]
        let arguments = try #require(try JSONValue(parsing: Array(vector.body.utf8)).objectValue)
        let request = ToolRequest(
            requestID: "req-123",
            caller: Caller(
                id: CallerID(unchecked: "agent-1"), kind: .gatewayCaller, organisation: OrganisationID(unchecked: "acme-prod")),
            tool: try #require(ToolName("fs.read")), arguments: arguments)
        let signature = try ToolRequestSignature(
            of: request, body: request.body, by: SecretBytes("shared-secret".utf8),
            at: try #require(Timestamp(rfc3339: "2026-11-20T21:52:36.972357Z")))
        #expect(signature.timestamp == "2026-11-20T21:52:36.972357+00:00")
        #expect(signature.bodyHash == vector.hash && SHA256.hash(request.body).hex == vector.hash)
        #expect(signature.signature == vector.signature)
        #expect(
            signature.fields.map(\.name.rawName).sorted() == [
                "X-MCP-Gateway-Body-SHA256", "X-MCP-Gateway-Caller-Id", "X-MCP-Gateway-Org-Id", "X-MCP-Gateway-Request-Id",
                "X-MCP-Gateway-Signature", "X-MCP-Gateway-Timestamp",
            ])
    }
}
