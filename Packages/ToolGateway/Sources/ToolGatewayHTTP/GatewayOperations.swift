public import HTTPCore
import HTTPTypes
import Identity
import Logging
import Policy
import StrictJSON
public import ToolGateway

/// The operations of the tool gateway (CONTRACTS §1.4): call a tool, hear why a call is judged as it is, and which tools there are.
///
/// | operation | who |
/// | --- | --- |
/// | `POST /v1/gateway/invoke` | every caller; the key may stand in the body as `api_key` |
/// | `POST /v1/policy/explain` | every caller, for calls of its own; nothing is called, asked or taken |
/// | `GET /v1/tools` | every caller |
public struct GatewayOperations: Sendable {
    /// The limit on calls of tools, charged to the caller.
    public static let invokeLimit = LimitClass("invoke")
    /// The limit on asking about the policy, charged to the caller.
    public static let readLimit = LimitClass("policy-read")

    private static let maximumBodyBytes = 2 << 20

    private let pipeline: GatewayPipeline
    private let servers: [String]

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - pipeline: Judges and makes calls.
    ///   - servers: The servers that run tools.
    ///   - further: Names of servers that the program itself stands for.
    public init(pipeline: GatewayPipeline, servers: ToolServers, further: [String] = []) {
        self.pipeline = pipeline
        self.servers = servers.names + further
    }

    /// The operations for the router.
    public var operations: [Operation] {
        [self.invoke, self.explain, self.tools].map { operation in
            var operation = operation
            operation.recordsRefusals = true
            return operation
        }
    }

    // MARK: - Calling

    private var invoke: Operation {
        Operation(
            .post, "/v1/gateway/invoke",
            id: "invokeTool",
            summary: "Call a tool, if the policy lets it or a person has agreed",
            tag: "gateway",
            access: .caller,
            limits: [Self.invokeLimit],
            body: .json(
                .object([
                    .required(
                        "caller_id",
                        .string(maximum: 255).described("Not compared with the key, which alone says who calls")),
                    .optional("api_key", .string().described("The key, for clients that have no header for it")),
                    .required("environment", .choice(["dev", "staging", "prod"])),
                    .required("tool_call", ToolCallBody.schema),
                    .optional(
                        "request_id",
                        .string(maximum: 255).nullable.described("1 to 255 visible ASCII characters; drawn when absent")),
                    .optional("trace_id", .string(maximum: 255).nullable),
                    .optional("approval_token", .string(maximum: 255).nullable.described("From an earlier answer")),
                ])),
            maximumBodyBytes: Self.maximumBodyBytes,
            answers: [
                .json(.ok, "What was decided, and what the tool answered", InvocationResult.schema),
                .problem(.conflict, "The request id was used before"),
                .problem(.serviceUnavailable, "Nothing can be recorded now, so nothing is called"),
            ],
            credentialMember: "api_key",
            callerMember: "caller_id"
        ) { request in
            let call = try ToolCallBody(request.body).call(by: request.caller)
            if let environment = request.body["environment"]?.stringValue, environment != request.caller.environment?.text {
                request.logger.debug("a call names another environment than its key")
            }
            let invocation = Invocation(
                requestID: Self.requestID(request), traceID: request.body["trace_id"]?.stringValue, call: call,
                approvalToken: request.body["approval_token"]?.stringValue)
            do throws(GatewayRefusal) {
                return .json(.ok, try await self.pipeline.invoke(invocation).json)
            } catch {
                throw Problem(error)
            }
        }
    }

    /// The id that the client names, or a new one.
    private static func requestID(_ request: OperationRequest) -> String {
        request.body["request_id"]?.stringValue ?? DrawnRequestID.make()
    }

    // MARK: - Asking

    private var explain: Operation {
        Operation(
            .post, "/v1/policy/explain",
            id: "explainPolicy",
            summary: "How a call would be judged, rule by rule; nothing is called",
            tag: "gateway",
            access: .caller,
            limits: [Self.readLimit],
            body: .json(.object([.required("tool_call", ToolCallBody.schema)])),
            maximumBodyBytes: Self.maximumBodyBytes,
            answers: [.json(.ok, "The decision and everything that was tried", PolicyExplanation.schema)]
        ) { request in
            let call = try ToolCallBody(request.body).call(by: request.caller)
            return .json(.ok, self.pipeline.explain(call).json)
        }
    }

    private var tools: Operation {
        Operation(
            .get, "/v1/tools",
            id: "listUsableTools",
            summary: "The tools that the policy names, and what the caller may at best get from each",
            tag: "gateway",
            access: .caller,
            limits: [Self.readLimit],
            answers: [.json(.ok, "Tools and servers", ToolList.schema)]
        ) { request in
            .json(
                .ok, ToolList(self.pipeline.reach(by: request.caller, on: self.servers), servers: self.servers).json)
        }
    }
}
