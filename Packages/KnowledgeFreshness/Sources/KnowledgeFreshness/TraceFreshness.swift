#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
public import Persistence
public import Staleness
public import StrictJSON

/// How old a trace is, as far as anybody knows.
public struct TraceFreshness: Sendable, Hashable {
    /// The grade; ``Staleness/Freshness/unknown`` before the first check.
    public let grade: Freshness
    /// The package that decided, such as `numpy`; nil where the trace names none.
    public let package: String?
    /// What the trace says about its version, such as `1.26.4` or `<2,>=1.2`; nil where it names none.
    public let pinned: String?
    /// The newest version; nil where it is not known.
    public let latestVersion: String?
    /// Why the grade is what it is, in one sentence without a full stop.
    public let reason: String
    /// When it was last checked; nil before the first check.
    public let checkedAt: Timestamp?

    /// What is said of a trace that was not checked yet.
    public static let unchecked = TraceFreshness(
        grade: .unknown, package: nil, pinned: nil, latestVersion: nil, reason: "it was not checked yet", checkedAt: nil)

    init(grade: Freshness, package: String?, pinned: String?, latestVersion: String?, reason: String, checkedAt: Timestamp?) {
        self.grade = grade
        self.package = package
        self.pinned = pinned
        self.latestVersion = latestVersion
        self.reason = reason
        self.checkedAt = checkedAt
    }

    /// Its form in answers:
    ///
    /// ```json
    /// {"grade": "minor", "package": "numpy", "pinned": "2.1.0", "latest_version": "2.3.1",
    ///  "reason": "2.1.0 is pinned, and 2.3.1 is another minor version", "checked_at": "2026-11-20T12:00:00.000000Z"}
    /// ```
    public var json: JSONValue {
        [
            "grade": .string(self.grade.rawValue), "package": .string(orNull: self.package),
            "pinned": .string(orNull: self.pinned), "latest_version": .string(orNull: self.latestVersion),
            "reason": .string(self.reason), "checked_at": .string(orNull: self.checkedAt?.rfc3339),
        ]
    }

    init(_ row: Row) throws(PersistenceError) {
        guard let text = try row.decode("grade", as: String?.self), let grade = Freshness(rawValue: text) else {
            self = .unchecked
            return
        }
        self.grade = grade
        self.package = try row.decode("package")
        self.pinned = try row.decode("pinned")
        self.latestVersion = try row.decode("latest_version")
        self.reason = try row.decode("reason", as: String?.self) ?? ""
        self.checkedAt = try row.decode("checked_at")
    }
}

/// Tells how old traces are.
public struct FreshnessStore: Sendable {
    private static let batch = 500

    private let database: any Database

    /// Creates a store over a database where the chain `freshness` is up to date.
    public init(database: any Database) {
        self.database = database
    }

    /// How old a trace is.
    ///
    /// - Parameter traceID: A UUID in any spelling.
    /// - Returns: ``TraceFreshness/unchecked`` for a trace that was not checked yet, and for what is no trace's id.
    /// - Throws: `PersistenceError`, `CancellationError`.
    public func freshness(of traceID: String) async throws -> TraceFreshness {
        try await self.freshness(of: [traceID])[traceID] ?? .unchecked
    }

    /// How old several traces are, for a list of them.
    ///
    /// - Parameter traceIDs: UUIDs in any spelling.
    /// - Returns: An answer under each of the ids as they were given.
    /// - Throws: `PersistenceError`, `CancellationError`.
    public func freshness(of traceIDs: [String]) async throws -> [String: TraceFreshness] {
        var found: [UUID: TraceFreshness] = [:]
        let ids = Array(Set(traceIDs.compactMap { UUID(sqlText: $0) }))
        var start = 0
        while start < ids.count {
            let page = ids[start..<min(start + Self.batch, ids.count)]
            let rows = try await self.database.query(
                """
                SELECT trace_id, grade, package, pinned, latest_version, reason, checked_at
                FROM trace_freshness WHERE trace_id IN \(list: page)
                """)
            for row in rows { found[try row.decode("trace_id")] = try TraceFreshness(row) }
            start += Self.batch
        }
        var answers: [String: TraceFreshness] = [:]
        for text in traceIDs { answers[text] = UUID(sqlText: text).flatMap { found[$0] } ?? .unchecked }
        return answers
    }
}
