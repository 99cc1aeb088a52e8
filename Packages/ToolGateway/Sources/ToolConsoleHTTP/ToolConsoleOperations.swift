public import HTTPCore
import HTTPTypes
import StrictJSON
public import ToolConsole
public import ToolGateway

/// The operations over tools: `/api/tools/` (CONTRACTS §1.2).
///
/// | operation | who |
/// | --- | --- |
/// | `GET /api/tools/`, `GET /api/tools/{id}` | everybody |
/// | `POST /api/tools/{id}/execute` | every caller; without a key built-in tools only, from the machine of the server |
///
/// Each execution is a call of the gateway: the policy judges it, the audit trail keeps it. Without a key its caller is `anonymous`, which
/// has no role and no trust, so only rules for every role can let it.
public struct ToolConsoleOperations: Sendable {
    /// The limit on reading, charged to the caller or the address.
    public static let readLimit = LimitClass("tool-read")
    /// The limit on executing, charged to the caller or the address.
    public static let executionLimit = LimitClass("tool-execute")

    static let maximumBodyBytes = 256 << 10

    let registry: ToolRegistry
    let pipeline: GatewayPipeline

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - registry: What there is.
    ///   - pipeline: Judges and makes calls; its executor is a ``BuiltInExecutor`` over the same registry.
    public init(registry: ToolRegistry, pipeline: GatewayPipeline) {
        self.registry = registry
        self.pipeline = pipeline
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.list, self.show, self.execute] }

    private static let schema = Schema.object([
        .required("id", .string()), .required("name", .string()), .required("description", .string()),
        .required("enabled", .boolean),
    ])

    /// The router takes the path with and without its last slash.
    private var list: Operation {
        Operation(
            .get, "/api/tools/", id: "listTools", summary: "The tools of the server, and its tool servers", tag: "console",
            access: .anyoneIdentified, limits: [Self.readLimit],
            answers: [
                .json(
                    .ok, "All of them",
                    .object([.required("tools", .array(of: Self.schema)), .required("total", .integer(0...Int64.max))]))
            ]
        ) { _ in
            .json(
                .ok,
                ["tools": .array(self.registry.tools.map(\.json)), "total": .integer(self.registry.tools.count)])
        }
    }

    private var show: Operation {
        Operation(
            .get, "/api/tools/{id}", id: "showTool", summary: "One tool", tag: "console", access: .anyoneIdentified,
            limits: [Self.readLimit], parameters: [.path("id", .string(maximum: 255))],
            answers: [.json(.ok, "The tool", Self.schema), .problem(.notFound, "There is none with this id")]
        ) { request in
            .json(.ok, try self.tool(request).json)
        }
    }

    /// The tool that the path names.
    func tool(_ request: OperationRequest) throws(Problem) -> ConsoleTool {
        let id = try request.text("id")
        guard let tool = self.registry[id] else { throw Problem(.notFound, "Tool with ID '\(id)' not found") }
        return tool
    }
}

extension ConsoleTool {
    /// The tool as clients see it.
    var json: JSONValue {
        [
            "id": .string(self.id), "name": .string(self.name), "description": .string(self.summary),
            "enabled": .bool(self.isEnabled),
        ]
    }
}
