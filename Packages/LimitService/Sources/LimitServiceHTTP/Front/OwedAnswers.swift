import LimitService
import NIOCore

/// Answers that a connection owes, in the order of their requests; an answer that comes early waits for those before it.
struct OwedAnswers {
    /// What a request gets.
    enum Answer: Sendable {
        case check(LimitAnswer)
        case batch([LimitAnswer])
    }

    /// What must be known of a request when its answer is written.
    struct Owed {
        fileprivate var answer: Answer?
        let requestID: [UInt8]?
        let requestBytes: Int
        let start: ContinuousClock.Instant

        /// Lends the id that the client sent, if it sent one that is kept.
        func withRequestID<Value>(_ body: (UnsafeRawBufferPointer?) -> Value) -> Value {
            guard let requestID else { return body(nil) }
            return requestID.withUnsafeBytes { body($0) }
        }
    }

    private var queue = CircularBuffer<Owed>()
    /// The number of the request at the front of the queue.
    private var first = 0

    var isEmpty: Bool { self.queue.isEmpty }
    var count: Int { self.queue.count }

    /// Adds a request; its number is for ``fill(_:_:)``.
    mutating func append(requestID: [UInt8]?, requestBytes: Int, start: ContinuousClock.Instant) -> Int {
        self.queue.append(Owed(requestID: requestID, requestBytes: requestBytes, start: start))
        return self.first + self.queue.count - 1
    }

    /// Notes the answer of a request.
    mutating func fill(_ number: Int, _ answer: Answer) {
        let index = number - self.first
        guard index >= 0, index < self.queue.count else { return }
        self.queue[offset: index].answer = answer
    }

    /// Takes the next request whose turn it is, if its answer is there.
    mutating func popReady() -> (Owed, Answer)? {
        guard let answer = self.queue.first?.answer else { return nil }
        self.first += 1
        return (self.queue.removeFirst(), answer)
    }
}
