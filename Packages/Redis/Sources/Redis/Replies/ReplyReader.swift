import CHiredis

/// Cuts a stream of bytes into replies: hiredis's reader with functions that build Swift values.
///
/// It is fed with whatever the network brings; a reply may come in any number of pieces.
struct ReplyReader: ~Copyable {
    private let reader: UnsafeMutablePointer<redisReader>
    private let builder: UnsafeMutablePointer<ReplyBuilder>
    private let limits: ReplyLimits

    /// Creates a reader.
    ///
    /// - Throws: ``RedisError`` with code `unavailable` when there is no memory for one.
    init(limits: ReplyLimits) throws(RedisError) {
        guard let reader = redisReaderCreateWithFunctions(UnsafeMutablePointer(mutating: Self.functions.pointer)) else {
            throw RedisError(.unavailable, message: "there is no memory for another connection")
        }
        self.reader = reader
        self.builder = .allocate(capacity: 1)
        self.builder.initialize(to: ReplyBuilder(limits: limits))
        self.limits = limits
        self.reader.pointee.privdata = UnsafeMutableRawPointer(self.builder)
        // A buffer that grew for one great reply is given back when it is empty.
        self.reader.pointee.maxbuf = 64 << 10
    }

    deinit {
        redisReaderFree(self.reader)
        self.builder.deinitialize(count: 1)
        self.builder.deallocate()
    }

    /// Adds bytes of the stream; they are copied.
    ///
    /// - Throws: ``RedisError`` with code `connectionLost` when the reader can take no more; it is then of no use any more.
    mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
        guard redisReaderFeed(self.reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) == REDIS_OK else {
            throw self.failure()
        }
    }

    /// The next whole reply; nil when bytes are missing.
    ///
    /// - Throws: ``RedisError`` with code `connectionLost` when the bytes are no reply or exceed a limit; the reader is then of
    ///   no use any more, as nothing says where the next reply would begin.
    mutating func next() throws(RedisError) -> RedisValue? {
        var object: UnsafeMutableRawPointer?
        guard redisReaderGetReply(self.reader, &object) == REDIS_OK else { throw self.failure() }
        if object != nil { return self.builder.pointee.take() }
        let waiting = self.reader.pointee.len - min(self.reader.pointee.pos, self.reader.pointee.len)
        guard waiting <= self.limits.byteCount else {
            throw Self.malformed("a reply of more than \(self.limits.byteCount) bytes")
        }
        return nil
    }

    private func failure() -> RedisError {
        if let refusal = self.builder.pointee.refusal { return Self.malformed(refusal) }
        let text = withUnsafeBytes(of: self.reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return Self.malformed(text)
    }

    private static func malformed(_ reason: String) -> RedisError {
        RedisError(.connectionLost, message: "the connection to Redis was closed because of its reply: \(reason)")
    }
}

extension ReplyReader {
    /// The functions that the reader calls, at an address that never changes.
    ///
    /// They are set once, before any reader sees them, and only read after that.
    private struct Functions: @unchecked Sendable {
        let pointer: UnsafePointer<redisReplyObjectFunctions>
    }

    // A function answers the builder's address for "done", as the objects are in the builder, or nothing to refuse the reply.
    private static let functions: Functions = {
        let pointer = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)
        pointer.initialize(
            to: redisReplyObjectFunctions(
                createString: { task, text, length in
                    guard let task, let text else { return nil }
                    let bytes = UnsafeRawBufferPointer(start: text, count: length + 2)
                    return ReplyReader.build(task) { builder in
                        // hiredis has seen that two more bytes are there, but not that they end a line.
                        if task.pointee.type == REDIS_REPLY_STRING, bytes[length] != 0x0D || bytes[length + 1] != 0x0A {
                            return builder.refuse("a string that is longer than it says")
                        }
                        return builder.add(task.pointee.type, bytes: bytes.bindMemory(to: UInt8.self).prefix(length).rebased)
                    }
                },
                createArray: { task, count in ReplyReader.build(task) { $0.beginArray(count: Int(count)) } },
                createInteger: { task, number in ReplyReader.build(task) { $0.add(.integer(number)) } },
                createNil: { task in ReplyReader.build(task) { $0.add(.null) } },
                freeObject: { _ in }))
        return Functions(pointer: UnsafePointer(pointer))
    }()

    private static func build(
        _ task: UnsafePointer<redisReadTask>?, _ body: (inout ReplyBuilder) -> Bool
    ) -> UnsafeMutableRawPointer? {
        guard let address = task?.pointee.privdata else { return nil }
        return body(&address.assumingMemoryBound(to: ReplyBuilder.self).pointee) ? address : nil
    }
}

extension Slice where Base == UnsafeBufferPointer<UInt8> {
    fileprivate var rebased: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: self) }
}
