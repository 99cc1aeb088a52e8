import Cryptography
import Testing

/// Bytes written as hexadecimal digits in a vector, blanks between them ignored.
func bytes(_ hex: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [UInt8] {
    try #require(Hex.decode(hex.filter { !$0.isWhitespace }), sourceLocation: sourceLocation)
}
