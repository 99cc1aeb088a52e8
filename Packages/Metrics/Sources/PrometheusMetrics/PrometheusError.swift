/// The reason why a metric could not be registered.
///
/// Recording never fails; only the making of a family does, at start, where a program can still refuse to run. Two errors
/// are equal when their codes are.
public struct PrometheusError: Error, Equatable, CustomStringConvertible {
    /// The kinds of refusal.
    public struct Code: Hashable, Sendable {
        private enum Kind: Hashable {
            case invalidName, invalidLabels, invalidBuckets, conflict, tooManyFamilies
        }

        private let kind: Kind

        /// The name does not match `[a-zA-Z_:][a-zA-Z0-9_:]*`, or a counter's name does not end in `_total`.
        public static let invalidName = Code(kind: .invalidName)
        /// A label name does not match `[a-zA-Z_][a-zA-Z0-9_]*`, begins with `__`, is reserved (`le`, `quantile`) or stands twice.
        public static let invalidLabels = Code(kind: .invalidLabels)
        /// The bucket bounds are not finite numbers in strictly rising order.
        public static let invalidBuckets = Code(kind: .invalidBuckets)
        /// The name, or one that it brings along such as `…_count`, belongs to another family.
        public static let conflict = Code(kind: .conflict)
        /// The registry holds as many families as its configuration admits.
        public static let tooManyFamilies = Code(kind: .tooManyFamilies)
    }

    /// What kind of refusal this is.
    public let code: Code
    /// One sentence for the person who reads the program's first log lines.
    public let message: String

    init(_ code: Code, message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { self.message }

    /// Whether both are of the same kind.
    public static func == (left: PrometheusError, right: PrometheusError) -> Bool {
        left.code == right.code
    }
}
