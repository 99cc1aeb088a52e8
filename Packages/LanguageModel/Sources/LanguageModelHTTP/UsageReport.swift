import HTTPCore
import Identity
import LanguageModel
import StrictJSON

/// What a service used of a model, read from the body of its report.
struct UsageReport {
    /// Most tokens of a report, and of each part of it.
    static let maximumTokens: Int64 = 1_000_000_000

    static let schema = Schema.object([
        .required(
            "model", .string(minimum: 1, maximum: UsageLabel.maximumByteCount).described("The model: \(UsageLabel.rule)")),
        .required(
            "operation",
            .string(minimum: 1, maximum: UsageLabel.maximumByteCount).described("What it was asked for: \(UsageLabel.rule)")),
        .required("status", .choice(LanguageModelMetrics.Status.allCases.map(\.rawValue))),
        .optional("tokens", Self.count.described("All tokens; instead of the two parts")),
        .optional("prompt_tokens", Self.count.described("Tokens of the question; with completion_tokens")),
        .optional("completion_tokens", Self.count.described("Tokens of the answer; with prompt_tokens")),
    ])

    private static let count = Schema.integer(0...Self.maximumTokens).nullable

    let model: UsageLabel
    let operation: UsageLabel
    let status: LanguageModelMetrics.Status
    let tokens: Int

    /// Reads a report that has the declared shape.
    ///
    /// - Throws: `Problem` with status 422 that lists what is wrong.
    init(_ request: OperationRequest, acceptsLabel: (String) -> Bool) throws(Problem) {
        var violations: [Violation] = []
        let model = Self.label("model", of: request, acceptsLabel, into: &violations)
        let operation = Self.label("operation", of: request, acceptsLabel, into: &violations)
        let status = LanguageModelMetrics.Status(rawValue: try request.bodyText("status"))
        let tokens = Self.tokens(of: request.body, status: status)
        if tokens == nil {
            violations.append(
                Violation(
                    at: [.name("body")], type: "value_error",
                    message: "Value error, give either tokens, or both prompt_tokens and completion_tokens"))
        }
        guard let model, let operation, let status, let tokens, violations.isEmpty else { throw .validation(violations) }
        self.model = model
        self.operation = operation
        self.status = status
        self.tokens = tokens
    }

    /// A label that names neither a caller nor a request (CONTRACTS S2-6).
    private static func label(
        _ name: String, of request: OperationRequest, _ acceptsLabel: (String) -> Bool, into violations: inout [Violation]
    ) -> UsageLabel? {
        guard let label = request.body[name]?.stringValue.flatMap({ UsageLabel($0) }) else {
            violations.append(
                Violation(
                    at: [.name("body"), .name(name)], type: "string_pattern_mismatch",
                    message: "String should be \(UsageLabel.rule)"))
            return nil
        }
        let names = [request.caller.id.text, request.caller.person?.text, request.caller.keyID?.text, request.id]
        guard !label.holdsIdentifier, acceptsLabel(label.text), !names.contains(where: { $0.map { label.names($0) } ?? false })
        else {
            violations.append(
                Violation(
                    at: [.name("body"), .name(name)], type: "value_error",
                    message: "Value error, a label cannot hold a credential, or the id of a caller, a key or a request"))
            return nil
        }
        return label
    }

    /// All tokens; those of a failure may be left out, as nobody may know them.
    private static func tokens(of body: JSONValue, status: LanguageModelMetrics.Status?) -> Int? {
        let all = body["tokens"]?.int64Value
        switch (all, body["prompt_tokens"]?.int64Value, body["completion_tokens"]?.int64Value) {
        case (let all?, nil, nil): return Int(clamping: all)
        case (nil, let prompt?, let completion?): return Int(clamping: prompt) + Int(clamping: completion)
        case (nil, nil, nil): return status == .failure ? 0 : nil
        default: return nil
        }
    }
}
