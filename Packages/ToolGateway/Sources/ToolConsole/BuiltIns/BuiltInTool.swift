public import StrictJSON

/// A tool that the program itself runs; it stands on the server `builtin` under the name `builtin.{name}`.
public protocol BuiltInTool: Sendable {
    /// The name: ASCII letters, digits and underscores, such as `health_check`.
    var name: String { get }
    /// What it does, in a sentence for people.
    var summary: String { get }

    /// Does the work, once.
    ///
    /// - Parameter arguments: As the policy let them through; members that the tool does not know are ignored.
    /// - Returns: What came of it, as members of the answer.
    /// - Throws: ``BuiltInFailure``, which the audit trail keeps.
    func run(_ arguments: JSONObject) async throws(BuiltInFailure) -> JSONObject
}

/// Why a built-in tool could not do its work.
public struct BuiltInFailure: Error, Sendable, CustomStringConvertible {
    /// Why, for people and for the audit trail.
    public let reason: String
    /// Whether the arguments are at fault.
    public let isInvalidCall: Bool
    /// Whether it may have changed something all the same.
    public let mayHaveRun: Bool

    /// Describes a failure.
    public init(_ reason: String, isInvalidCall: Bool = false, mayHaveRun: Bool = false) {
        self.reason = reason
        self.isInvalidCall = isInvalidCall
        self.mayHaveRun = mayHaveRun
    }

    /// The reason.
    public var description: String { self.reason }
}
