import Synchronization

/// The name of a rule, such as `query`, kept once per process so that a rule carries two bytes instead of a text.
///
/// Names come from configuration, never from requests: a process keeps each name it has seen until it ends, at most 65 536 of them.
public struct RateLimitRuleName: Hashable, Sendable, CustomStringConvertible {
    /// The longest name in UTF-8 bytes.
    public static let maximumByteCount = 255

    private struct Registry {
        var texts: [String] = []
        var numbers: [[UInt8]: UInt16] = [:]
    }

    private static let registry = Mutex(Registry())

    let number: UInt16

    init(number: UInt16) {
        self.number = number
    }

    /// Finds or enters a name.
    ///
    /// - Throws: ``RateLimitError`` with code `invalidRule` when the text is empty, longer than ``maximumByteCount`` bytes, or one
    ///   name more than a process may have.
    public init(_ text: String) throws(RateLimitError) {
        let bytes = Array(text.utf8)
        guard (1...Self.maximumByteCount).contains(bytes.count) else {
            throw RateLimitError(
                .invalidRule, message: "a rule name has 1 to \(Self.maximumByteCount) bytes, not \(bytes.count)"
            )
        }
        let number: UInt16? = Self.registry.withLock { registry in
            if let known = registry.numbers[bytes] { return known }
            guard let next = UInt16(exactly: registry.texts.count) else { return nil }
            registry.texts.append(text)
            registry.numbers[bytes] = next
            return next
        }
        guard let number else {
            throw RateLimitError(.invalidRule, message: "this process has 65 536 rule names already")
        }
        self.number = number
    }

    /// The name as it was written.
    public var description: String {
        let number = Int(self.number)
        return Self.registry.withLock { number < $0.texts.count ? $0.texts[number] : "" }
    }
}
