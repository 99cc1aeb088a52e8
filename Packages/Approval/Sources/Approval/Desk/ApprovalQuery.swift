import Cryptography
public import Identity
import Persistence

/// Which requests of an organisation are wanted; the newest come first.
public struct ApprovalQuery: Sendable, Hashable {
    /// The most requests that one page may have: 200.
    public static let maximumLimit = 200

    /// Whose requests.
    public var organisation: OrganisationID
    /// Only at this stage; one whose time is over counts as expired.
    public var status: ApprovalStatus?
    /// Only of this caller.
    public var callerID: String?
    /// Only for this tool.
    public var tool: String?
    /// Only of this scope.
    public var scope: ApprovalScope?
    /// How many, 1 to ``maximumLimit``.
    public var limit: Int
    /// Where the page before ended.
    public var cursor: String?

    /// Creates a query; what is not named is not asked for.
    public init(
        organisation: OrganisationID, status: ApprovalStatus? = nil, callerID: String? = nil, tool: String? = nil,
        scope: ApprovalScope? = nil, limit: Int = 50, cursor: String? = nil
    ) {
        self.organisation = organisation
        self.status = status
        self.callerID = callerID
        self.tool = tool
        self.scope = scope
        self.limit = limit
        self.cursor = cursor
    }

    func check() throws(ApprovalError) {
        guard (1...Self.maximumLimit).contains(self.limit) else {
            throw ApprovalError(.invalidQuery, message: "limit must be between 1 and \(Self.maximumLimit)")
        }
        for (name, text) in [("caller", self.callerID), ("tool", self.tool)] {
            guard let text else { continue }
            guard text.utf8.count <= 255, !text.utf8.contains(0) else {
                throw ApprovalError(.invalidQuery, message: "\(name) must have at most 255 bytes and no NUL")
            }
        }
    }

    /// What must be the same from page to page; the limit may change.
    var list: [UInt8] {
        // An identifier has no control character, and the others come last, each with its length.
        var text =
            "gatehouse/1/approval-query\n\(self.organisation)\n\(self.status?.rawValue ?? "")\n\(self.scope?.rawValue ?? "")\n"
        for part in [self.callerID, self.tool] { text += part.map { "\($0.utf8.count):\($0)" } ?? "-" }
        return Array(text.utf8)
    }

    /// Where the page begins: behind the request of this time and number; `nil` for the first.
    ///
    /// - Throws: ``ApprovalError`` with code `invalidCursor`; `CryptographyError` when libcrypto fails.
    func start(by keyring: SecretKeyring) throws -> (time: Timestamp, number: Int64)? {
        guard let text = self.cursor else { return nil }
        guard let cursor = try PageCursor(text, numbers: 2, for: self.list, by: keyring),
            let time = Timestamp(microseconds: cursor.numbers[0])
        else { throw ApprovalError(.invalidCursor, message: "the cursor was not made for this query") }
        return (time, cursor.numbers[1])
    }
}
