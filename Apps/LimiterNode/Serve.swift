import AppSupport
import ArgumentParser
import HTTPCore
import Logging
import ServerSupport
import ServiceLifecycle
import Settings
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answer checks until told to stop (the default).")

    @Option(name: .long, help: "Address or name to listen on (setting RATELIMITER_BIND).")
    var bind: String?
    @Option(name: .long, help: "Port to listen on (setting RATELIMITER_NODE_PORT).")
    var port: String?
    @Option(name: .long, help: "Port for RESP clients (setting RATELIMITER_RESP_PORT).")
    var respPort: String?

    func run() async throws {
        let flags = [
            "RATELIMITER_BIND": self.bind, "RATELIMITER_NODE_PORT": self.port, "RATELIMITER_RESP_PORT": self.respPort,
        ]
        let settings = try Program.begin(LimiterNodeSettings.catalogue, flags: flags)
        let logger = Logger(label: "limiter-node")
        for warning in settings.warnings() { logger.warning("setting", metadata: ["warning": .string(warning)]) }
        let parts = try NodeParts.make(settings, logger: logger)
        do {
            try await self.serve(parts, settings: settings, logger: logger)
        } catch {
            throw Program.fail("limiter-node: \(Self.reason(error, parts: parts))")
        }
        logger.info("stopped")
    }

    private func serve(_ parts: NodeParts, settings: SettingsReader, logger: Logger) async throws {
        let pause = try settings.value(of: LimiterNodeSettings.drainPause)
        let host = parts.server.host
        let server = HTTPServer(parts.service, configuration: parts.server, logger: logger) { port in
            parts.listening(at: port)
            parts.readiness.becomeReady()
            logger.info("listening", metadata: ["host": "\(host)", "port": "\(port)", "store": "\(parts.storeName)"])
            Program.say("limiter-node listens at http://\(host.contains(":") ? "[\(host)]" : host):\(port)")
        }
        var configuration = ServiceGroupConfiguration(
            // Stopped from the last to the first: not ready, then no new requests, then out of the fleet, then the store.
            services: [SecondSignal()] + parts.background + [server] + [Drain(readiness: parts.readiness, pause: pause)],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        configuration.maximumGracefulShutdownDuration = try pause + settings.value(of: LimiterNodeSettings.stopLimit)
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func reason(_ error: any Error, parts: NodeParts) -> String {
        guard parts.readiness.phase == .starting else { return String(describing: error) }
        return "cannot listen at \(parts.server.host), port \(parts.server.port): \(error)"
    }
}
