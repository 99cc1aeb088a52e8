import CHiredis

/// Builds one value while hiredis's reader walks through a reply.
///
/// The reader calls in the order of the bytes, so a stack of unfinished arrays is all that must be remembered.
struct ReplyBuilder {
    private struct Level {
        var elements: [RedisValue]
        var missing: Int
    }

    private let limits: ReplyLimits
    private var levels: [Level] = []
    private var finished: RedisValue?
    private var elementCount = 0
    private var byteCount = 0
    /// Why the builder refused to go on.
    private(set) var refusal: String?

    init(limits: ReplyLimits) {
        self.limits = limits
    }

    /// The finished value; the builder is then ready for the next one.
    mutating func take() -> RedisValue? {
        defer {
            self.finished = nil
            self.elementCount = 0
            self.byteCount = 0
        }
        return self.finished
    }

    /// Adds a string, status or error; false if a limit is exceeded.
    mutating func add(_ type: Int32, bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        self.byteCount += bytes.count
        guard self.byteCount <= self.limits.byteCount else {
            return self.refuse("a reply of more than \(self.limits.byteCount) bytes")
        }
        return switch type {
        case REDIS_REPLY_STATUS: self.add(.status(String(decoding: bytes, as: UTF8.self)))
        case REDIS_REPLY_ERROR: self.add(.error(String(decoding: bytes, as: UTF8.self)))
        default: self.add(.string(Array(bytes)))
        }
    }

    /// Adds a value that is whole; false if a limit is exceeded.
    mutating func add(_ value: RedisValue) -> Bool {
        guard self.count() else { return false }
        self.finish(value)
        return true
    }

    /// Begins an array; false if a limit is exceeded.
    mutating func beginArray(count: Int) -> Bool {
        guard self.count() else { return false }
        // The announced elements are not there yet: they must be allowed, and get room only as they come.
        guard count <= self.limits.elementCount - self.elementCount else { return self.refuseElements() }
        if count == 0 {
            self.finish(.array([]))
        } else {
            var elements: [RedisValue] = []
            elements.reserveCapacity(min(count, 64))
            self.levels.append(Level(elements: elements, missing: count))
        }
        return true
    }

    /// Gives up the reply.
    ///
    /// - Returns: Always false.
    mutating func refuse(_ reason: String) -> Bool {
        self.refusal = reason
        return false
    }

    private mutating func count() -> Bool {
        self.elementCount += 1
        return self.elementCount <= self.limits.elementCount ? true : self.refuseElements()
    }

    private mutating func refuseElements() -> Bool {
        self.refuse("a reply of more than \(self.limits.elementCount) elements")
    }

    private mutating func finish(_ value: RedisValue) {
        var value = value
        while let top = self.levels.indices.last {
            self.levels[top].elements.append(value)
            self.levels[top].missing -= 1
            if self.levels[top].missing > 0 { return }
            value = .array(self.levels.removeLast().elements)
        }
        self.finished = value
    }
}
