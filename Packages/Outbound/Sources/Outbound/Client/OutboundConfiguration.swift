/// The limits of an ``OutboundClient``; the defaults suit webhooks and package indexes.
public struct OutboundConfiguration: Sendable {
    /// How long finding the addresses of a name may take; 5 s by default.
    public var resolveTimeout = Duration.seconds(5)
    /// How long connecting to all addresses of a host, and TLS, may take together; 5 s by default.
    public var connectTimeout = Duration.seconds(5)
    /// How long the server may take from the sending of the request to the end of the head of its answer; 15 s by default.
    public var firstByteTimeout = Duration.seconds(15)
    /// How long a body may bring nothing while somebody waits for it; 15 s by default.
    public var silenceTimeout = Duration.seconds(15)
    /// How long a request may take in all, waiting for its turn and reading included; 30 s by default.
    public var wholeTimeout = Duration.seconds(30)
    /// How long a connection is kept for another request; 15 s by default, zero for never.
    public var idleTimeout = Duration.seconds(15)

    /// The largest body of a request, in bytes; 1 MiB by default.
    public var requestBodyLimit = 1 << 20
    /// The largest body of an answer, in bytes; 1 MiB by default. A request may ask for another limit.
    public var responseBodyLimit = 1 << 20
    /// The largest head of an answer, in bytes; 64 KiB by default.
    public var responseHeadLimit = 64 << 10

    /// How many requests run at once; 32 by default.
    public var concurrencyLimit = 32
    /// How many requests run at once to one scheme, host and port; 8 by default.
    public var hostConcurrencyLimit = 8
    /// How many requests may wait for their turn; 256 by default, more fail as `overloaded`.
    public var waitingLimit = 256
    /// How many connections are kept for other requests; 16 by default.
    public var idleConnectionLimit = 16

    /// A file of certificate authorities in PEM; those of the system if nil.
    public var caFile: String?
    /// What stands in `User-Agent` unless a request says otherwise: printable ASCII, `gatehouse` by default.
    public var userAgent = "gatehouse"

    /// Creates the defaults.
    public init() {}

    /// - Throws: ``OutboundError`` with code `invalidConfiguration`, naming the property and its range.
    func validate() throws(OutboundError) {
        let times: [(String, Duration)] = [
            ("resolveTimeout", self.resolveTimeout), ("connectTimeout", self.connectTimeout),
            ("firstByteTimeout", self.firstByteTimeout), ("silenceTimeout", self.silenceTimeout),
            ("wholeTimeout", self.wholeTimeout),
        ]
        for (name, time) in times where !(.milliseconds(1)...Duration.seconds(86_400)).contains(time) {
            throw OutboundError(.invalidConfiguration, message: "\(name) must lie between a millisecond and a day")
        }
        guard (.zero...Duration.seconds(86_400)).contains(self.idleTimeout) else {
            throw OutboundError(.invalidConfiguration, message: "idleTimeout must lie between zero and a day")
        }
        let counts: [(String, Int, Int)] = [
            ("requestBodyLimit", self.requestBodyLimit, 0), ("responseBodyLimit", self.responseBodyLimit, 0),
            ("responseHeadLimit", self.responseHeadLimit, 1_024), ("concurrencyLimit", self.concurrencyLimit, 1),
            ("hostConcurrencyLimit", self.hostConcurrencyLimit, 1), ("waitingLimit", self.waitingLimit, 0),
            ("idleConnectionLimit", self.idleConnectionLimit, 0),
        ]
        for (name, count, least) in counts where !(least...(1 << 30)).contains(count) {
            throw OutboundError(.invalidConfiguration, message: "\(name) must lie between \(least) and 2^30")
        }
        guard !self.userAgent.isEmpty, self.userAgent.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw OutboundError(.invalidConfiguration, message: "userAgent must be printable ASCII")
        }
    }
}
