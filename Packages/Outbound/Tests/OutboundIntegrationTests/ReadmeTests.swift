import HTTPTypes
import Logging
import Outbound
import OutboundTestSupport
import StandardWebhooks
import Testing

@Suite("README of Outbound")
struct ReadmeTests {
    @Test("has an example that works")
    func exampleWorks() async throws {
        try await withScriptedServer(script: { _, _ in httpAnswer("", status: "204 No Content") }) { server in
            let listed = "127.0.0.1:\(server.port)"
            let text = "http://127.0.0.1:\(server.port)/hooks/7"
            let secret = try WebhookSecret.random()
            let seconds: Int64 = 1_614_265_330

            let policy = AddressPolicy(allowsPlainHTTP: true, allowed: try AllowedDestination.list(parsing: listed))
            let client = try OutboundClient(policy: policy, logger: Logger(label: "outbound"))

            // When somebody registers a receiver: the form, the address if the host is one, then what the name means now.
            let url = try policy.check(text)
            try await client.check(url)

            // At every attempt to deliver; the client checks again, and dials what it checked.
            let body = Array(#"{"type":"approval.required","data":{}}"#.utf8)
            let signer = try WebhookSigner(secrets: [secret])
            var request = OutboundRequest(.post, url, headers: [.contentType: "application/json"], body: body)
            for (name, value) in try signer.sign(body, id: "msg_2f9c", at: seconds).fields {
                if let name = HTTPField.Name(name) { request.headers[name] = value }
            }
            let verdict = DeliveryVerdict(status: try await client.send(request).status)
            client.close()

            #expect(verdict == .delivered)
            try Self.verify(server.requests[0], secret: secret, at: seconds)
        }
    }

    /// What a receiver does.
    private static func verify(_ request: String, secret: WebhookSecret, at seconds: Int64) throws {
        let parts = request.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        func field(_ name: String) -> String {
            let line = parts[0].split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name): ") }
            return line.map { String($0.dropFirst(name.count + 2)) } ?? ""
        }
        let headers = WebhookHeaders(
            id: field(WebhookHeaders.idName), timestamp: field(WebhookHeaders.timestampName),
            signature: field(WebhookHeaders.signatureName))
        try WebhookVerifier(secrets: [secret]).verify(Array(parts[1].utf8), headers, at: seconds + 12)
    }
}
