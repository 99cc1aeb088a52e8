import DatabaseTestSupport
import KnowledgeFreshness
import Outbound
import OutboundTestSupport
import Persistence
import StalenessIndex
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("shows what works", .timeLimit(.minutes(2)))
    func example() async throws {
        try await FreshnessFixture.with(.sqlite) { fixture async throws in
            try await withScriptedServer { _, _ in
                httpAnswer(
                    #"{"meta":{"api-version":"1.1"},"versions":["1.0","2.0"],"files":[]}"#,
                    fields: "Content-Type: application/vnd.pypi.simple.v1+json\r\n")
            } _: { server async throws in
                let (database, logger) = (fixture.database, fixture.logger)
                let indexURL: String? = "http://127.0.0.1:\(server.port)/simple"
                let traceID = try await fixture.add("pip install numpy==1.0", createdAt: .now())

                let queue = FreshnessQueue()
                var index: PackageIndexClient?
                if let indexURL {
                    let configuration = try PackageIndexConfiguration(baseURL: indexURL)
                    let client = try OutboundClient(
                        policy: configuration.addressPolicy, configuration: configuration.outboundConfiguration, logger: logger)
                    index = try PackageIndexClient(configuration, client: client, logger: logger)
                }
                let worker = try FreshnessWorker(database: database, queue: queue, index: index, logger: logger)
                let running = Task { await worker.run() }

                try await database.transaction(retries: 3) { connection in
                    // … store the trace, and then:
                    try queue.enqueue(traceID, in: connection)
                }
                queue.wake()

                let store = FreshnessStore(database: database)
                while try await store.freshness(of: traceID).checkedAt == nil { await Task.yield() }
                #expect(try await store.freshness(of: traceID).reason == "1.0 is pinned, and 2.0 is another major version")
                running.cancel()
                await running.value
            }
        }
    }
}
