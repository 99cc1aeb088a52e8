/// How much is kept for whom, and how documents are processed.
///
/// Programs fill it from their settings.
public struct RetrievalConfiguration: Sendable {
    /// Most bytes of one document; 50 MiB by default, 1 KiB to 1 GiB (CONTRACTS §3, `MAX_UPLOAD_SIZE_MB`).
    public var maximumDocumentBytes = 50 << 20
    /// Most documents of one owner; 100 by default, 1 to 10 000.
    public var maximumDocuments = 100
    /// Most bytes of all documents of one owner, as uploaded; 500 MiB by default, at least ``maximumDocumentBytes``, at most 1 TiB.
    public var maximumOwnerBytes = 500 << 20
    /// Most passages of one document; 30 000 by default, 1 to 100 000. A document with more fails.
    public var maximumPassages = 30_000

    /// Most bytes of the documents of all anonymous sessions together, as uploaded; 10 GiB by default, up to 1 PiB. Beyond it they may
    /// upload no more, whereas callers with a key may.
    public var maximumAnonymousBytes = 10 << 30
    /// Most passages of the documents of all anonymous sessions together; 2 million by default, up to a billion.
    public var maximumAnonymousPassages = 2_000_000
    /// How long the documents of an anonymous session are kept; 7 days by default, as long as the session; an hour to 365 days.
    public var anonymousLifetime = Duration.seconds(7 * 86_400)

    /// How many documents this server processes at once; 2 by default, 1 to 16.
    public var concurrencyLimit = 2
    /// How often a document is tried before it fails; 3 by default, 1 to 10.
    public var maximumAttempts = 3
    /// How long the text of a document may take to extract; 120 s by default, 1 s to 30 min.
    public var extractionTimeout = Duration.seconds(120)
    /// How long a document belongs to the server that took it, from its last batch of passages; 360 s by default, at least three times
    /// ``extractionTimeout``, at most six hours. After a crash it is taken again when this is over.
    public var leaseTime = Duration.seconds(360)
    /// The pause before a document is tried again; 30 s by default, 10 ms to an hour.
    public var retryPause = Duration.seconds(30)
    /// How long to wait between two looks for documents that nobody announced; 5 s by default, 10 ms to a minute.
    public var pollPause = Duration.seconds(5)
    /// How long to wait between two sweeps over files and documents that nobody needs; an hour by default, 10 ms to a day.
    public var sweepPause = Duration.seconds(3_600)
    /// After how long a document fails whose server does not come back; a day by default, a minute to 30 days.
    public var abandonTime = Duration.seconds(86_400)

    /// Creates the defaults.
    public init() {}

    /// - Throws: ``RetrievalError`` with code `invalidConfiguration`, naming the property and its range.
    func validate() throws(RetrievalError) {
        let counts = [
            ("maximumDocumentBytes", self.maximumDocumentBytes, 1 << 10, 1 << 30),
            ("maximumDocuments", self.maximumDocuments, 1, 10_000),
            ("maximumOwnerBytes", self.maximumOwnerBytes, self.maximumDocumentBytes, 1 << 40),
            ("maximumPassages", self.maximumPassages, 1, 100_000),
            ("maximumAnonymousBytes", self.maximumAnonymousBytes, 0, 1 << 50),
            ("maximumAnonymousPassages", self.maximumAnonymousPassages, 0, 1_000_000_000),
            ("concurrencyLimit", self.concurrencyLimit, 1, 16),
            ("maximumAttempts", self.maximumAttempts, 1, 10),
        ]
        for (name, count, least, most) in counts where count < least || count > most {
            throw RetrievalError(.invalidConfiguration, message: "\(name) must lie between \(least) and \(most)")
        }
        let (hour, day) = (Duration.seconds(3_600), Duration.seconds(86_400))
        let times: [(String, Duration, Duration, Duration)] = [
            ("anonymousLifetime", self.anonymousLifetime, hour, day * 365),
            ("extractionTimeout", self.extractionTimeout, .seconds(1), .seconds(1_800)),
            ("leaseTime", self.leaseTime, self.extractionTimeout * 3, hour * 6),
            ("retryPause", self.retryPause, .milliseconds(10), hour),
            ("pollPause", self.pollPause, .milliseconds(10), .seconds(60)),
            ("sweepPause", self.sweepPause, .milliseconds(10), day),
            ("abandonTime", self.abandonTime, .seconds(60), day * 30),
        ]
        for (name, time, least, most) in times where time < least || time > most {
            throw RetrievalError(.invalidConfiguration, message: "\(name) must lie between \(least) and \(most)")
        }
    }
}
