import HTTPCore
import LimitService
import RateLimit
import StrictJSON

/// The shape of a question in JSON, and the way from one to the other.
enum QuestionSchema {
    /// `{"key":"…","limit":10,"window_ms":60000,"cost":1,"algorithm":"sliding_log"}`
    static let question = Schema.object(Self.fields)

    /// The same with `reserve`, which asks for a lease.
    static let reservable = Schema.object(
        Self.fields + [
            .optional(
                "reserve",
                .boolean.described("Whether an admitted check gives a lease, so that POST /settle can correct its cost"),
                default: false)
        ])

    private static let fields: [Schema.Field] = [
        .required("key", .string().described("Who or what is counted; at most \(CheckKey.maximumByteCount) bytes of UTF-8")),
        .optional("limit", .integer(0...Int64.max).nullable.described("Units per window; 0 blocks")),
        .optional("window_ms", Self.window.nullable),
        .optional("cost", .integer(0...Int64.max).described("Units to take; 0 looks without taking"), default: 1),
        .optional("algorithm", .choice(RateLimitAlgorithm.allCases.map(\.name)), default: "sliding_log"),
    ]

    /// A window in milliseconds.
    static let window = Schema.integer(1...Quota.maximumWindowMilliseconds).described("The window in milliseconds")

    /// Reads a question that has the shape.
    ///
    /// - Parameters:
    ///   - value: The question in normal form.
    ///   - location: Where it stands, for violations.
    ///   - violations: Gets what the shape alone does not say.
    static func question(
        from value: JSONValue, at location: [Violation.Step], into violations: inout [Violation]
    ) -> LimitQuestion? {
        let key = Self.key(from: value["key"]?.stringValue ?? "", at: location + [.name("key")], into: &violations)
        guard let key else { return nil }
        let algorithm = value["algorithm"]?.stringValue.flatMap { RateLimitAlgorithm(name: $0) }
        do {
            return try LimitQuestion(
                key: key, limit: value["limit"]?.int64Value, windowMilliseconds: value["window_ms"]?.int64Value,
                cost: value["cost"]?.int64Value ?? 1, algorithm: algorithm ?? .slidingLog)
        } catch {
            violations.append(Violation(at: location, type: "value_error", message: "Value error, \(error.message)"))
            return nil
        }
    }

    /// Reads a key of a body or a path.
    static func key(from text: String, at location: [Violation.Step], into violations: inout [Violation]) -> RateLimitKey? {
        guard text.utf8.count <= CheckKey.maximumByteCount else {
            violations.append(
                Violation(
                    at: location, type: "string_too_long",
                    message: "String should have at most \(CheckKey.maximumByteCount) bytes of UTF-8"))
            return nil
        }
        guard !CheckKey.isReserved(Array(text.utf8)) else {
            violations.append(
                Violation(
                    at: location, type: "value_error",
                    message: "Value error, 'limit' and keys that begin with 'limit:' or end with ':seq' are reserved"))
            return nil
        }
        return try? RateLimitKey(text)
    }
}
