public import HTTPCore
import HTTPTypes
import Persistence
import StrictJSON

/// The state of the server as the older console shows it: `GET /api/health` (CONTRACTS §1.2), always 200 and never limited.
///
/// ```json
/// {"status":"healthy","timestamp":"2026-11-20T21:52:36.972357Z","version":"2.0.0",
///  "services":{"rate_limiting":{"status":"enabled","storage":{"type":"memory","healthy":true,"message":"…"},
///   "configuration":{"auth_endpoints":"10/minute","execution_endpoints":"5/minute","read_endpoints":"100/minute"},
///   "endpoints_protected":{"auth":["/api/auth/aws-credentials"],"execution":["/api/tools/{tool_id}/execute"],
///    "read":["/api/tools/","/api/tools/{tool_id}"]}}}}
/// ```
///
/// `status` is `unhealthy` when a core part is down. That of the limits is `disabled`, or `degraded` while Redis is of no use and each
/// server counts for itself. Nothing in it says where a part is or why it fails.
public struct ConsoleHealthOperation: Sendable {
    /// How limits are set.
    public struct Limits: Sendable {
        /// Whether anything is limited.
        public var isEnabled: Bool
        /// The name of the health check of the Redis in which limits are counted; nil where they are counted in this process.
        public var storageCheck: String?
        /// The texts of the three limits as configured.
        public var texts: (auth: String, execution: String, read: String)

        /// Tells how limits are set.
        public init(isEnabled: Bool, storageCheck: String?, texts: (auth: String, execution: String, read: String)) {
            self.isEnabled = isEnabled
            self.storageCheck = storageCheck
            self.texts = texts
        }
    }

    /// The version of this surface, which its clients compare; not that of the program.
    static let version = "2.0.0"

    private let health: HealthOperations
    private let limits: Limits

    /// Creates the operation.
    ///
    /// - Parameters:
    ///   - health: Looks at the parts of the program, each for two seconds at most and once for all who ask together.
    ///   - limits: How limits are set.
    public init(health: HealthOperations, limits: Limits) {
        self.health = health
        self.limits = limits
    }

    /// The operation for the router.
    public var operation: Operation {
        let texts = Schema.object([
            .required("auth_endpoints", .string()), .required("execution_endpoints", .string()),
            .required("read_endpoints", .string()),
        ])
        let storage = Schema.object([
            .required("type", .choice(["memory", "redis"])), .required("healthy", .boolean), .required("message", .string()),
        ])
        let limiting = Schema.object([
            .required("status", .choice(["enabled", "disabled", "degraded"])), .required("storage", storage),
            .required("configuration", texts), .required("endpoints_protected", .map()),
        ])
        return Operation(
            .get, "/api/health", id: "consoleHealth", summary: "State of the program and of its limits", tag: "console",
            access: .anyone,
            answers: [
                .json(
                    .ok, "The state, whatever it is",
                    .object([
                        .required("status", .choice(["healthy", "unhealthy"])),
                        .required("timestamp", .string(format: .dateTime)),
                        .required("version", .string()),
                        .required("services", .object([.required("rate_limiting", limiting)])),
                    ]))
            ]
        ) { _ in await self.answer() }
    }

    private func answer() async -> OperationResponse {
        let parts = await self.health.parts()
        let isDown = parts.contains { $0.isCore && $0.finding.state == .unhealthy }
        let storage = self.limits.storageCheck.map { name in parts.first { $0.name == name }?.finding.state == .healthy }
        let (isWorking, message) =
            switch storage {
            case nil: (true, "Limits are counted in this process")
            case true?: (true, "Redis answers")
            case false?: (false, "Redis is of no use now; limits are counted in this process")
            }
        let status = !self.limits.isEnabled ? "disabled" : isWorking ? "enabled" : "degraded"
        return .json(
            .ok,
            [
                "status": isDown ? "unhealthy" : "healthy",
                "timestamp": .string(Timestamp.now().description),
                "version": .string(Self.version),
                "services": [
                    "rate_limiting": [
                        "status": .string(status),
                        "storage": [
                            "type": storage == nil ? "memory" : "redis", "healthy": .bool(isWorking), "message": .string(message),
                        ],
                        "configuration": [
                            "auth_endpoints": .string(self.limits.texts.auth),
                            "execution_endpoints": .string(self.limits.texts.execution),
                            "read_endpoints": .string(self.limits.texts.read),
                        ],
                        "endpoints_protected": [
                            "auth": ["/api/auth/aws-credentials"], "execution": ["/api/tools/{tool_id}/execute"],
                            "read": ["/api/tools/", "/api/tools/{tool_id}"],
                        ],
                    ]
                ],
            ])
    }
}
