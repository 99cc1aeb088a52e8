import HTTPCore
import HTTPTypes
import Identity
import Policy
import StrictJSON
import ToolConsole
import ToolGateway
import ToolGatewayHTTP

extension ToolConsoleOperations {
    private static let completed = Schema.object([
        .required("tool_id", .string()), .required("status", .choice(["completed"])), .required("message", .string()),
        .required("result", .map()),
    ])

    private static let waiting = Schema.object([
        .required("tool_id", .string()), .required("status", .choice(["approval_required"])), .required("message", .string()),
        .required("approval_token", .string()),
    ])

    private static let body = Schema.object([
        .optional("parameters", .map().nullable),
        .optional("tool", .string(maximum: 128).nullable.described("Which tool of a tool server runs")),
        .optional("approval_token", .string(maximum: 512).nullable.described("What an earlier answer with 202 told")),
    ]).nullable

    var execute: Operation {
        Operation(
            .post, "/api/tools/{id}/execute", id: "executeTool", summary: "Run a tool, if the policy lets it", tag: "console",
            access: .callerOrLocal, limits: [Self.executionLimit], parameters: [.path("id", .string(maximum: 255))],
            body: .json(Self.body, isRequired: false), maximumBodyBytes: Self.maximumBodyBytes,
            answers: [
                .json(.ok, "It has run", Self.completed),
                .json(.accepted, "A person has to agree first; come again with the token", Self.waiting),
                .problem(.badRequest, "The tool is disabled"),
                .problem(.forbidden, "The policy does not let it, or keeps what came of it back"),
                .problem(.notFound, "There is none with this id"),
                .problem(.badGateway, "The tool failed"),
                .problem(.gatewayTimeout, "The tool did not answer in time"),
                .problem(.serviceUnavailable, "Nothing can be recorded now, so nothing runs"),
            ],
            recordsRefusals: true
        ) { request in
            try await self.run(request)
        }
    }

    private func run(_ request: OperationRequest) async throws(Problem) -> OperationResponse {
        let tool = try self.tool(request)
        let call = try self.call(of: tool, request)
        guard tool.isEnabled else { throw Problem(.badRequest, "Tool '\(tool.name)' is currently disabled") }
        let result: InvocationResult
        do throws(GatewayRefusal) {
            result = try await self.pipeline.invoke(
                Invocation(
                    requestID: DrawnRequestID.make(), call: call, approvalToken: request.body["approval_token"]?.stringValue))
        } catch {
            throw Problem(error)
        }
        return try Self.answer(to: call, of: tool, result)
    }

    private func call(of tool: ConsoleTool, _ request: OperationRequest) throws(Problem) -> ToolCall {
        let arguments = request.body["parameters"]?.objectValue ?? [:]
        switch tool.kind {
        case .builtIn(let builtIn):
            return ToolCall(
                server: ToolRegistry.builtInServer, tool: ToolRegistry.builtInPrefix + builtIn.name, arguments: arguments,
                caller: request.caller)
        case .server:
            // Without a key only what is built in runs.
            if request.caller.isAnonymous { throw .invalidCredential }
            guard let name = request.body["tool"]?.stringValue, ToolName(name) != nil else {
                throw .validation([
                    Violation(
                        at: [.name("body"), .name("tool")], type: "value_error",
                        message: "Value error, tool must name a tool of the server and match \(ToolName.rule)")
                ])
            }
            return ToolCall(server: tool.name, tool: name, arguments: arguments, caller: request.caller)
        }
    }

    /// What the caller hears of a call that the gateway has recorded.
    private static func answer(
        to call: ToolCall, of tool: ConsoleTool, _ result: InvocationResult
    ) throws(Problem) -> OperationResponse {
        let isHeld = result.decision == .approvalRequired || result.outputDecision == .approvalRequired
        if isHeld, let token = result.approvalToken {
            let reason = result.decision == .approvalRequired ? result.explanation : result.outputExplanation
            return .json(
                .accepted,
                [
                    "tool_id": .string(tool.id), "status": "approval_required", "message": .string(reason ?? result.explanation),
                    "approval_token": .string(token),
                ])
        }
        if result.decision == .deny || isHeld { throw Self.recorded(Problem(.forbidden, result.explanation)) }
        if let failure = result.failure { throw Self.recorded(Self.problem(of: failure, tool)) }
        guard result.outputDecision != .deny else {
            throw Self.recorded(
                Problem(.forbidden, result.outputExplanation ?? "The policy keeps back what came of the call"))
        }
        let name = if case .server = tool.kind { call.tool } else { tool.name }
        var members: JSONObject = [
            "executed_with_parameters": .object(result.sanitizedArguments ?? [:]), "tool_name": .string(name),
        ]
        for (key, value) in result.result ?? [:] where members[key] == nil { members[key] = value }
        return .json(
            .ok,
            [
                "tool_id": .string(tool.id), "status": "completed",
                "message": .string("Tool '\(name)' executed successfully"), "result": .object(members),
            ])
    }

    private static func problem(of failure: ToolFailure, _ tool: ConsoleTool) -> Problem {
        if failure.status == .timeout {
            return Problem(.serviceUnavailable, "Tool '\(tool.name)' did not answer in time", status: .gatewayTimeout)
        }
        if case .builtIn = tool.kind, failure.httpStatus == 422 { return Problem(.validationError, failure.reason) }
        return Problem(.serviceUnavailable, "Tool '\(tool.name)' failed: \(failure.reason)", status: .badGateway)
    }

    /// A problem whose call has a record of its own.
    private static func recorded(_ problem: Problem) -> Problem {
        var problem = problem
        problem.isRecorded = true
        return problem
    }
}
