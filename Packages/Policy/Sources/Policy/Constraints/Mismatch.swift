/// Why a rule did not match; told by `explain`, so texts are made only when somebody reads them.
enum Mismatch: Sendable {
    case tool, server, role, environment, organisation, trust
    /// The argument is not there, or not of the kind that the constraint is about.
    case missing(String)
    case wrongKind(String, wanted: StaticString)
    /// Another argument has a name that reads like that of a constrained one.
    case lookalike(String)
    case argumentsTooLong(limit: Int)
    case deniedPattern(String)
    /// A sentence of a constraint about the value at a pointer.
    case value(String, reason: Reason)

    enum Reason: Sendable {
        case path(String)
        case outsideOfPrefixes
        case tooDeep(limit: Int)
        case notNormal
        case denied(label: String)
        case statements(count: Int)
        case statementKind(String)
        case deniedKeyword(String)
        case function(String)
        case deniedTable(String)
        case url(String)
        case notHTTPS
        case privateAddress
        case deniedDomain
        case domainNotAllowed
        case length(limit: Int)
        case notAmongValues
        case noPattern
        case outOfRange
    }

    /// One sentence without values of arguments, save for the words of SQL that are refused.
    var text: String {
        switch self {
        case .tool: "the tool is another"
        case .server: "the server is another"
        case .role: "the caller's role is another"
        case .environment: "the caller's environment is another"
        case .organisation: "the caller's organisation is another"
        case .trust: "the caller's trust level is outside of the bounds"
        case .missing(let pointer): "the argument \(pointer) is missing"
        case .wrongKind(let pointer, let wanted): "the argument \(pointer) is not a \(wanted)"
        case .lookalike(let name): "another argument has a name that reads like \(name)"
        case .argumentsTooLong(let limit): "the arguments have more than \(limit) characters"
        case .deniedPattern(let label): "an argument has what is denied as \(label)"
        case .value(let pointer, let reason): "the value at \(pointer) \(reason.text)"
        }
    }
}

extension Mismatch.Reason {
    /// The end of a sentence about a value.
    fileprivate var text: String {
        switch self {
        case .path(let why): "is no canonical path: \(why)"
        case .outsideOfPrefixes: "is outside of the allowed prefixes"
        case .tooDeep(let limit): "is more than \(limit) names deep"
        case .notNormal: "is not in normal form"
        case .denied(let label): "has what is denied as \(label)"
        case .statements(let count): "has \(count) statements, not one"
        case .statementKind(let kind): "does \(Self.short(kind)), which is not allowed"
        case .deniedKeyword(let word): "has the denied keyword \(word)"
        case .function(let name): "calls the function \(Self.short(name)), which is not allowed"
        case .deniedTable(let name): "names the denied table \(Self.short(name))"
        case .url(let why): "is no URL: \(why)"
        case .notHTTPS: "is no https URL"
        case .privateAddress: "leads to a host that is not public"
        case .deniedDomain: "leads to a denied domain"
        case .domainNotAllowed: "leads to a domain that is not allowed"
        case .length(let limit): "has a length outside of its bounds (\(limit))"
        case .notAmongValues: "is none of the allowed values"
        case .noPattern: "matches none of the allowed patterns"
        case .outOfRange: "is out of range"
        }
    }

    /// A word of the caller's, short and without what could break a line or hide.
    private static func short(_ word: String) -> String {
        word.unicodeScalars.prefix(64).map { $0.escaped(asASCII: true) }.joined()
    }
}

/// A question that could not be answered; the call is denied then.
struct EvaluationFailure: Error, Sendable {
    /// One sentence without values of arguments.
    let message: String
}
