import Logging
import Outbound
import OutboundTestSupport
import Staleness
import StalenessIndex
import Testing

@Suite("README of StalenessIndex")
struct ReadmeTests {
    @Test("has an example that works")
    func example() async throws {
        try await withScriptedServer { _, _ in
            simpleAnswer(name: "numpy")
        } _: { server async throws in
            let logger = Logger(label: "index.tests", factory: { _ in SwiftLogNoOpLogHandler() })
            let configuration = try PackageIndexConfiguration(baseURL: "http://127.0.0.1:\(server.port)/simple")
            let client = try OutboundClient(
                policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
            let index = try PackageIndexClient(configuration, client: client, logger: logger)
            if let name = PythonPackageName("numpy"), let pin = PackagePin.declared(library: "numpy", version: "1.26.4") {
                #expect(await index.releases(of: name).grade(of: pin).freshness == .major)
            }
            client.close()
        }
    }
}
