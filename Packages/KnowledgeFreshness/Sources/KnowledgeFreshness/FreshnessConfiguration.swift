public import Persistence

/// When traces are checked, how often, and within which bounds.
///
/// Programs fill it from their settings; the names in the environment are `STALENESS_RECHECK_HOURS` (``recheckInterval``) and
/// `STALENESS_CHECKS_PER_MINUTE` (``checksPerMinute``).
public struct FreshnessConfiguration: Sendable {
    /// How long after a check a trace is checked again, give or take a tenth; a day by default, a minute to 365 days.
    public var recheckInterval = Duration.seconds(86_400)
    /// How many traces this server checks in a minute; 300 by default, 1 to 100 000. Each may ask the index about up to
    /// ``packagesPerTrace`` packages that are not remembered.
    public var checksPerMinute = 300
    /// How many traces this server checks at once; 4 by default, 1 to 64.
    public var concurrencyLimit = 4
    /// How many packages of one trace the index is asked about; 8 by default, 1 to 20. Further ones are left out.
    public var packagesPerTrace = 8
    /// Which traces are checked at all, as a condition on the row `t` of `traces`; all by default. What no longer meets it is
    /// forgotten: `"t.removed_at IS NULL"`.
    public var traceCondition: SQL = "TRUE"

    /// How long a check may take; 60 s by default, 1 s to 10 min.
    public var checkTimeout = Duration.seconds(60)
    /// How long a check belongs to the server that began it; 300 s by default, at least three times ``checkTimeout``, at most
    /// two hours. After a crash another one takes over when this is over. The clocks of servers may differ by a third of it.
    public var leaseTime = Duration.seconds(300)
    /// The pause after the first check for which the index could not be asked, doubled with each further one; a minute by
    /// default, 1 s to a day.
    public var retryPause = Duration.seconds(60)
    /// The longest of these pauses; 6 hours by default, at least ``retryPause``, at most 30 days.
    public var longestRetryPause = Duration.seconds(21_600)

    /// How long to wait between two looks for what other processes queued; 5 s by default, 10 ms to a minute.
    public var pollPause = Duration.seconds(5)
    /// How far back a look goes for traces that nobody queued; 10 min by default, a minute to a day. Older ones are found by
    /// the sweep.
    public var recentTime = Duration.seconds(600)
    /// How long to wait between two sweeps over all traces; an hour by default, 1 s to a day. The first is at the start.
    public var sweepPause = Duration.seconds(3_600)

    /// Creates the defaults.
    public init() {}

    /// - Throws: ``FreshnessError``, naming the property and its range.
    func validate() throws(FreshnessError) {
        let counts = [
            ("checksPerMinute", self.checksPerMinute, 100_000), ("concurrencyLimit", self.concurrencyLimit, 64),
            ("packagesPerTrace", self.packagesPerTrace, 20),
        ]
        for (name, count, most) in counts where !(1...most).contains(count) {
            throw FreshnessError("\(name) must lie between 1 and \(most)")
        }
        let day = Duration.seconds(86_400)
        let times: [(String, Duration, Duration, Duration)] = [
            ("recheckInterval", self.recheckInterval, .seconds(60), day * 365),
            ("checkTimeout", self.checkTimeout, .seconds(1), .seconds(600)),
            ("leaseTime", self.leaseTime, self.checkTimeout * 3, .seconds(7_200)),
            ("retryPause", self.retryPause, .seconds(1), day),
            ("longestRetryPause", self.longestRetryPause, self.retryPause, day * 30),
            ("pollPause", self.pollPause, .milliseconds(10), .seconds(60)),
            ("recentTime", self.recentTime, .seconds(60), day), ("sweepPause", self.sweepPause, .seconds(1), day),
        ]
        for (name, time, least, most) in times where time < least || time > most {
            throw FreshnessError("\(name) must lie between \(least) and \(most)")
        }
    }

    /// The pause after so many checks in a row without an answer, 1 or more.
    func retryPause(after attempts: Int) -> Duration {
        var pause = self.retryPause
        var left = attempts - 1
        while left > 0, pause < self.longestRetryPause {
            pause = min(pause * 2, self.longestRetryPause)
            left -= 1
        }
        return pause
    }
}

/// A setting of ``FreshnessConfiguration`` cannot be used, or an id is none.
public struct FreshnessError: Error, Equatable, CustomStringConvertible {
    /// Which one, and the rule that it breaks.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { self.message }
}
