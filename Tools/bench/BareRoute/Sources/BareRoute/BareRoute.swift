import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The measures of the API server: a Hummingbird route that does nothing but answer a body of the same size, and a tool server whose
/// tools take 5 ms.
@main
struct BareRoute {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8081
        let body = ByteBuffer(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 470))
        let router = Router()
        router.get("/api/v1/traces/{id}") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
        }
        router.post("/tools/{name}") { request, _ in
            _ = try await request.body.collect(upTo: 1 << 20)
            try await Task.sleep(for: .milliseconds(5))
            return Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: #"{"ok":true}"#)))
        }
        var logger = Logger(label: "bare")
        logger.logLevel = .warning
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}
