import NIOCore
public import RateLimit

/// What answers questions: the table of a node that works alone, or a store that nodes share.
protocol LimitEngine: Sendable {
    /// Decides over one question.
    func decide(_ question: LimitQuestion, on eventLoop: any EventLoop) -> Prompt<LimitAnswer>

    /// Decides over many questions, each by itself or all as one; the answers come in the order of the questions.
    func decide(_ questions: [LimitQuestion], isAtomic: Bool, on eventLoop: any EventLoop) -> Prompt<[LimitAnswer]>

    /// Decides over a bucket.
    func throttle(_ request: ThrottleRequest, on eventLoop: any EventLoop) throws(RateLimitError) -> Prompt<LimitAnswer>

    /// Decides over one question and gives a lease when the client may go on.
    func reserve(_ question: LimitQuestion) async throws(RateLimitError) -> (answer: LimitAnswer, lease: RateLimitLease?)

    /// Corrects the cost of a lease once.
    func settle(_ lease: RateLimitLease, actual: Int64) async throws(RateLimitError) -> RateLimitSettlement

    /// Forgets the counters of a key; tells whether anything was counted.
    func reset(_ key: RateLimitKey) async throws(RateLimitError) -> Bool

    /// Stores an override; a window that is left out stays as it was, or is the default.
    func setOverride(
        limit: Int64, windowMilliseconds: Int64?, of key: RateLimitKey
    ) async throws(RateLimitError) -> KeyLimit

    /// A page of live counters.
    ///
    /// - Parameters:
    ///   - cursor: Where to go on, as the page before told it.
    ///   - limit: The most rows.
    ///   - isBlockedOnly: Whether only counters that reached their limit are wanted.
    func counters(after cursor: String?, limit: Int, isBlockedOnly: Bool) async throws(RateLimitError) -> CounterPage

    /// Whether a text is a cursor that a page could have told.
    func isCursor(_ text: String) -> Bool

    /// How many counters are live, as far as is known.
    var activeCounters: Int { get }
}

/// One live counter of `/check`, as listings show it.
public struct CounterRow: Sendable, Hashable {
    /// The key.
    public var key: String
    /// Units counted within the window.
    public var count: Int64
    /// The limit that holds where a question names none.
    public var limit: Int64
    /// The window that was counted, in milliseconds.
    public var windowMilliseconds: Int64
    /// How the key is counted.
    public var algorithm: RateLimitAlgorithm

    /// Units left, never below 0.
    public var remaining: Int64 { max(self.limit.subtractingReportingOverflow(self.count).partialValue, 0) }
    /// Whether nothing is left.
    public var isBlocked: Bool { self.count >= self.limit }

    /// Creates a row.
    public init(key: String, count: Int64, limit: Int64, windowMilliseconds: Int64, algorithm: RateLimitAlgorithm) {
        self.key = key
        self.count = count
        self.limit = limit
        self.windowMilliseconds = windowMilliseconds
        self.algorithm = algorithm
    }
}

/// A part of a listing.
public struct CounterPage: Sendable {
    /// The counters of this page, in no particular order.
    public var rows: [CounterRow]
    /// Where the next page begins, `nil` after the last.
    public var next: String?

    /// Creates a page.
    public init(rows: [CounterRow], next: String?) {
        self.rows = rows
        self.next = next
    }
}
