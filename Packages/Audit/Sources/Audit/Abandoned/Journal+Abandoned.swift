import Persistence
import StrictJSON

extension Journal {
    /// Requests of writers that are gone, which began and have no end, those of one writer together.
    ///
    /// A writer is gone when it said so at its end, when this process has found its files in its folder and emptied its spool,
    /// or when the database has not heard of it for ``JournalConfiguration/writerLease``. A living server that cannot reach
    /// the database for so long is taken for gone; its own records come later all the same, and its event then stands beside
    /// the one that says `UNKNOWN`, under the id `REQUEST~WRITER.SEQUENCE`.
    ///
    /// - Parameter limit: How many, 1 to 1 000; default 100.
    /// - Returns: The first ones in the order of writer and request. Costs as much as there are requests open at all
    ///   servers, and not more with a longer journal.
    /// - Throws: `PersistenceError`.
    public func abandonedRequests(limit: Int = 100) async throws -> [OpenRequest] {
        try await self.readAbandoned(limit)
    }

    /// Records the outcome `unknown` for requests of writers that are gone, made of the drafts of their intents.
    ///
    /// Each gets its end once, whatever the number of servers that do this at the same time. Call it after the start and every
    /// minute or so; cancelling it ends it between two requests.
    ///
    /// - Parameter limit: The most requests, 1 to 1 000; default 1 000.
    /// - Throws: `PersistenceError` when the list cannot be read; `CancellationError`.
    @discardableResult
    public func closeAbandoned(limit: Int = 1_000) async throws -> AbandonedReport {
        try await self.closeAbandoned(limit: limit) { $0.unknownEvent() }
    }

    /// Does the same with events that the caller makes, for intents without a draft.
    ///
    /// - Parameter event: The event of a request, or nil to leave it open.
    @discardableResult
    public func closeAbandoned(
        limit: Int = 1_000, event: (OpenRequest) async throws -> AuditEvent?
    ) async throws -> AbandonedReport {
        let limit = min(max(limit, 1), 1_000)
        var report = AbandonedReport()
        let requests = try await self.readAbandoned(limit)
        report.hasMore = requests.count == limit
        for request in requests {
            try Task.checkCancellation()
            guard var event = try await event(request) else {
                report.withoutDraft += 1
                continue
            }
            event.requestID = request.eventID
            let record = AuditRecord(
                kind: .outcome, outcome: .unknown, requestID: event.requestID, details: ["reason": "the server ended"],
                event: event, abandonedBy: request.writer)
            switch await self.record(record, openID: request.requestID) {
            case .durable, .spooled: report.closed += 1
            case .refused(.closedElsewhere), .refused(.requestIDTaken): report.closedElsewhere += 1
            case .refused: report.refused += 1
            }
        }
        return report
    }

    private func readAbandoned(_ limit: Int) async throws -> [OpenRequest] {
        let lease = self.configuration.writerLease
        let rows = try await self.database.query(
            """
            SELECT request.writer AS writer, request.request_id AS request_id, request.sequence AS sequence,
                request.taken_at AS taken_at, taken.writer AS owner,
                record.recorded_at AS recorded_at, record.kind AS kind, record.body AS body,
                record.previous_hash AS previous_hash, record.hash AS hash
            FROM audit_open_requests AS request
            LEFT JOIN audit_writers AS process ON process.writer = request.writer
            LEFT JOIN audit_requests AS taken ON taken.request_id = request.request_id
            LEFT JOIN audit_journal AS record ON record.writer = request.writer AND record.sequence = request.sequence
            WHERE request.writer <> \(self.writer) AND (
                process.ended_at IS NOT NULL
                OR coalesce(process.seen_at, request.taken_at) < \(self.leaseBorder(lease)))
            ORDER BY request.writer, request.request_id LIMIT \(min(max(limit, 1), 1_000))
            """)
        return try rows.map { row in
            let key = OpenRequest.Key(
                writer: try row.decode("writer"), requestID: AuditRequestID(unchecked: try row.decode("request_id")),
                sequence: try row.decode("sequence"), time: try row.decode("taken_at"))
            let entry = JournalEntry(row, writer: key.writer, sequence: key.sequence)
            let record = entry.flatMap { $0.isIntact ? try? AuditRecord(body: $0.body) : nil }
            return OpenRequest(
                writer: key.writer, requestID: key.requestID, beganAt: key.time, details: record?.details ?? [:],
                draft: record?.draft, key: key, ownsID: try row.decode("owner", as: String?.self) == key.writer)
        }
    }
}
