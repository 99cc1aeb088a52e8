import LimitService
import RateLimit

/// Reads the JSON of plain questions in place: flat objects with known members, each at most once, keys of printable ASCII
/// without escapes, whole numbers in their range.
///
/// Whatever else JSON allows gives `nil`, and the ordinary path reads it: it says what is wrong where something is.
struct QuestionScanner {
    /// The most questions in one batch.
    static let maximumBatchCount = 1_000

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    private init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Reads the body of `POST /check`.
    static func question(in bytes: UnsafeRawBufferPointer) -> LimitQuestion? {
        var scanner = QuestionScanner(bytes)
        guard let question = scanner.question(), scanner.isAtEnd() else { return nil }
        return question
    }

    /// Reads the body of `POST /check/batch`.
    static func batch(in bytes: UnsafeRawBufferPointer) -> (questions: [LimitQuestion], isAtomic: Bool)? {
        var scanner = QuestionScanner(bytes)
        guard let batch = scanner.batch(), scanner.isAtEnd() else { return nil }
        return batch
    }

    private mutating func batch() -> (questions: [LimitQuestion], isAtomic: Bool)? {
        var questions: [LimitQuestion]?
        var isAtomic: Bool?
        guard self.take(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let name = self.name() else { return nil }
            if name.isText("checks") {
                guard questions == nil, let read = self.questions() else { return nil }
                questions = read
            } else if name.isText("atomic") {
                guard isAtomic == nil else { return nil }
                if self.take("true") {
                    isAtomic = true
                } else if self.take("false") {
                    isAtomic = false
                } else {
                    return nil
                }
            } else {
                return nil
            }
        } while self.take(UInt8(ascii: ","))
        guard self.take(UInt8(ascii: "}")), let questions else { return nil }
        return (questions, isAtomic ?? false)
    }

    private mutating func questions() -> [LimitQuestion]? {
        guard self.take(UInt8(ascii: "[")) else { return nil }
        var questions: [LimitQuestion] = []
        questions.reserveCapacity(Swift.min(self.bytes.count / 24, Self.maximumBatchCount))
        repeat {
            guard questions.count < Self.maximumBatchCount, let question = self.question() else { return nil }
            questions.append(question)
        } while self.take(UInt8(ascii: ","))
        return self.take(UInt8(ascii: "]")) ? questions : nil
    }

    private mutating func question() -> LimitQuestion? {
        var key: UnsafeRawBufferPointer?
        var limit: Int64?
        var window: Int64?
        var cost: Int64?
        var algorithm: RateLimitAlgorithm?
        var seen: UInt8 = 0
        guard self.take(UInt8(ascii: "{")) else { return nil }
        repeat {
            guard let name = self.name() else { return nil }
            let member: UInt8
            if name.isText("key") {
                member = 1
                guard let text = self.text() else { return nil }
                key = text
            } else if name.isText("limit") {
                member = 2
                if !self.take("null") {
                    guard let number = self.number() else { return nil }
                    limit = number
                }
            } else if name.isText("window_ms") {
                member = 4
                if !self.take("null") {
                    guard let number = self.number(), (1...Quota.maximumWindowMilliseconds).contains(number) else { return nil }
                    window = number
                }
            } else if name.isText("cost") {
                member = 8
                guard let number = self.number() else { return nil }
                cost = number
            } else if name.isText("algorithm") {
                member = 16
                guard let text = self.text(), let known = RateLimitAlgorithm(wireName: text) else { return nil }
                algorithm = known
            } else {
                return nil
            }
            guard seen & member == 0 else { return nil }
            seen |= member
        } while self.take(UInt8(ascii: ","))
        guard self.take(UInt8(ascii: "}")), let key, !CheckKey.isReserved(key) else { return nil }
        // A cost that can never pass is answered by the ordinary path, and only a stated limit tells here which do.
        if let cost, cost > 1, limit.map({ cost > $0 }) ?? true { return nil }
        guard let joined = try? RateLimitKey(bytes: key) else { return nil }
        return try? LimitQuestion(
            key: joined, limit: limit, windowMilliseconds: window, cost: cost ?? 1, algorithm: algorithm ?? .slidingLog)
    }

    /// A member's name and the colon behind it.
    private mutating func name() -> UnsafeRawBufferPointer? {
        guard let name = self.text(), self.take(UInt8(ascii: ":")) else { return nil }
        return name
    }

    /// A string of printable ASCII without escapes.
    private mutating func text() -> UnsafeRawBufferPointer? {
        guard self.take(UInt8(ascii: "\"")) else { return nil }
        let start = self.position
        while self.position < self.bytes.count {
            let byte = self.bytes[self.position]
            if byte == UInt8(ascii: "\"") {
                defer { self.position &+= 1 }
                return UnsafeRawBufferPointer(rebasing: self.bytes[start..<self.position])
            }
            guard byte &- 0x20 < 0x5F, byte != UInt8(ascii: "\\") else { return nil }
            self.position &+= 1
        }
        return nil
    }

    /// A whole number of 1 to 18 digits, as JSON writes it.
    private mutating func number() -> Int64? {
        self.skipBlanks()
        let start = self.position
        var number: Int64 = 0
        while self.position < self.bytes.count {
            let digit = self.bytes[self.position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            guard self.position &- start < 18 else { return nil }
            number = number &* 10 &+ Int64(digit)
            self.position &+= 1
        }
        let length = self.position &- start
        guard length > 0, length == 1 || self.bytes[start] != UInt8(ascii: "0") else { return nil }
        return number
    }

    /// Takes one character, blanks before it left out.
    private mutating func take(_ byte: UInt8) -> Bool {
        self.skipBlanks()
        guard self.position < self.bytes.count, self.bytes[self.position] == byte else { return false }
        self.position &+= 1
        return true
    }

    /// Takes a word such as `null`.
    private mutating func take(_ word: StaticString) -> Bool {
        self.skipBlanks()
        let length = word.utf8CodeUnitCount
        guard length <= self.bytes.count &- self.position else { return false }
        for offset in 0..<length where self.bytes[self.position &+ offset] != word.utf8Start[offset] { return false }
        self.position &+= length
        return true
    }

    private mutating func isAtEnd() -> Bool {
        self.skipBlanks()
        return self.position == self.bytes.count
    }

    private mutating func skipBlanks() {
        while self.position < self.bytes.count {
            switch self.bytes[self.position] {
            case 0x20, 0x09, 0x0A, 0x0D: self.position &+= 1
            default: return
            }
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are exactly the text.
    func isText(_ text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount else { return false }
        for position in 0..<self.count where self[position] != text.utf8Start[position] { return false }
        return true
    }
}

extension RateLimitAlgorithm {
    /// Reads a name on the wire, such as `sliding_log`.
    fileprivate init?(wireName: UnsafeRawBufferPointer) {
        if wireName.isText("sliding_log") {
            self = .slidingLog
        } else if wireName.isText("token_bucket") {
            self = .tokenBucket
        } else if wireName.isText("fixed_window") {
            self = .fixedWindow
        } else if wireName.isText("sliding_counter") {
            self = .slidingCounter
        } else {
            return nil
        }
    }
}
