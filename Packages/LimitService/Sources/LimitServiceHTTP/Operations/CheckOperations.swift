public import HTTPCore
import HTTPTypes
public import LimitService
public import NIOCore
import RateLimit
import StrictJSON

/// The operations that decide: `POST /check`, `POST /check/batch` and `POST /settle` (CONTRACTS §1.5 and decisions).
public struct CheckOperations: Sendable {
    private let service: LimitService
    private let metrics: LimitMetrics
    private let eventLoops: any EventLoopGroup

    /// Creates the operations.
    ///
    /// - Parameters:
    ///   - service: Decides.
    ///   - metrics: Counts checks.
    ///   - eventLoops: Loops on which a shared store is asked.
    public init(service: LimitService, metrics: LimitMetrics, eventLoops: any EventLoopGroup) {
        self.service = service
        self.metrics = metrics
        self.eventLoops = eventLoops
    }

    /// The operations for the router.
    public var operations: [Operation] { [self.check, self.batch, self.settle] }

    private static let decision = Schema.object([
        .required("allowed", .boolean), .required("current_count", .integer()), .required("remaining", .integer()),
        .required("retry_after_seconds", .integer()),
        .optional("lease", .string().described("For POST /settle; only when asked for with reserve")),
        .optional("error", .choice(["cost_exceeds_limit"]).described("In a batch: the cost can never pass")),
    ])

    private var check: Operation {
        Operation(
            .post, "/check", id: "check", summary: "Ask whether a key may go on, and count it", tag: "checks", access: .anyone,
            body: .json(QuestionSchema.reservable),
            answers: [
                .json(.ok, "It may go on", Self.decision), .json(.tooManyRequests, "It has to wait", Self.decision),
                .problem(.serviceUnavailable, "The shared store is away, and the policy is closed"),
            ]
        ) { try await self.check($0) }
    }

    private var batch: Operation {
        Operation(
            .post, "/check/batch", id: "checkBatch", summary: "Ask for up to 1 000 keys at once", tag: "checks", access: .anyone,
            body: .json(
                .object([
                    .required(
                        "checks", .array(of: QuestionSchema.question, maximum: QuestionScanner.maximumBatchCount)),
                    .optional(
                        "atomic", .boolean.described("Whether all may go on or nothing is counted"), default: false),
                ])),
            maximumBodyBytes: 8 * Operation.usualMaximumBodyBytes,
            answers: [
                .json(.ok, "What came of each", .object([.required("results", .array(of: Self.decision))])),
                .problem(.serviceUnavailable, "The shared store is away, and the policy is closed"),
            ]
        ) { try await self.batch($0) }
    }

    private var settle: Operation {
        Operation(
            .post, "/settle", id: "settle", summary: "Correct the cost of a reserved check, once", tag: "checks",
            access: .anyone,
            body: .json(
                .object([
                    .required("lease", .string(minimum: 1, maximum: 8_192)),
                    .required("actual", .integer(0...Int64.max).described("The units that were really used")),
                ])),
            answers: [
                .json(
                    .ok, "Settled, now or before",
                    .object([
                        .required("settled", .boolean.described("Whether this call had an effect")),
                        .required("status", .choice(["settled", "already_settled"])),
                    ])),
                .problem(.notFound, "No such lease, or one so old that its window is over"),
            ]
        ) { try await self.settle($0) }
    }

    private func check(_ request: OperationRequest) async throws -> OperationResponse {
        let start = ContinuousClock.now
        var violations: [Violation] = []
        guard let question = QuestionSchema.question(from: request.body, at: [.name("body")], into: &violations) else {
            throw Problem.validation(violations)
        }
        var answer: LimitAnswer
        var token: String?
        if request.body["reserve"]?.boolValue == true {
            (answer, token) = try await LimitProblems.translating { () async throws(RateLimitError) in
                try await self.service.reserve(question)
            }
        } else {
            answer = try await self.service.decide(question, on: self.eventLoops.any()).value()
        }
        try Self.refuseImpossible(answer, cost: question.cost, at: [.name("body"), .name("cost")])
        self.metrics.record(answer)
        self.metrics.record(duration: start.duration(to: .now))
        if answer.isUnavailable { throw CheckReply.unavailable }
        return OperationResponse(checkReply: answer, token: token)
    }

    private func batch(_ request: OperationRequest) async throws -> OperationResponse {
        let start = ContinuousClock.now
        var violations: [Violation] = []
        var questions: [LimitQuestion] = []
        for (index, value) in (request.body["checks"]?.arrayValue ?? []).enumerated() {
            let location: [Violation.Step] = [.name("body"), .name("checks"), .index(index)]
            if let question = QuestionSchema.question(from: value, at: location, into: &violations) { questions.append(question) }
        }
        guard violations.isEmpty else { throw Problem.validation(violations) }
        let isAtomic = request.body["atomic"]?.boolValue ?? false
        let answers = try await self.service.decide(questions, isAtomic: isAtomic, on: self.eventLoops.any()).value()
        for answer in answers { self.metrics.record(answer) }
        self.metrics.record(duration: start.duration(to: .now))
        if answers.contains(where: \.isUnavailable) { throw CheckReply.unavailable }
        var response = OperationResponse(
            contentType: "application/json", body: Array(BatchReply.body(of: answers).readableBytesView))
        if answers.contains(where: \.isDegraded) { response.headers[.degradation] = "degraded" }
        return response
    }

    private func settle(_ request: OperationRequest) async throws -> OperationResponse {
        let lease = try request.bodyText("lease")
        let actual = request.body["actual"]?.int64Value ?? 0
        let settlement = try await LimitProblems.translating { () async throws(RateLimitError) in
            try await self.service.settle(lease, actual: actual)
        }
        switch settlement {
        case .settled: return .json(.ok, ["settled": true, "status": "settled"])
        case .alreadySettled: return .json(.ok, ["settled": false, "status": "already_settled"])
        case .unknownLease: throw Problem(.notFound, "Lease not found: it is none of this store, or its window is over")
        }
    }

    /// A cost above the limit can never pass, and waiting does not help; a limit of 0 just blocks.
    private static func refuseImpossible(_ answer: LimitAnswer, cost: Int64, at location: [Violation.Step]) throws(Problem) {
        guard answer.canNeverPass else { return }
        let rule =
            cost > answer.rule.limit
            ? "Input should be at most the limit, which is \(answer.rule.limit); a cost of \(cost) can never pass"
            : "Input should be at most what the shared log takes at once; a cost of \(cost) needs another algorithm"
        throw Problem.validation([Violation(at: location, type: "cost_exceeds_limit", message: rule)])
    }
}

extension Prompt {
    /// The value, waited for if need be.
    func value() async throws -> Value {
        switch self {
        case .now(let value): value
        case .later(let future): try await future.get()
        }
    }
}

extension OperationResponse {
    /// The answer to a check, from the bytes that the hot path would send.
    fileprivate init(checkReply answer: LimitAnswer, token: String?) {
        var buffer = ByteBuffer()
        buffer.writeReply(most: CheckReply.longestFields) { CheckReply.writeFields(of: answer, into: &$0) }
        let fields = String(buffer: buffer)
        buffer.clear()
        buffer.writeReply(most: CheckReply.longestBody) { CheckReply.writeBody(of: answer, into: &$0) }
        if let token {
            buffer.moveWriterIndex(to: buffer.writerIndex - 1)
            buffer.writeString(",\"lease\":\"\(token)\"}")
        }
        self.init(
            CheckReply.status(of: answer), contentType: "application/json", body: Array(buffer.readableBytesView))
        for line in fields.utf8.split(separator: UInt8(ascii: "\n")) {
            let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            guard parts.count == 2, let name = HTTPField.Name(String(Substring(parts[0]))) else { continue }
            self.headers[name] = String(Substring(parts[1].dropFirst().dropLast()))
        }
    }
}
