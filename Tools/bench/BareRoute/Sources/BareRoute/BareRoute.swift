import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// The measure of the API server: one Hummingbird route that does nothing but answer a body of the same size.
@main
struct BareRoute {
    static func main() async throws {
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8081
        let body = ByteBuffer(bytes: [UInt8](repeating: UInt8(ascii: "x"), count: 470))
        let router = Router()
        router.get("/api/v1/traces/{id}") { _, _ in
            Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
        }
        var logger = Logger(label: "bare")
        logger.logLevel = .warning
        let application = Application(
            router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}
