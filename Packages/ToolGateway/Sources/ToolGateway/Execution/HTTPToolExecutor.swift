import Cryptography
import HTTPTypes
public import Logging
public import Outbound
public import Persistence
import StrictJSON

/// Calls tools on the servers that the operator set up: `POST {base URL}/tools/{tool}` with the arguments as body, signed.
///
/// Redirections are errors, answers are bounded, and nothing is sent twice.
public struct HTTPToolExecutor: ToolExecutor {
    private let servers: ToolServers
    private let client: OutboundClient
    private let maximumAnswerBytes: Int
    private let logger: Logger
    private let now: @Sendable () -> Timestamp

    /// Creates an executor.
    ///
    /// - Parameters:
    ///   - servers: The servers.
    ///   - client: Sends the requests; its policy must let them through (``ToolServers/destinations``).
    ///   - maximumAnswerBytes: Most bytes of an answer; a longer one is an error of the tool. Default: 4 MiB.
    ///   - logger: Gets why a call failed, at `debug`, without arguments.
    ///   - now: The time; tests pass one of their own.
    public init(
        servers: ToolServers, client: OutboundClient, maximumAnswerBytes: Int = 4 << 20, logger: Logger,
        now: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        self.servers = servers
        self.client = client
        self.maximumAnswerBytes = maximumAnswerBytes
        self.logger = logger
        self.now = now
    }

    private func target(_ name: String) -> Result<(server: ToolServer, secret: SecretBytes), ToolFailure> {
        guard let server = self.servers[name] else {
            return .failure(ToolFailure(.toolError, "there is no such tool server", httpStatus: 404, mayHaveRun: false))
        }
        guard let secret = server.secret else {
            return .failure(ToolFailure(.toolError, "the tool server has no shared secret", httpStatus: 503, mayHaveRun: false))
        }
        return .success((server, secret))
    }

    /// Sends one call, signed, and reads the answer.
    public func run(_ request: ToolRequest, body: [UInt8], on name: String) async -> ToolOutcome {
        let outbound: OutboundRequest
        do {
            let (server, secret) = try self.target(name).get()
            outbound = try self.signed(request, body: body, to: server, by: secret)
        } catch let failure as ToolFailure {
            return .failure(failure)
        } catch {
            self.note(error, request, on: name)
            return .failure(ToolFailure(.toolError, "the call cannot be signed or addressed", httpStatus: 502, mayHaveRun: false))
        }
        do throws(OutboundError) {
            return Self.outcome(of: try await self.client.send(outbound))
        } catch {
            self.note(error, request, on: name)
            return .failure(Self.failure(error))
        }
    }

    private func signed(
        _ request: ToolRequest, body: [UInt8], to server: ToolServer, by secret: SecretBytes
    ) throws -> OutboundRequest {
        var headers = try ToolRequestSignature(of: request, body: body, by: secret, at: self.now()).fields
        headers[.contentType] = "application/json"
        headers[.accept] = "application/json"
        var outbound = OutboundRequest(.post, try server.url(of: request.tool), headers: headers, body: body)
        outbound.isRepeatable = false
        outbound.responseBodyLimit = self.maximumAnswerBytes
        outbound.timeout = server.timeout
        return outbound
    }

    private func note(_ error: any Error, _ request: ToolRequest, on server: String) {
        self.logger.debug(
            "a tool was not called, or did not answer",
            metadata: [
                "request_id": "\(request.requestID)", "server": "\(server)", "tool": "\(request.tool)",
                "error": .string(String(reflecting: error)),
            ])
    }

    private static func outcome(of answer: OutboundResponse) -> ToolOutcome {
        guard (200..<300).contains(answer.status) else {
            return .failure(
                ToolFailure(
                    .toolError, "the tool server answered \(answer.status)", httpStatus: answer.status, mayHaveRun: true))
        }
        let encoding = answer.headers[.contentEncoding]?.lowercased() ?? "identity"
        guard encoding == "identity" else {
            return .failure(
                ToolFailure(
                    .toolError, "the answer has a content encoding that was not asked for", httpStatus: 502, mayHaveRun: true))
        }
        // An answer may have nothing to tell.
        guard !answer.body.isEmpty else { return .success([:]) }
        do throws(JSONError) {
            switch try JSONValue(parsing: answer.body) {
            case .object(let object): return .success(object)
            case let value: return .success(["result": value])
            }
        } catch {
            return .failure(
                ToolFailure(.toolError, "the answer is no strict JSON: \(error.message)", httpStatus: 502, mayHaveRun: true))
        }
    }

    private static func failure(_ error: OutboundError) -> ToolFailure {
        let mayHaveRun = error.mayHaveBeenSent
        switch error.code {
        case .timedOut:
            return ToolFailure(.timeout, "the tool server did not answer in time", httpStatus: 504, mayHaveRun: mayHaveRun)
        case .cancelled:
            return ToolFailure(.timeout, "the call was given up", httpStatus: 504, mayHaveRun: mayHaveRun)
        case .redirected:
            return ToolFailure(
                .toolError, "the tool server answered \(error.status ?? 302), and redirections are not followed",
                httpStatus: error.status ?? 302, mayHaveRun: true)
        case .tooLarge:
            return ToolFailure(.toolError, "the answer of the tool server is too large", httpStatus: 502, mayHaveRun: mayHaveRun)
        case .protocolViolation:
            return ToolFailure(.toolError, "the answer of the tool server is no HTTP", httpStatus: 502, mayHaveRun: mayHaveRun)
        case .connectionLost:
            return ToolFailure(.toolError, "the connection to the tool server was lost", httpStatus: 502, mayHaveRun: mayHaveRun)
        case .overloaded:
            return ToolFailure(.toolError, "too many calls wait for the tool server", httpStatus: 503, mayHaveRun: mayHaveRun)
        default:
            return ToolFailure(.toolError, "the tool server cannot be reached", httpStatus: 502, mayHaveRun: mayHaveRun)
        }
    }
}
