public import Outbound
public import StandardWebhooks

/// Bounds, deadlines and the retry schedule of webhooks.
public struct WebhookConfiguration: Sendable {
    /// How many endpoints an organisation may have; 20 by default, 1 to 1 000.
    public var endpointsPerOrganisation = 20
    /// The events that there are, so that an endpoint cannot wait for one that never comes; empty, by default, for any name.
    public var eventTypes: Set<String> = []
    /// How many deliveries may wait for one endpoint; more fail at once with `backlogFull`. 10 000 by default, 1 to 1 000 000.
    public var backlogLimit = 10_000

    /// The pauses before each attempt; ten attempts within some 76 hours by default, 1 to 100.
    public var schedule = RetrySchedule.standard
    /// How long an attempt may take, from its turn in the client to the end of the answer; 20 s by default, 1 s to 60 s.
    public var attemptTimeout = Duration.seconds(20)
    /// How long an attempt belongs to the server that began it; 120 s by default, at least three times ``attemptTimeout``, at most
    /// an hour. After a crash the message is sent again when this is over. The clocks of servers may differ by a third of it.
    public var claimTime = Duration.seconds(120)
    /// How many attempts this server makes at once; 32 by default, 1 to 1 000. Endpoints whose last attempt failed get half of
    /// these places at most.
    public var concurrencyLimit = 32
    /// How many attempts this server makes at once to one endpoint; 4 by default, 1 to 100, and one while it fails.
    public var endpointConcurrencyLimit = 4
    /// How long an endpoint rests that answered 429, 502 or 504 without `Retry-After`; 60 s by default, 1 s to an hour.
    public var throttlePause = Duration.seconds(60)
    /// The longest rest that `Retry-After` is granted; an hour by default, 1 s to a day.
    public var longestThrottlePause = Duration.seconds(3_600)
    /// How long no attempt may have succeeded, while some failed, until the endpoint is disabled; 5 days by default, a minute to
    /// 90 days.
    public var failingLimit = Duration.seconds(5 * 86_400)

    /// How long to wait between two looks for what other processes enqueued; 1 s by default, 10 ms to a minute.
    public var pollPause = Duration.seconds(1)
    /// How long finished deliveries and their messages are kept; 30 days by default, 0 to 3 650 days.
    public var retention = Duration.seconds(30 * 86_400)
    /// How long to wait between two clearings; an hour by default, 1 s to a day.
    public var sweepPause = Duration.seconds(3_600)

    /// Creates the defaults.
    public init() {}

    /// What an `OutboundClient` for webhooks should be made with: its deadlines and bounds stand back behind those of the dispatcher.
    public var outbound: OutboundConfiguration {
        var outbound = OutboundConfiguration()
        outbound.firstByteTimeout = self.attemptTimeout
        outbound.silenceTimeout = self.attemptTimeout
        outbound.wholeTimeout = self.attemptTimeout
        outbound.concurrencyLimit = self.concurrencyLimit
        outbound.hostConcurrencyLimit = self.concurrencyLimit
        outbound.userAgent = "gatehouse-webhooks"
        return outbound
    }

    /// - Throws: ``WebhooksError`` with code `invalidConfiguration`, naming the property and its range.
    func validate() throws(WebhooksError) {
        let counts: [(String, Int, Int)] = [
            ("endpointsPerOrganisation", self.endpointsPerOrganisation, 1_000), ("backlogLimit", self.backlogLimit, 1_000_000),
            ("concurrencyLimit", self.concurrencyLimit, 1_000), ("endpointConcurrencyLimit", self.endpointConcurrencyLimit, 100),
            ("schedule", self.schedule.pauses.count, 100),
        ]
        for (name, count, most) in counts where !(1...most).contains(count) {
            throw WebhooksError(.invalidConfiguration, message: "\(name) must lie between 1 and \(most)")
        }
        let day = 86_400
        let times: [(String, Duration, ClosedRange<Duration>)] = [
            ("attemptTimeout", self.attemptTimeout, .seconds(1) ... .seconds(60)),
            ("claimTime", self.claimTime, self.attemptTimeout * 3 ... .seconds(3_600)),
            ("throttlePause", self.throttlePause, .seconds(1) ... .seconds(3_600)),
            ("longestThrottlePause", self.longestThrottlePause, .seconds(1) ... .seconds(day)),
            ("failingLimit", self.failingLimit, .seconds(60) ... .seconds(90 * day)),
            ("pollPause", self.pollPause, .milliseconds(10) ... .seconds(60)),
            ("retention", self.retention, .zero ... .seconds(3_650 * day)),
            ("sweepPause", self.sweepPause, .seconds(1) ... .seconds(day)),
        ]
        for (name, time, range) in times where !range.contains(time) {
            throw WebhooksError(
                .invalidConfiguration, message: "\(name) must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        for pause in self.schedule.pauses where !(Duration.zero ... .seconds(30 * day)).contains(pause) {
            throw WebhooksError(.invalidConfiguration, message: "a pause of schedule must lie between 0 and 30 days")
        }
    }
}
