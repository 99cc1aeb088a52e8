import Synchronization

/// The newest lines of a log, for whoever looks at it from afar; older ones are forgotten.
///
/// A line costs a lock for the time of one assignment. At most `maximumLines` × `maximumLineBytes` are held: 2 MiB by default.
public final class RecentLines: Sendable {
    private struct Ring {
        var lines: [[UInt8]] = []
        var next = 0
    }

    private let maximumLines: Int
    private let maximumLineBytes: Int
    private let ring = Mutex(Ring())

    /// Creates an empty list.
    ///
    /// - Parameters:
    ///   - maximumLines: How many lines are kept, 1 or more.
    ///   - maximumLineBytes: Most bytes that are kept of a line, 1 or more; of a longer one the beginning is.
    public init(maximumLines: Int = 1_024, maximumLineBytes: Int = 2_048) {
        precondition(maximumLines > 0 && maximumLineBytes > 0, "a list of recent lines has room for one")
        self.maximumLines = maximumLines
        self.maximumLineBytes = maximumLineBytes
    }

    /// Adds a line, with or without its line feed.
    public func append(_ line: [UInt8]) {
        let end = line.last == UInt8(ascii: "\n") ? line.count - 1 : line.count
        let kept = Array(line[..<min(end, self.maximumLineBytes)])
        self.ring.withLock { ring in
            if ring.lines.count < self.maximumLines {
                ring.lines.append(kept)
            } else {
                ring.lines[ring.next] = kept
            }
            ring.next = (ring.next + 1) % self.maximumLines
        }
    }

    /// The newest lines, the oldest of them first.
    ///
    /// - Parameter count: How many at most; 0 or less gives none.
    public func newest(_ count: Int) -> [String] {
        let lines = self.ring.withLock { ring -> [[UInt8]] in
            let start = ring.lines.count < self.maximumLines ? 0 : ring.next
            let ordered = ring.lines[start...] + ring.lines[..<start]
            return Array(ordered.suffix(max(count, 0)))
        }
        return lines.map { String(decoding: $0, as: UTF8.self) }
    }
}
