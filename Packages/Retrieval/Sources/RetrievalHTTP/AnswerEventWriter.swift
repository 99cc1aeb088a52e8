import HTTPCore
import Logging
import Persistence
import Retrieval
import StrictJSON

/// Writes an answer as server-sent events (HTML Living Standard, section 9.2).
///
/// ```
/// event: token
/// data: {"token":"Ports "}
///
/// ```
struct AnswerEventWriter {
    let answerer: Answerer
    let logger: Logger

    /// Sends all events; a failure is the last of them, as the head has gone.
    ///
    /// - Throws: What `send` throws.
    func write(
        _ question: AnswerQuestion, _ asker: Answerer.Asker, _ send: ([UInt8]) async throws -> Void
    ) async throws {
        do {
            try await self.answerer.stream(question, for: asker) { event in
                do {
                    try await send(Self.bytes(of: event))
                } catch {
                    throw ClientGone(cause: error)
                }
            }
        } catch let gone as ClientGone {
            throw gone.cause
        } catch {
            try Task.checkCancellation()
            self.logger.debug("an answer broke off", metadata: ["error": .string(String(reflecting: error))])
            try await send(Self.bytes("error", Self.problem(error)))
        }
    }

    private struct ClientGone: Error {
        let cause: any Error
    }

    private static func problem(_ error: any Error) -> JSONValue {
        let (code, message): (ProblemCode, String) =
            switch error {
            case is AnswerFailure: (.serviceUnavailable, "The answer of the model broke off")
            case is PersistenceError: (.serviceUnavailable, "Documents cannot be searched now")
            default: (.internalError, "Internal Server Error")
            }
        return ["error": .string(code.rawValue), "message": .string(message), "detail": .string(message)]
    }

    private static func bytes(of event: AnswerEvent) -> [UInt8] {
        switch event {
        case .status(let status): self.bytes("status", ["status": .string(status)])
        case .citations(let citations): self.bytes("citations", ["citations": .array(citations.map(\.enhancedJSON))])
        case .token(let token): self.bytes("token", ["token": .string(token)])
        case .done(let answer):
            self.bytes(
                "done",
                [
                    "answer": .string(answer.text), "confidence": answer.confidence.json,
                    "answered_by": .string(answer.origin.rawValue),
                    "model_fallback": .string(orNull: answer.fallback?.rawValue),
                ])
        }
    }

    /// Compact JSON has no line feed, so that one line of data holds it.
    private static func bytes(_ event: String, _ data: JSONValue) -> [UInt8] {
        Array("event: \(event)\ndata: ".utf8) + data.compactBytes() + Array("\n\n".utf8)
    }
}
