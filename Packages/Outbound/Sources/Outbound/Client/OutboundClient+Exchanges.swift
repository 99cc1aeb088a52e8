import HTTPTypes
import Identity
import Logging
import NIOCore
import NIOHTTP1
import Synchronization

extension OutboundClient {
    /// How many addresses of a host are tried.
    private static let addressLimit = 8
    private static let shortestAttempt = TimeAmount.milliseconds(250)
    private static let lastExchange = Atomic<UInt64>(0)

    /// Sends a request and waits for the head of its answer.
    func open(_ request: OutboundRequest) async throws(OutboundError) -> Exchange {
        if Task.isCancelled { throw .cancelled }
        try self.policy.check(request.url)
        let timeout = TimeAmount(request.timeout ?? self.configuration.wholeTimeout)
        guard timeout.nanoseconds > 0 else { throw .late("its deadline had passed before it began") }
        let head = try request.head(
            userAgent: self.configuration.userAgent, bodyByteLimit: self.configuration.requestBodyLimit)
        let deadline = NIODeadline.now() + min(timeout, .hours(24))
        let origin = request.url.origin
        try await self.gate.enter(origin, until: deadline, on: self.eventLoopGroup.any())
        do throws(OutboundError) {
            return try await self.exchange(request, head, until: deadline)
        } catch {
            self.gate.leave(origin)
            throw error
        }
    }

    private func exchange(
        _ request: OutboundRequest, _ head: HTTPRequestHead, until deadline: NIODeadline
    ) async throws(OutboundError) -> Exchange {
        let resolveTime = min(TimeAmount(self.configuration.resolveTimeout), deadline - .now())
        let addresses = try await self.checkedAddresses(of: request.url, within: .nanoseconds(resolveTime.nanoseconds))
        let origin = request.url.origin
        let keys = addresses.prefix(Self.addressLimit).map { IdlePool.Key(origin: origin, address: $0) }
        while let kept = self.pool.take(keys) {
            do throws(OutboundError) {
                return try await self.begin(request, head, on: kept.connection, kept.key, until: deadline)
            } catch {
                // A server may close a connection at the very moment at which it is used again.
                guard error.code == .connectionLost, !error.mayHaveBeenSent || request.mayBeRepeated else { throw error }
                if error.mayHaveBeenSent { break }
            }
        }
        let (connection, key) = try await self.dial(keys, request.url, until: deadline)
        return try await self.begin(request, head, on: connection, key, until: deadline)
    }

    /// The addresses that a URL has now, each of them allowed.
    func checkedAddresses(of url: OutboundURL, within time: Duration) async throws(OutboundError) -> [IPAddress] {
        var addresses: [IPAddress] = []
        switch url.host {
        case .address(let address):
            addresses = [address]
        case .name(let name):
            let resolver = self.resolver
            addresses = try await withDeadline(time, late: .late("its name was not resolved in time")) {
                () async throws(OutboundError) in try await resolver.addresses(of: name)
            }
        }
        do throws(OutboundError) {
            try self.policy.check(addresses, of: url)
        } catch {
            self.logger.debug(
                "outgoing request refused",
                metadata: [
                    "outbound.origin": "\(url.origin)", "outbound.code": "\(error.code)",
                    "outbound.addresses": "\(addresses.prefix(Self.addressLimit).map(\.description).joined(separator: ","))",
                ])
            throw error
        }
        return addresses
    }

    /// Connects to the first address that takes a connection; each attempt gets its share of the time that is left.
    private func dial(
        _ keys: [IdlePool.Key], _ url: OutboundURL, until deadline: NIODeadline
    ) async throws(OutboundError) -> (HTTPConnection, IdlePool.Key) {
        let deadline = min(deadline, .now() + TimeAmount(self.configuration.connectTimeout))
        var failure = OutboundError.late("no connection came about in time")
        for (index, key) in keys.enumerated() {
            let left = deadline - .now()
            guard left.nanoseconds > 0 else { throw .late("no connection came about in time") }
            let share = TimeAmount.nanoseconds(left.nanoseconds / Int64(keys.count - index))
            do throws(OutboundError) {
                let connection = try await self.dialer.connect(
                    to: key.address, for: url, on: self.eventLoopGroup.any(),
                    within: min(max(share, Self.shortestAttempt), left))
                return (connection, key)
            } catch {
                guard error.code == .connectFailed || error.code == .timedOut else { throw error }
                failure = error
            }
        }
        throw failure
    }

    /// Sends the request on a connection and waits for the head of the answer.
    private func begin(
        _ request: OutboundRequest, _ head: HTTPRequestHead, on connection: HTTPConnection, _ key: IdlePool.Key,
        until deadline: NIODeadline
    ) async throws(OutboundError) -> Exchange {
        let id = Self.lastExchange.wrappingAdd(1, ordering: .relaxed).newValue
        let pool = self.pool
        let plan = ExchangePlan(
            id: id, head: head, body: ByteBuffer(bytes: request.body),
            bodyByteLimit: max(0, request.responseBodyLimit ?? self.configuration.responseBodyLimit),
            firstByteTimeout: TimeAmount(self.configuration.firstByteTimeout),
            silenceTimeout: TimeAmount(self.configuration.silenceTimeout), deadline: deadline,
            idleTimeout: TimeAmount(self.configuration.idleTimeout), keep: { pool.put($0, for: key) })
        let box = OutcomeBox<OutboundResponseHead>()
        connection.eventLoop.execute { connection.start(plan, box) }
        let response: OutboundResponseHead
        do throws(OutboundError) {
            response = try await box.wait { connection.eventLoop.execute { connection.cancel(id) } }
        } catch {
            throw error.code == .cancelled ? error.afterSending() : error
        }
        let gate = self.gate
        return Exchange(id, on: connection, head: response) { gate.leave(key.origin) }
    }
}
