/// Runs a tool; `HTTPToolExecutor` calls a server, tests and built-in tools have their own.
public protocol ToolExecutor: Sendable {
    /// Sends one call, once; it is never repeated.
    ///
    /// - Parameters:
    ///   - request: What is sent.
    ///   - body: The bytes that are sent: ``ToolRequest/body`` as it was judged, approved and recorded.
    ///   - server: The name of the server.
    /// - Returns: What became of it; a call whose task is cancelled has timed out.
    func run(_ request: ToolRequest, body: [UInt8], on server: String) async -> ToolOutcome
}
