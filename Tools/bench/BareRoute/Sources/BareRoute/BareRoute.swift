import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The measures of the API server: Hummingbird routes that do nothing but answer a body of the same size, and a tool server whose
/// tools take 5 ms.
///
/// usage: BareRoute [PORT [BYTES OF THE LIST OF TOOLS]]
@main
struct BareRoute {
    static func main() async throws {
        let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let port = numbers.first ?? 8081
        let tools = ByteBuffer(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: numbers.dropFirst().first ?? 470))
        let body = ByteBuffer(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 470))
        let router = Router()
        router.get("/api/v1/traces/{id}") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
        }
        router.get("/api/tools") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: tools))
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
