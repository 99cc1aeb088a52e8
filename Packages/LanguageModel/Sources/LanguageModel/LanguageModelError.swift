/// Says why a question got no answer.
///
/// Nothing of the question, of the answer or of the key stands in an error. Two errors are equal when their codes are equal.
public struct LanguageModelError: Error, Equatable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The kind of failure; the set is open.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Value: String {
            case invalidConfiguration, invalidQuestion, unreachable, timedOut, keyRefused, questionRefused, limited, unavailable
            case redirected, malformedAnswer, tooLarge, interrupted, overloaded, cancelled
        }

        private let value: Value

        /// A setting is out of its range.
        public static let invalidConfiguration = Code(value: .invalidConfiguration)
        /// The question breaks a rule of ours; nothing was sent.
        public static let invalidQuestion = Code(value: .invalidQuestion)
        /// No connection came about.
        public static let unreachable = Code(value: .unreachable)
        /// The deadline passed.
        public static let timedOut = Code(value: .timedOut)
        /// The endpoint wants another key (401, 403).
        public static let keyRefused = Code(value: .keyRefused)
        /// The endpoint does not take the question (another 4xx).
        public static let questionRefused = Code(value: .questionRefused)
        /// Too many questions for the endpoint (429); see ``LanguageModelError/retryAfter``.
        public static let limited = Code(value: .limited)
        /// The endpoint failed (5xx, or an error within a stream).
        public static let unavailable = Code(value: .unavailable)
        /// The endpoint answered with a redirection, which is never followed.
        public static let redirected = Code(value: .redirected)
        /// The answer is not of the form that was asked for.
        public static let malformedAnswer = Code(value: .malformedAnswer)
        /// The answer is larger than allowed.
        public static let tooLarge = Code(value: .tooLarge)
        /// The connection ended before the answer was complete.
        public static let interrupted = Code(value: .interrupted)
        /// Too many questions of this program are waiting.
        public static let overloaded = Code(value: .overloaded)
        /// The task was cancelled.
        public static let cancelled = Code(value: .cancelled)

        /// The name of the code, such as `timedOut`.
        public var description: String { self.value.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, for people.
    public let message: String
    /// The status of the endpoint's last answer, if it answered.
    public let status: Int?
    /// How long the endpoint wants to be left alone, if it said so.
    public let retryAfter: Duration?
    /// Whether the model may have worked on the question, so that asking again might be charged twice.
    public internal(set) var mayHaveBeenCharged = false
    /// What a stream had used up when it broke off; nil where nobody can tell.
    public internal(set) var usage: TokenUsage?
    /// How many requests were sent or tried.
    public internal(set) var attempts = 0
    /// What a library said, for the log; it may name addresses.
    public let cause: (any Error)?

    /// Creates an error.
    public init(
        _ code: Code, message: String, status: Int? = nil, retryAfter: Duration? = nil, mayHaveBeenCharged: Bool = false,
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
        self.mayHaveBeenCharged = mayHaveBeenCharged
        self.cause = cause
    }

    /// Compares codes: tests match the kind, people read the message.
    public static func == (left: LanguageModelError, right: LanguageModelError) -> Bool { left.code == right.code }

    /// The message.
    public var description: String { self.message }

    /// The code, the message and the cause, for the log.
    public var debugDescription: String {
        let cause = self.cause.map { ", cause: \(String(reflecting: $0))" } ?? ""
        return "LanguageModelError(\(self.code)): \(self.message)\(cause)"
    }
}

extension LanguageModelError {
    static func invalid(_ reason: String) -> LanguageModelError {
        LanguageModelError(.invalidQuestion, message: "the question cannot be asked: \(reason)")
    }

    /// An answer that is not what was asked for; the model has worked all the same.
    static func malformed(_ reason: String, cause: (any Error)? = nil) -> LanguageModelError {
        LanguageModelError(
            .malformedAnswer, message: "the answer of the language model cannot be used: \(reason)", mayHaveBeenCharged: true,
            cause: cause)
    }

    static func tooLarge(_ bytes: Int) -> LanguageModelError {
        LanguageModelError(
            .tooLarge, message: "the answer of the language model is larger than \(bytes) bytes", mayHaveBeenCharged: true)
    }

    static func late(mayHaveBeenCharged: Bool) -> LanguageModelError {
        LanguageModelError(
            .timedOut, message: "the language model did not answer in time", mayHaveBeenCharged: mayHaveBeenCharged)
    }

    static func cancelled(mayHaveBeenCharged: Bool) -> LanguageModelError {
        LanguageModelError(.cancelled, message: "the question was given up", mayHaveBeenCharged: mayHaveBeenCharged)
    }
}
