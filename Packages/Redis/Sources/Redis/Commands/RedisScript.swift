/// A Lua script that the server keeps under its SHA-1.
///
/// Make it once and keep it: hashing costs about a microsecond per hundred bytes.
public struct RedisScript: Sendable, Hashable {
    /// The text of the script.
    public let source: String
    /// The SHA-1 of the source, 40 hexadecimal digits in lower case, as `SCRIPT LOAD` would answer.
    public let sha1: String
    /// `EVALSHA` and the hash, encoded.
    let evaluation: RedisArguments

    /// Creates a script from its Lua source.
    public init(_ source: String) {
        self.source = source
        self.sha1 = SHA1.hexadecimal(of: Array(source.utf8))
        var words = RedisArguments()
        words.append(word: "EVALSHA")
        words.append(self.sha1)
        self.evaluation = words
    }
}
