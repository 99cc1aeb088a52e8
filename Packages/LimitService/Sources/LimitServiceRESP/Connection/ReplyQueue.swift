import LimitService
import NIOCore

/// Keeps replies in the order of their commands while some decisions come later.
///
/// As long as nothing is awaited, replies go straight to the output. Behind an awaited decision they gather in a second buffer.
struct ReplyQueue {
    private enum Slot {
        case awaited(ThrottleCommand)
        case decided(LimitAnswer, ThrottleCommand)
        case failed
        /// So many bytes of the second buffer.
        case bytes(Int)
    }

    /// Replies that may be written now.
    private(set) var output: RESPWriter
    private var behind: RESPWriter
    private var slots = CircularBuffer<Slot>()
    /// The number of the first slot.
    private var first: UInt64 = 0
    /// Decisions under way.
    private(set) var awaitedCount = 0

    init() {
        self.output = RESPWriter()
        self.behind = RESPWriter()
    }

    /// Whether every reply so far may be written.
    var isSettled: Bool { self.slots.isEmpty }

    /// Bytes that wait, in both buffers.
    var byteCount: Int { self.output.byteCount + self.behind.byteCount }

    /// Writes replies at the end of the queue.
    @inline(__always)
    mutating func write<Result>(_ body: (inout RESPWriter) -> Result) -> Result {
        if self.slots.isEmpty { return body(&self.output) }
        let before = self.behind.byteCount
        let result = body(&self.behind)
        self.extend(by: self.behind.byteCount &- before)
        return result
    }

    /// Keeps a place for a decision that comes later, and tells its number.
    mutating func await(_ command: ThrottleCommand) -> UInt64 {
        self.slots.append(.awaited(command))
        self.awaitedCount += 1
        return self.first &+ UInt64(self.slots.count) &- 1
    }

    /// Puts a decision into its place, and moves what has become ready to the output; `nil` stands for a decision that failed.
    mutating func settle(_ number: UInt64, with answer: LimitAnswer?) {
        let place = Int(truncatingIfNeeded: number &- self.first)
        guard place >= 0, place < self.slots.count else { return }
        let index = self.slots.index(self.slots.startIndex, offsetBy: place)
        guard case .awaited(let command) = self.slots[index] else { return }
        self.slots[index] = answer.map { .decided($0, command) } ?? .failed
        self.awaitedCount -= 1
        self.advance()
    }

    /// Forgets the output after it was handed on.
    mutating func clearOutput(keepingUpTo capacity: Int) { self.output.clear(keepingUpTo: capacity) }

    private mutating func extend(by byteCount: Int) {
        guard byteCount > 0 else { return }
        if case .bytes(let earlier) = self.slots.last {
            self.slots[self.slots.index(before: self.slots.endIndex)] = .bytes(earlier &+ byteCount)
        } else {
            self.slots.append(.bytes(byteCount))
        }
    }

    private mutating func advance() {
        while let slot = self.slots.first {
            switch slot {
            case .awaited: return
            case .decided(let answer, let command): command.write(answer, to: &self.output)
            case .failed: self.output.writeError("ERR no decision could be made")
            case .bytes(let byteCount): self.behind.move(byteCount: byteCount, to: &self.output)
            }
            self.slots.removeFirst()
            self.first &+= 1
        }
    }
}
