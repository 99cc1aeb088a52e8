import LimitService
import RateLimit

/// The two commands that decide, which differ in more than their names.
///
/// ```
/// CL.THROTTLE key max_burst count period [quantity]   → limited (0 or 1), limit, remaining, retry after, reset after
/// THROTTLE    key max_burst count period [quantity]   → allowed (1 or 0), limit, remaining, reset after, retry after
/// ```
///
/// The limit is `max_burst + 1` in the first and `max_burst` in the second. Seconds are rounded up. *Retry after* is −1 when the quantity
/// can never fit; when it passed it is −1 in the first form and 0 in the second.
///
/// Sources: redis-cell (`README.md`, `src/lib.rs`) and throttlecrab (`throttlecrab-server/src/transport/redis/mod.rs`).
enum ThrottleCommand: Sendable {
    /// `CL.THROTTLE`, as redis-cell has it.
    case cell
    /// `THROTTLE`, as throttlecrab has it.
    case crab

    /// What a command says, or the error reply that it gets.
    enum Reading {
        case question(ThrottleRequest)
        case refusal(String)
    }

    private var lowerCaseName: String { self == .cell ? "cl.throttle" : "throttle" }
    private var smallestBurst: Int64 { self == .cell ? 0 : 1 }

    /// Reads the arguments.
    @inline(__always)
    func read(_ request: RESPRequest) -> Reading {
        guard request.count == 5 || request.count == 6 else {
            return .refusal("ERR wrong number of arguments for '\(self.lowerCaseName)' command")
        }
        guard let burst = request.integer(2), burst >= self.smallestBurst, burst < .max else {
            return self.refuse("max_burst", request, 2, atLeast: self.smallestBurst)
        }
        guard let count = request.integer(3), count >= 1 else { return self.refuse("count", request, 3, atLeast: 1) }
        guard let period = request.integer(4), period >= 1 else { return self.refuse("period", request, 4, atLeast: 1) }
        var quantity: Int64 = 1
        if request.count == 6 {
            guard let asked = request.integer(5), asked >= 0 else { return self.refuse("quantity", request, 5, atLeast: 0) }
            quantity = asked
        }
        do {
            let key = try RateLimitKey(bytes: request[1])
            return .question(
                ThrottleRequest(
                    key: key, capacity: self == .cell ? burst &+ 1 : burst, count: count, periodSeconds: period,
                    quantity: quantity))
        } catch {
            return .refusal("ERR \(error.message)")
        }
    }

    /// Writes the answer.
    @inline(__always)
    func write(_ answer: LimitAnswer, to writer: inout RESPWriter) {
        guard !answer.isUnavailable else {
            return writer.writeError("ERR the shared store gives no answer, try again later")
        }
        let rule = answer.rule
        let retry = answer.isAllowed ? nil : rule.retryAfterSeconds
        switch self {
        case .cell:
            writer.writeFive(answer.isAllowed ? 0 : 1, rule.limit, rule.remaining, retry ?? -1, rule.resetAfterSeconds)
        case .crab:
            writer.writeFive(
                answer.isAllowed ? 1 : 0, rule.limit, rule.remaining, rule.resetAfterSeconds,
                retry ?? (answer.isAllowed ? 0 : -1))
        }
    }

    @inline(never)
    private func refuse(_ name: String, _ request: RESPRequest, _ position: Int, atLeast bound: Int64) -> Reading {
        request.integer(position) == nil || bound <= 0 && request.integer(position) == .max
            ? .refusal("ERR \(name) is not an integer or out of range")
            : .refusal("ERR \(name) must be \(bound) or more")
    }
}
