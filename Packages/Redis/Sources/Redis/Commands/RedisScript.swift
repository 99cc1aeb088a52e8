/// A Lua script that the server keeps under its SHA-1.
///
/// Make it once and keep it: hashing costs about a microsecond per hundred bytes.
public struct RedisScript: Sendable, Hashable {
    /// What goes over the wire; a class, so that a waiting command holds a script in one word.
    final class Encoded: Sendable {
        let source: String
        let sha1: String
        /// `EVALSHA` and the hash.
        let byHash: RedisArguments
        /// `EVAL` and the source.
        let bySource: RedisArguments

        init(_ source: String) {
            self.source = source
            self.sha1 = SHA1.hexadecimal(of: Array(source.utf8))
            var byHash = RedisArguments()
            byHash.append(word: "EVALSHA")
            byHash.append(self.sha1)
            self.byHash = byHash
            var bySource = RedisArguments()
            bySource.append(word: "EVAL")
            bySource.append(source)
            self.bySource = bySource
        }
    }

    let encoded: Encoded

    /// Creates a script from its Lua source.
    public init(_ source: String) {
        self.encoded = Encoded(source)
    }

    /// The text of the script.
    public var source: String { self.encoded.source }

    /// The SHA-1 of the source, 40 hexadecimal digits in lower case, as `SCRIPT LOAD` would answer.
    public var sha1: String { self.encoded.sha1 }

    /// Whether both have the same source.
    public static func == (left: RedisScript, right: RedisScript) -> Bool {
        left.encoded === right.encoded || left.source == right.source
    }

    /// Feeds the hash of the source.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.sha1) }
}
