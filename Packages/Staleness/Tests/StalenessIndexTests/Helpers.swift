import Logging
import Outbound
import OutboundTestSupport
import PrometheusMetrics
import Staleness
import Synchronization
import TestKit
import Testing

@testable import StalenessIndex

/// A client of a scripted index, with a clock that is moved by hand.
struct ScriptedIndex: Sendable {
    static let simpleType = "application/vnd.pypi.simple.v1+json"

    let client: PackageIndexClient
    let server: ScriptedServer
    let registry: PrometheusRegistry
    let clock: ManualClock

    static func with<Value>(
        api: PackageIndexConfiguration.API = .simple, path: String = "/simple/",
        change: (inout PackageIndexConfiguration) -> Void = { _ in }, script: @escaping ScriptedServer.Script,
        _ body: (ScriptedIndex) async throws -> Value
    ) async throws -> Value {
        try await withScriptedServer(script: script) { server in
            var configuration = try PackageIndexConfiguration(baseURL: "http://127.0.0.1:\(server.port)\(path)", api: api)
            configuration.timeout = .seconds(60)
            change(&configuration)
            let logger = Logger(label: "index.tests", factory: { _ in SwiftLogNoOpLogHandler() })
            let outbound = try OutboundClient(
                policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
            defer { outbound.close() }
            let registry = PrometheusRegistry()
            let clock = ManualClock()
            let client = try PackageIndexClient(
                configuration, client: outbound, metrics: PackageIndexMetrics(registry: registry), logger: logger
            ) { ManualClock.Instant(offset: .zero).duration(to: clock.now) }
            return try await body(ScriptedIndex(client: client, server: server, registry: registry, clock: clock))
        }
    }

    func answer(_ name: String = "pkg") async throws -> IndexAnswer {
        await self.client.releases(of: try #require(PythonPackageName(name)))
    }

    func failure(_ name: String = "pkg") async throws -> IndexFailure.Code? {
        if case .failed(let failure) = try await self.answer(name) { failure.code } else { nil }
    }

    func grade(_ version: String, _ name: String = "pkg") async throws -> PinGrade {
        try await self.answer(name).grade(of: try #require(PackagePin.declared(library: name, version: version)))
    }

    /// What was counted with an outcome.
    func count(_ outcome: String) -> String? {
        let series = "gatehouse_package_index_requests_total{outcome=\"\(outcome)\"} "
        return String(decoding: self.registry.render(), as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(series) }.map { String($0.dropFirst(series.count)) }
    }
}

/// An answer of the simple API.
func simpleAnswer(
    _ versions: [String] = ["1.0", "2.3.1"], name: String = "pkg", files: String = "", more: String = "",
    type: String = ScriptedIndex.simpleType, status: String = "200 OK", fields: String = ""
) -> [ScriptedStep] {
    let list = versions.map { "\"\($0)\"" }.joined(separator: ",")
    let body = #"{"meta":{"api-version":"1.4"},"name":"\#(name)","versions":[\#(list)],"files":[\#(files)]\#(more)}"#
    return httpAnswer(body, status: status, fields: "Content-Type: \(type)\r\n\(fields)")
}

/// A file of an answer of the simple API.
func file(_ filename: String, yanked: String = "false") -> String {
    #"{"filename":"\#(filename)","url":"https://files.example.com/x","hashes":{},"yanked":\#(yanked)}"#
}
