import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import PrometheusMetrics
import StrictJSON
import Testing
import ToolConsoleHTTP

@Suite("State of the console")
struct ConsoleHealthTests {
    private struct Down: Error {
        let secret = "redis://:hunter2@10.0.0.7"
    }

    private static func answer(
        isEnabled: Bool = true, redis: Bool? = nil, database: Bool = true
    ) async throws -> ServiceAnswer {
        var checks = [HealthCheck(name: "database", isCore: true) { if !database { throw Down() } }]
        if let redis { checks.append(HealthCheck(name: "redis", isCore: false) { if !redis { throw Down() } }) }
        let health = HealthOperations(version: "1", readiness: Readiness(), checks: checks)
        let limits = ConsoleHealthOperation.Limits(
            isEnabled: isEnabled, storageCheck: redis == nil ? nil : "redis", texts: ("10/minute", "5 per minute", "100/minute"))
        let service = try HTTPService(
            operations: [ConsoleHealthOperation(health: health, limits: limits).operation],
            parts: .init(
                resolver: FixedCallers([:]), limits: CountingLimits(), metrics: try HTTPMetrics(registry: PrometheusRegistry()),
                translate: { _ in nil }),
            configuration: .init(keyHeader: .authorization))
        return try await service.answer(.get, "/api/health")
    }

    @Test("has the members that older clients read")
    func members() async throws {
        let answer = try await Self.answer()
        #expect(answer.status == .ok)
        let json = try answer.json
        #expect(json["status"] == "healthy")
        #expect(json["version"] == "2.0.0")
        #expect(json["timestamp"]?.stringValue?.hasSuffix("Z") == true)
        #expect(
            json["services"] == [
                "rate_limiting": [
                    "status": "enabled",
                    "storage": ["type": "memory", "healthy": true, "message": "Limits are counted in this process"],
                    "configuration": [
                        "auth_endpoints": "10/minute", "execution_endpoints": "5 per minute", "read_endpoints": "100/minute",
                    ],
                    "endpoints_protected": [
                        "auth": ["/api/auth/aws-credentials"], "execution": ["/api/tools/{tool_id}/execute"],
                        "read": ["/api/tools/", "/api/tools/{tool_id}"],
                    ],
                ]
            ])
    }

    @Test(
        "tells how limits fare, and not why",
        arguments: [
            (true, nil, "enabled", "memory", true), (true, true, "enabled", "redis", true),
            (true, false, "degraded", "redis", false), (false, nil, "disabled", "memory", true),
            (false, false, "disabled", "redis", false),
        ] as [(Bool, Bool?, String, String, Bool)])
    func limits(_ isEnabled: Bool, _ redis: Bool?, _ status: String, _ type: String, _ isHealthy: Bool) async throws {
        let answer = try await Self.answer(isEnabled: isEnabled, redis: redis)
        #expect(answer.status == .ok)
        let limiting = try answer.json["services"]?["rate_limiting"]
        #expect(limiting?["status"]?.stringValue == status)
        #expect(limiting?["storage"]?["type"]?.stringValue == type)
        #expect(limiting?["storage"]?["healthy"] == .bool(isHealthy))
        #expect(try answer.json["status"] == "healthy")
        #expect(!String(decoding: answer.body, as: UTF8.self).contains("hunter2"))
    }

    @Test("says unhealthy, still with 200, when a core part is down")
    func core() async throws {
        let answer = try await Self.answer(database: false)
        #expect(answer.status == .ok)
        #expect(try answer.json["status"] == "unhealthy")
    }
}
