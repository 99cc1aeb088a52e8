import Patterns
import StrictJSON

/// What a rule demands of arguments, beyond who calls which tool.
struct RuleConstraints: Sendable {
    /// A demand on all values that a pointer leads to.
    struct Located: Sendable {
        let pointer: ArgumentPointer
        let demand: Demand
    }

    enum Demand: Sendable {
        case path(PathConstraint)
        case sql(SQLConstraint)
        case url(URLConstraint)
        case text(TextConstraint)
        case number(NumberConstraint)
    }

    /// A pattern that must not be found in the strings of a field.
    struct DeniedPattern: Sendable {
        let field: FieldPath
        let pattern: TextPattern
    }

    var located: [Located] = []
    var deniedPatterns: [DeniedPattern] = []
    /// Characters of the arguments in the sorted form.
    var maximumArguments: Int?

    var isEmpty: Bool { self.located.isEmpty && self.deniedPatterns.isEmpty && self.maximumArguments == nil }

    /// The first demand that does not hold, or nil when all do.
    func check(_ call: CallView) throws(EvaluationFailure) -> Mismatch? {
        if let limit = self.maximumArguments, call.argumentsLength > limit { return .argumentsTooLong(limit: limit) }
        for located in self.located {
            if let mismatch = try self.check(located, call) { return mismatch }
        }
        for denied in self.deniedPatterns {
            let isFound =
                denied.field.isEverything
                ? try call.isFoundAnywhere(denied.pattern) : try call.isFound(denied.pattern, at: denied.field)
            if isFound { return .deniedPattern(denied.pattern.label) }
        }
        return nil
    }

    private func check(_ located: Located, _ call: CallView) throws(EvaluationFailure) -> Mismatch? {
        let pointer = located.pointer
        guard let values = pointer.values(in: call.arguments) else { return .missing(pointer.text) }
        let lookalike = try pointer.lookalike(in: call.arguments) { (name) throws(EvaluationFailure) in
            try call.skeleton(of: name)
        }
        if let lookalike { return .lookalike(lookalike) }
        for value in values {
            let reason: Mismatch.Reason?
            switch (located.demand, value) {
            case (.path(let path), .string(let text)): reason = try path.check(text)
            case (.sql(let sql), .string(let text)): reason = try sql.check(text)
            case (.url(let url), .string(let text)): reason = url.check(text)
            case (.text(let constraint), .string(let text)): reason = try constraint.check(text, call)
            case (.number(let constraint), .number(let number)): reason = constraint.check(number)
            case (.number, _): return .wrongKind(pointer.text, wanted: "number")
            default: return .wrongKind(pointer.text, wanted: "string")
            }
            if let reason { return .value(pointer.text, reason: reason) }
        }
        return nil
    }
}
