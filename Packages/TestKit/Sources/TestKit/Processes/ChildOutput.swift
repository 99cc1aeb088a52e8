/// What a child process has written to one of its streams so far.
public struct ChildOutput: Sendable {
    /// The newest bytes, up to the limit that the child was started with.
    public let bytes: [UInt8]
    /// How many older bytes were dropped to stay within the limit.
    public let droppedBytes: Int
    /// Whether the stream has ended, so that nothing will follow.
    public let isComplete: Bool

    /// The bytes as text, with replacement characters for what is no UTF-8.
    public var text: String { String(decoding: self.bytes, as: UTF8.self) }

    /// The lines without their ends (`\n` or `\r\n`), the unfinished last one included.
    public var lines: [String] {
        var lines = LineReader()
        return lines.take(from: self.bytes[...], isComplete: true)
    }
}

/// Cuts bytes into lines and remembers how far it came.
struct LineReader {
    /// Bytes of the stream, counted from its start, that were cut off so far.
    private(set) var position = 0

    /// The lines that begin at or after the last cut; an unfinished one only if nothing will follow it.
    ///
    /// - Parameters:
    ///   - bytes: The stream from `position` on.
    ///   - isComplete: Whether the stream has ended.
    mutating func take(from bytes: ArraySlice<UInt8>, isComplete: Bool) -> [String] {
        var lines: [String] = []
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(Self.text(of: rest[..<end]))
            rest = rest[(end + 1)...]
        }
        if isComplete && !rest.isEmpty {
            lines.append(Self.text(of: rest))
            rest = rest[rest.endIndex...]
        }
        self.position += bytes.count - rest.count
        return lines
    }

    /// Goes on at a later position, because the bytes before it are gone.
    mutating func skip(to position: Int) {
        self.position = max(self.position, position)
    }

    private static func text(of line: ArraySlice<UInt8>) -> String {
        String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
    }
}
