/// One request in exactly the plain form that the hot path takes (DESIGN §2), found in bytes that are still where they came.
///
/// Anything that is not surely this form is ``Recognition/other``; the ordinary server then judges it.
struct HotRequest {
    /// Which operation is asked.
    enum Target {
        /// `POST /check`
        case check
        /// `POST /check/batch`
        case batch
    }

    /// What the bytes at the start of a connection's input are.
    enum Recognition {
        /// The beginning of what may become such a request.
        case incomplete
        /// Something else.
        case other
        /// A complete request.
        case request(HotRequest)
    }

    /// Most bytes of a head.
    static let maximumHeadBytes = 8_192
    /// Most bytes of a body.
    static let maximumBodyBytes = 262_144

    var target: Target
    /// Where the body lies; it ends the request.
    var body: Range<Int>
    /// Where the client's request id lies, if it sent one that is kept.
    var requestID: Range<Int>?

    /// Looks at the bytes from their start.
    static func recognise(_ bytes: UnsafeRawBufferPointer) -> Recognition {
        guard let (target, end) = Self.requestLine(bytes) else { return .other }
        guard let end else { return .incomplete }
        var head = HotHead()
        var position = end
        while true {
            guard position <= Self.maximumHeadBytes else { return .other }
            guard position < bytes.count else { return .incomplete }
            switch head.readLine(bytes, from: position) {
            case .incomplete: return bytes.count > Self.maximumHeadBytes ? .other : .incomplete
            case .other: return .other
            case .field(let next): position = next
            case .end(let next):
                guard let length = head.contentLength, length <= Self.maximumBodyBytes else { return .other }
                guard length <= bytes.count - next else { return .incomplete }
                return .request(HotRequest(target: target, body: next..<next + length, requestID: head.requestID))
            }
        }
    }

    /// The target, and where the line ends or `nil` when it is not whole yet; `nil` when the line is another.
    private static func requestLine(_ bytes: UnsafeRawBufferPointer) -> (Target, Int?)? {
        switch bytes.compare(with: "POST /check HTTP/1.1\r\n") {
        case .same(let end): return (.check, end)
        case .begins: return (.check, nil)
        case .differs: break
        }
        switch bytes.compare(with: "POST /check/batch HTTP/1.1\r\n") {
        case .same(let end): return (.batch, end)
        case .begins: return (.batch, nil)
        case .differs: return nil
        }
    }
}

/// What the fields of a head said so far.
private struct HotHead {
    enum Line {
        case incomplete
        case other
        /// A field, and where the next line begins.
        case field(Int)
        /// The empty line, and where the body begins.
        case end(Int)
    }

    var contentLength: Int?
    var hasHost = false
    var hasContentType = false
    var requestID: Range<Int>?

    mutating func readLine(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Line {
        var position = start
        while position < bytes.count, bytes[position].isTokenCharacter { position &+= 1 }
        guard position < bytes.count else { return .incomplete }
        let nameEnd = position
        if nameEnd == start {
            // Only the empty line begins without a name.
            guard bytes[position] == UInt8(ascii: "\r") else { return .other }
            guard position &+ 1 < bytes.count else { return .incomplete }
            return bytes[position &+ 1] == UInt8(ascii: "\n") ? .end(position &+ 2) : .other
        }
        guard bytes[position] == UInt8(ascii: ":") else { return .other }
        position &+= 1
        while position < bytes.count, bytes[position].isBlank { position &+= 1 }
        let valueStart = position
        while position < bytes.count, bytes[position].isPlainValueCharacter { position &+= 1 }
        guard position &+ 1 < bytes.count else { return .incomplete }
        guard bytes[position] == UInt8(ascii: "\r"), bytes[position &+ 1] == UInt8(ascii: "\n") else { return .other }
        // A tab at the end is read differently from field to field; the ordinary path knows how.
        guard position == valueStart || bytes[position &- 1] != 0x09 else { return .other }
        var valueEnd = position
        while valueEnd > valueStart, bytes[valueEnd &- 1].isBlank { valueEnd &-= 1 }
        let name = UnsafeRawBufferPointer(rebasing: bytes[start..<nameEnd])
        return self.take(name, bytes, valueStart..<valueEnd) ? .field(position &+ 2) : .other
    }

    /// Notes a field; `false` when it asks for something that the hot path does not do.
    private mutating func take(_ name: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer, _ place: Range<Int>) -> Bool {
        let value = UnsafeRawBufferPointer(rebasing: bytes[place])
        switch name.count {
        case 2: return !name.isCaseInsensitively("te")
        case 4:
            guard name.isCaseInsensitively("host") else { return true }
            defer { self.hasHost = true }
            return !self.hasHost && !value.isEmpty
        case 6: return !name.isCaseInsensitively("expect") && !name.isCaseInsensitively("origin")
        case 7: return !name.isCaseInsensitively("upgrade") && !name.isCaseInsensitively("trailer")
        case 10:
            guard name.isCaseInsensitively("connection") else { return true }
            return value.isCaseInsensitively("keep-alive")
        case 12:
            if name.isCaseInsensitively("content-type") {
                defer { self.hasContentType = true }
                return !self.hasContentType && value.untilParameters.isCaseInsensitively("application/json")
            }
            guard name.isCaseInsensitively("x-request-id") else { return true }
            guard self.requestID == nil, value.isRequestID else { return false }
            self.requestID = place
            return true
        case 14:
            guard name.isCaseInsensitively("content-length") else { return true }
            guard self.contentLength == nil, let length = value.smallNumber else { return false }
            self.contentLength = length
            return true
        case 16: return !name.isCaseInsensitively("content-encoding") && !name.isCaseInsensitively("proxy-connection")
        case 17: return !name.isCaseInsensitively("transfer-encoding")
        default: return true
        }
    }
}

extension UnsafeRawBufferPointer {
    fileprivate enum Comparison {
        /// They are the same up to here.
        case same(Int)
        /// The bytes end before the text does, and are the same so far.
        case begins
        case differs
    }

    fileprivate func compare(with text: StaticString) -> Comparison {
        let length = Swift.min(text.utf8CodeUnitCount, self.count)
        for position in 0..<length where self[position] != text.utf8Start[position] { return .differs }
        return length == text.utf8CodeUnitCount ? .same(length) : .begins
    }

    /// Whether the bytes are the text, which is in lower case.
    fileprivate func isCaseInsensitively(_ text: StaticString) -> Bool {
        guard self.count == text.utf8CodeUnitCount else { return false }
        for position in 0..<self.count {
            let byte = self[position]
            let lowered = byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
            if lowered != text.utf8Start[position] { return false }
        }
        return true
    }

    /// A media type without its parameters.
    fileprivate var untilParameters: UnsafeRawBufferPointer {
        var end = self.firstIndex(of: UInt8(ascii: ";")) ?? self.count
        while end > 0, self[end &- 1] == 0x20 { end &-= 1 }
        return UnsafeRawBufferPointer(rebasing: self[..<end])
    }

    /// A number of 1 to 7 digits and nothing else.
    fileprivate var smallNumber: Int? {
        guard (1...7).contains(self.count) else { return nil }
        var number = 0
        for byte in self {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number &* 10 &+ Int(digit)
        }
        return number
    }

    /// Whether the ordinary path keeps a request id of these bytes.
    fileprivate var isRequestID: Bool {
        (1...128).contains(self.count)
            && self.allSatisfy { byte in
                byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: ".")
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            }
    }
}

extension UInt8 {
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// What values consist of, the bytes above ASCII left out: the ordinary path judges those.
    fileprivate var isPlainValueCharacter: Bool { self &- 0x20 < 0x5F || self == 0x09 }

    /// `tchar` of RFC 9110 §5.6.2.
    fileprivate var isTokenCharacter: Bool {
        if (self | 0x20) &- UInt8(ascii: "a") < 26 || self &- UInt8(ascii: "0") < 10 || self == UInt8(ascii: "-") { return true }
        switch self {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
            UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default:
            return false
        }
    }
}
