import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// How far the requests and answers of one connection have come, and when the connection has to end.
///
/// Knows no socket and no clock: its methods take facts and return what to do about them.
struct ConnectionState {
    /// What becomes of a part of a request.
    enum Reception: Equatable {
        /// The server gets it.
        case forward
        /// Nobody gets it: it follows the last request that this connection serves.
        case drop
        /// It is too much of a body that nobody reads: the connection ends.
        case end
    }

    /// What to do when the watch over a silent body fires.
    enum Watch: Equatable {
        /// Nothing is awaited any more.
        case stop
        /// Look again after this time.
        case again(TimeAmount)
        /// The body has been silent for too long.
        case slow
    }

    private let bodyTimeout: TimeAmount
    private let drainLimit: Int

    private var requestsBegun = 0
    private var requestsEnded = 0
    private var answersEnded = 0
    /// The number of the request after which the client wants, or causes, the end of the connection.
    private var lastRequest: Int?
    private var drainedBytes = 0
    private var holdsBodyBack = false
    private var isReadAwaited = false
    private var lastBodyPart = NIODeadline.uptimeNanoseconds(0)
    private var isQuiescing = false
    private var endsWithThisAnswer = false

    /// - Parameters:
    ///   - bodyTimeout: How long a body may be silent.
    ///   - drainLimit: Most bytes of a body that are read after its answer.
    init(bodyTimeout: TimeAmount, drainLimit: Int) {
        self.bodyTimeout = bodyTimeout
        self.drainLimit = drainLimit
    }

    /// Whether a body has begun and not ended.
    var isInBody: Bool { self.requestsBegun > self.requestsEnded }

    /// A part of a request came.
    mutating func received(_ part: HTTPRequestPart, at now: NIODeadline) -> Reception {
        if let lastRequest, self.requestsEnded >= lastRequest { return .drop }
        switch part {
        case .head(let head):
            self.requestsBegun += 1
            self.drainedBytes = 0
            self.holdsBodyBack = head.asksForInvitation
            if head.endsConnection { self.lastRequest = self.requestsBegun }
        case .body(let bytes):
            self.holdsBodyBack = false
            if self.answersEnded >= self.requestsBegun {
                self.drainedBytes += bytes.readableBytes
                if self.drainedBytes > self.drainLimit { return .end }
            }
        case .end:
            self.requestsEnded += 1
        }
        self.lastBodyPart = now
        return .forward
    }

    /// The server is willing to take more parts.
    mutating func readRequested(at now: NIODeadline) {
        // Silence counts from here: before, the client may have had nobody to talk to.
        if !self.isReadAwaited, self.isInBody { self.lastBodyPart = now }
        self.isReadAwaited = true
    }

    /// All that the socket had was handed on.
    mutating func readCompleted() {
        self.isReadAwaited = false
    }

    /// The server stops: the connection ends with the answers to what is already here.
    mutating func beginQuiescing() {
        self.isQuiescing = true
    }

    /// An answer begins; says `Connection: close` in it when it is the last one.
    mutating func answerBegan(_ head: inout HTTPResponse) {
        if head.status.kind == .informational {
            self.holdsBodyBack = false
            return
        }
        let request = self.answersEnded + 1
        let isNewest = request >= self.requestsBegun
        self.endsWithThisAnswer =
            head.headerFields[.connection].lists("close")
            || request == self.lastRequest
            // What comes next could be the body that was held back, or the next request: nobody can know.
            || isNewest && (self.isQuiescing || self.holdsBodyBack)
        if self.endsWithThisAnswer { head.headerFields[.connection] = "close" }
    }

    /// An answer ended.
    ///
    /// - Returns: Whether it is the last one.
    mutating func answerEnded() -> Bool {
        self.answersEnded += 1
        return self.endsWithThisAnswer
    }

    /// The watch over a silent body fired.
    func watchFired(at now: NIODeadline) -> Watch {
        guard self.isInBody else { return .stop }
        // While the reader is busy, the client cannot be blamed.
        guard self.isReadAwaited else { return .again(self.bodyTimeout) }
        let silence = now - self.lastBodyPart
        return silence < self.bodyTimeout ? .again(self.bodyTimeout - silence) : .slow
    }
}

extension HTTPRequest {
    /// Whether the client holds its body back until it is invited (RFC 9110 §10.1.1).
    var asksForInvitation: Bool { self.headerFields[.expect].lists("100-continue") }

    /// Whether nothing that follows this request is a request.
    ///
    /// The client may say so (RFC 9112 §9.6), or may ask for another protocol: the codec then stops reading requests, and
    /// since no protocol is offered here, a client that stays would wait in vain.
    fileprivate var endsConnection: Bool {
        if self.method == .connect { return true }
        guard let connection = self.headerFields[.connection] else { return false }
        return Optional(connection).lists("close") || Optional(connection).lists("upgrade")
    }
}

extension String? {
    /// Whether the text, a list separated by commas, has this element; the case of ASCII letters does not count.
    fileprivate func lists(_ element: StaticString) -> Bool {
        guard let self else { return false }
        return self.utf8.split(separator: UInt8(ascii: ",")).contains { item in
            let bytes = item.drop { $0.isBlank }
            let end = bytes.lastIndex { !$0.isBlank }.map { bytes.index(after: $0) } ?? bytes.startIndex
            return element.withUTF8Buffer { bytes[..<end].lazy.map(\.lowercased).elementsEqual($0) }
        }
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
