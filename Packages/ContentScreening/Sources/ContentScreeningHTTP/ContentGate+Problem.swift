public import ContentScreening
public import HTTPCore
import HTTPTypes
public import Logging
import SecretScanning

extension ContentGate {
    /// Looks through a submission in a handler: after authentication, limits and validation, before anything is stored.
    ///
    /// - Parameters:
    ///   - content: What the request wants to have stored.
    ///   - logger: The request's; it gets the types of a refusal at level debug.
    /// - Returns: The submission for the store.
    /// - Throws: ``HTTPCore/Problem`` with status 422 when it is refused; `CancellationError`.
    public func admit<Content: Screenable>(_ content: Content, logger: Logger) async throws -> Screened<Content> {
        switch try await self.screen(content) {
        case .admitted(let screened):
            return screened
        case .refused(let refusal):
            logger.debug("content rejected", metadata: ["content.types": .array(refusal.types.map { .string($0) })])
            throw Problem.contentRejected(refusal)
        }
    }
}

extension Problem {
    /// The answer to a text that holds a credential (CONTRACTS §4.4): 422 with the sorted type names, and the fields at fault
    /// in `errors`.
    ///
    /// ```json
    /// {"status":422,"detail":"Content rejected: AWS Access Key",
    ///  "errors":[{"loc":["body","tags",3],"msg":"Holds what may be a secret: AWS Access Key","type":"content_rejected"}], …}
    /// ```
    public static func contentRejected(_ refusal: ContentRefusal) -> Problem {
        let violations = refusal.faults.map { fault in
            var location: [Violation.Step] = [.name("body"), .name(fault.name)]
            if let index = fault.index { location.append(.index(index)) }
            return Violation(at: location, type: "content_rejected", message: fault.sentence)
        }
        var problem = Problem.validation(violations, detail: refusal.message)
        if refusal.isIncomplete { problem.message = "\(refusal.message). \(ContentRefusal.incompleteReason)" }
        return problem
    }
}

extension Operation.Answer {
    /// The answer of ``HTTPCore/Problem/contentRejected(_:)`` for the API description, beside that to a body of another shape.
    public static var contentRejected: Operation.Answer {
        .problem(
            .unprocessableContent,
            "The request breaks the declared shape, or a text holds what may be a credential: all violations are listed")
    }
}

extension ContentRefusal {
    fileprivate static let incompleteReason =
        "The text takes more work than allowed and was not looked through completely; shorten or split it"
}

extension ContentRefusal.Fault {
    fileprivate var sentence: String {
        let found = self.types.filter { $0 != Verdict.incompleteScan }
        if found.isEmpty { return ContentRefusal.incompleteReason }
        return "Holds what may be a secret: \(found.joined(separator: ", "))"
    }
}
