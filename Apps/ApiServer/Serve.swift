import AppSupport
import ArgumentParser
import Auth
import HTTPCore
import LogOutput
import Logging
import Persistence
import ServerSupport
import ServiceLifecycle
import Settings
import UnixSignals

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answer requests until told to stop (the default).")

    @Option(name: .long, help: "Address or name to listen on (setting HOST).")
    var host: String?
    @Option(name: .long, help: "Port to listen on (setting PORT).")
    var port: String?
    @OptionGroup var database: DatabaseOptions
    @Flag(name: .long, help: "Register a first user if there is none, and print the key and a call that works.")
    var firstKey = false
    @Flag(name: .long, help: "Bring a PostgreSQL database up to date first; a SQLite file always is.")
    var migrate = false

    func run() async throws {
        let flags = self.database.flags.merging(["HOST": self.host, "PORT": self.port]) { _, new in new }
        let recent = RecentLines()
        let settings = try Program.begin(ApiServerSettings.catalogue, flags: flags, recent: recent)
        let logger = Logger(label: "gatehouse")
        for warning in settings.warnings() { logger.warning("setting", metadata: ["warning": .string(warning)]) }
        let parts = try await ServerParts.make(settings, migrates: self.migrate, recent: recent, logger: logger)
        do {
            try await self.serve(parts, settings: settings, logger: logger)
        } catch {
            await parts.database.close()
            throw Program.fail("api-server: \(Self.reason(error, parts: parts))")
        }
        await parts.database.close()
        logger.info("stopped")
    }

    private func serve(_ parts: ServerParts, settings: SettingsReader, logger: Logger) async throws {
        let wantsFirstKey = self.firstKey
        let host = try settings.value(of: ApiServerSettings.host)
        let server = HTTPServer(parts.service, configuration: parts.server, logger: logger) { port in
            parts.readiness.becomeReady()
            logger.info("listening", metadata: ["host": "\(host)", "port": "\(port)"])
            let scheme = parts.server.tls == nil ? "http" : "https"
            let address = "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
            if wantsFirstKey { await Welcome(address: address, keys: parts.keys).say(logger: logger) }
        }
        var configuration = ServiceGroupConfiguration(
            // Stopped from the last to the first: not ready, then no new requests, then what they stood on.
            services: [SecondSignal()] + parts.background + [
                server,
                Drain(readiness: parts.readiness, pause: try settings.value(of: ApiServerSettings.drainPause)),
            ],
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        let pause = try settings.value(of: ApiServerSettings.drainPause)
        configuration.maximumGracefulShutdownDuration = try pause + settings.value(of: ApiServerSettings.stopLimit)
        try await ServiceGroup(configuration: configuration).run()
    }

    private static func reason(_ error: any Error, parts: ServerParts) -> String {
        guard parts.readiness.phase == .starting else { return String(describing: error) }
        return "cannot listen at \(parts.server.host), port \(parts.server.port): \(error)"
    }
}
