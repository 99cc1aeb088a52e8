public import Staleness

/// Knows the releases of Python packages.
public protocol PackageIndex: Sendable {
    /// What there is of a package; failures are answers, and a cancelled task gets `failed` at once.
    func releases(of name: PythonPackageName) async -> IndexAnswer
}

/// What an index said.
public enum IndexAnswer: Sendable, Hashable {
    /// The package and its releases.
    case found(PackageReleases)
    /// There is no such package (404 or 410).
    case absent
    /// There is no answer to judge by.
    case failed(IndexFailure)

    /// Grades a pin of a Python package by the answer: every failure is ``Freshness/unknown``, never ``Freshness/current``.
    public func grade(of pin: PackagePin) -> PinGrade {
        switch self {
        case .found(let releases): PinGrade(pin, by: releases)
        case .absent: .unknown("the index has no package \(pin.name)")
        case .failed(let failure): .unanswered(failure.message)
        }
    }
}

/// Why an index gave no answer to judge by.
public struct IndexFailure: Sendable, Hashable, Error, CustomStringConvertible {
    /// The kind of failure; the raw value may label a metric.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// No connection, no agreement about TLS, or a destination that is refused.
        case unreachable
        /// A deadline passed.
        case timedOut
        /// The index answered with a redirection, which is never followed.
        case redirected
        /// A status that is no answer, such as 500 or 429.
        case status
        /// The index does not offer the form that was asked for (406, or another content type).
        case otherForm
        /// The answer is larger than allowed.
        case tooLarge
        /// The answer is not what the form says.
        case malformed
        /// The task was cancelled, or the client closed.
        case cancelled
    }

    /// The kind.
    public let code: Code
    /// What went wrong in one sentence without a full stop; it repeats nothing of the answer and no address.
    public let message: String

    /// Creates a failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { self.message }
}
