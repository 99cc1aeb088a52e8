import Identity
public import Outbound

/// Where an index of Python packages answers, and the bounds of asking it.
///
/// Where the operator names no index, there is no configuration and no client, so that nothing is ever asked.
public struct PackageIndexConfiguration: Sendable {
    /// What the index speaks.
    public enum API: String, Sendable, Hashable, CaseIterable {
        /// The simple API in JSON form (PEP 691, 700, 592, 792): `GET {base URL}/{name}/`.
        case simple
        /// The JSON API of PyPI: `GET {base URL}/pypi/{name}/json`.
        case json
    }

    /// The index without a query: `https://pypi.org/simple` for ``API/simple``, `https://pypi.org` for ``API/json``.
    public let baseURL: OutboundURL
    /// What the index speaks.
    public let api: API
    /// How long a question may take in all; 10 s by default, 10 ms to 60 s.
    public var timeout = Duration.seconds(10)
    /// How long an answer counts before the index is asked whether it changed; 15 min by default, 0 to a day.
    public var cacheAge = Duration.seconds(900)
    /// How long a package is not asked about again after a failure; 30 s by default, 0 to an hour.
    public var failureAge = Duration.seconds(30)
    /// The most packages that are remembered; 512 by default, 0 to 100 000.
    public var packageLimit = 512
    /// The most versions of all remembered packages together, some 300 bytes each; 100 000 by default, 0 to 10 000 000.
    public var versionLimit = 100_000
    /// The largest answer, in bytes; 8 MiB by default, 1 KiB to 64 MiB.
    public var bodyLimit = 8 << 20

    /// Describes an index.
    ///
    /// - Parameters:
    ///   - baseURL: Where it is, without user info and query. `http` is for indexes in one's own network.
    ///   - api: What it speaks; ``API/simple`` by default.
    /// - Throws: ``PackageIndexError``, naming the rule that the URL breaks.
    public init(baseURL: String, api: API = .simple) throws(PackageIndexError) {
        do throws(OutboundError) {
            self.baseURL = try OutboundURL(parsing: baseURL)
        } catch {
            throw PackageIndexError("the base URL: \(error.message)")
        }
        guard !self.baseURL.target.utf8.contains(UInt8(ascii: "?")) else {
            throw PackageIndexError("the base URL must have no query")
        }
        guard self.baseURL.target.utf8.count <= 1_024 else {
            throw PackageIndexError("the path of the base URL must have at most 1024 bytes")
        }
        self.api = api
    }

    /// A policy for the client: it lets questions through to the index, wherever the operator put it.
    public var addressPolicy: AddressPolicy { AddressPolicy(reaching: self.baseURL) }

    /// Deadlines and bounds for the client.
    public var outboundConfiguration: OutboundConfiguration {
        var configuration = OutboundConfiguration()
        configuration.firstByteTimeout = self.timeout
        configuration.silenceTimeout = self.timeout
        configuration.wholeTimeout = self.timeout
        configuration.responseBodyLimit = self.bodyLimit
        configuration.userAgent = "gatehouse-staleness"
        return configuration
    }

    func validate() throws(PackageIndexError) {
        let times: [(String, Duration, ClosedRange<Duration>)] = [
            ("timeout", self.timeout, .milliseconds(10) ... .seconds(60)),
            ("cacheAge", self.cacheAge, .zero ... .seconds(86_400)),
            ("failureAge", self.failureAge, .zero ... .seconds(3_600)),
        ]
        for (name, time, range) in times where !range.contains(time) {
            throw PackageIndexError("\(name) must lie between \(range.lowerBound) and \(range.upperBound)")
        }
        let counts = [
            ("packageLimit", self.packageLimit, 0...100_000), ("versionLimit", self.versionLimit, 0...10_000_000),
            ("bodyLimit", self.bodyLimit, 1_024...(64 << 20)),
        ]
        for (name, count, range) in counts where !range.contains(count) {
            throw PackageIndexError("\(name) must lie between \(range.lowerBound) and \(range.upperBound)")
        }
    }
}

/// A setting of ``PackageIndexConfiguration`` cannot be used.
public struct PackageIndexError: Error, Equatable, CustomStringConvertible {
    /// Which one, and the rule that it breaks.
    public let message: String

    init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { self.message }
}
