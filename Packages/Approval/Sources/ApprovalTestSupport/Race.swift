public import Approval
public import Identity
import StrictJSON

/// Everything that can be done to one approval, at the same time.
public struct Race: Sendable {
    /// How many attempts of people one run makes; not everybody takes part in each, so that everybody wins at times.
    public static func attempts(number: Int) -> Int {
        number % 3 == 0 ? 5 : number % 3 == 1 ? 4 : 2
    }

    private let desk: ApprovalDesk
    private let lateDesk: ApprovalDesk

    /// Creates a race.
    ///
    /// - Parameters:
    ///   - desk: Where people decide.
    ///   - lateDesk: A desk on the same database for which the time of all approvals is over.
    public init(desk: ApprovalDesk, lateDesk: ApprovalDesk) {
        self.desk = desk
        self.lateDesk = lateDesk
    }

    /// What the approval of a number is asked for.
    public static func draft(number: Int) -> ApprovalDraft {
        ApprovalDraft(
            requestID: "request-\(number)", caller: Self.caller("agent"), server: "files", tool: "fs.write",
            policyRevision: "r1", receivedArguments: ["n": .integer(number)], sentArguments: ["n": .integer(number)],
            sanitizedCall: ["tool": "fs.write"])
    }

    /// Somebody of the organisation in which races take place.
    public static func caller(_ id: String) -> Caller {
        Caller(id: CallerID(unchecked: id), kind: .gatewayCaller, organisation: OrganisationID(unchecked: "race"))
    }

    /// Spends twice and lets the clock run out, and for most numbers approves, denies and cancels, all at once.
    ///
    /// - Throws: What an attempt throws; none should.
    public func run(_ token: ApprovalToken, number: Int) async throws {
        let reference = ApprovalReference(token.handle)
        let use = ApprovalUse(
            token: token.text, requestID: "use-\(number)", caller: Self.caller("agent"), server: "files", tool: "fs.write",
            policyRevision: "r1", receivedArguments: ["n": .integer(number)], sentArguments: ["n": .integer(number)])
        var attempts: [@Sendable () async throws -> Void] = [
            { _ = try await self.lateDesk.request(reference, in: OrganisationID(unchecked: "race")) },
            { _ = try await self.desk.consume(use) },
            { _ = try await self.desk.consume(use) },
        ]
        if number % 3 < 2 {
            attempts.append { _ = try await self.desk.decide(reference, .approve, by: Self.caller("admin-1")) }
            attempts.append { _ = try await self.desk.decide(reference, .deny, by: Self.caller("admin-2")) }
        }
        if number % 3 == 0 {
            attempts.append { _ = try await self.desk.cancel(reference, by: Self.caller("agent"), isAdministrator: false) }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for attempt in attempts.shuffled() { group.addTask { try await attempt() } }
            try await group.waitForAll()
        }
    }
}

/// A record in a form that fits one line: `HANDLE ATTEMPT ACTION PHASE STATUS`.
public struct RaceRecord: Sendable, Hashable {
    /// The approval.
    public let handle: String
    /// The attempt.
    public let attempt: String
    /// What was attempted.
    public let action: String
    /// `intent`, `done`, `refused` or `failed`.
    public let phase: String
    /// The stage that was reached, or the reason of a refusal.
    public let word: String

    /// Takes a record.
    public init(_ event: ApprovalEvent) {
        self.handle = event.handle?.text ?? "-"
        self.attempt = event.attempt
        self.action = event.action.rawValue
        switch event.phase {
        case .intent: (self.phase, self.word) = ("intent", "-")
        case .done(let status): (self.phase, self.word) = ("done", status.rawValue)
        case .refused(.decided(let status)): (self.phase, self.word) = ("refused", status.rawValue)
        case .refused(let refusal): (self.phase, self.word) = ("refused", refusal.code)
        case .failed: (self.phase, self.word) = ("failed", "-")
        }
    }

    /// Reads a line; nil for any other.
    public init?(line: String) {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 5 else { return nil }
        (self.handle, self.attempt, self.action, self.phase, self.word) = (words[0], words[1], words[2], words[3], words[4])
    }

    /// The record as a line.
    public var line: String { "\(self.handle) \(self.attempt) \(self.action) \(self.phase) \(self.word)" }
}
