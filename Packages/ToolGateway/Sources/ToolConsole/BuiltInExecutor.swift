import Policy
public import ToolGateway

/// Runs built-in tools where a call names the server `builtin`, and hands every other call on.
///
/// So built-in tools go the way of all calls: policy, sanitising, approval, audit.
public struct BuiltInExecutor: ToolExecutor {
    private let registry: ToolRegistry
    private let others: any ToolExecutor

    /// Creates an executor.
    ///
    /// - Parameters:
    ///   - registry: Knows the built-in tools, and which of them may run.
    ///   - others: Makes the calls to tool servers.
    public init(registry: ToolRegistry, others: any ToolExecutor) {
        self.registry = registry
        self.others = others
    }

    /// Runs one call, once.
    public func run(_ request: ToolRequest, body: [UInt8], on server: String) async -> ToolOutcome {
        guard server.utf8.elementsEqual(ToolRegistry.builtInServer.utf8) else {
            return await self.others.run(request, body: body, on: server)
        }
        guard let (tool, isEnabled) = self.registry.builtIn(named: request.tool.text) else {
            return .failure(ToolFailure(.toolError, "there is no such built-in tool", httpStatus: 404, mayHaveRun: false))
        }
        guard isEnabled else {
            return .failure(ToolFailure(.toolError, "the tool is disabled", httpStatus: 400, mayHaveRun: false))
        }
        do throws(BuiltInFailure) {
            return .success(try await tool.run(request.arguments))
        } catch {
            return .failure(
                ToolFailure(
                    .toolError, error.reason, httpStatus: error.isInvalidCall ? 422 : 500, mayHaveRun: error.mayHaveRun))
        }
    }
}
