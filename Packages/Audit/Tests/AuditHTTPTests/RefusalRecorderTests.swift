import Audit
@testable import AuditHTTP
import AuditMetrics
import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Persistence
import PrometheusMetrics
import StrictJSON
import Synchronization
import Testing

@Suite("Refusal recorder")
struct RefusalRecorderTests {
    private func refusal(_ caller: String? = nil, from address: String = "192.0.2.1") -> HTTPRefusal {
        HTTPRefusal(
            status: .unauthorized, code: .unauthorized, operation: "list", path: "/v1/audit/", method: .get,
            caller: caller.map { Caller(id: CallerID(unchecked: $0), kind: .gatewayCaller) }, clientAddress: IPAddress(address),
            requestID: "http-1")
    }

    @Test("leaves one record for each call that is turned away, and none for others", arguments: TestStore.allCases)
    func records(_ store: TestStore) async throws {
        try await AuditService.with(store, budget: ["audit": 4]) { service in
            try await service.fill(1)
            #expect(try await service.get("/v1/audit/").status == .ok)
            #expect(try await service.get("/v1/audit/none").status == .notFound)
            #expect(try await service.get("/v1/audit/?caller_id=canary", key: nil).status == .unauthorized)
            #expect(try await service.get("/v1/audit/", key: "canary").status == .unauthorized)
            #expect(try await service.get("/v1/audit/canary", key: AuditService.agentKey).status == .forbidden)
            #expect(try await service.get("/v1/audit/?limit=canary").status == .unprocessableContent)
            #expect(try await service.get("/v1/audit/?cursor=canary").status == .unprocessableContent)
            #expect(try await service.get("/v1/audit/").status == .tooManyRequests)
            let refusals = try await service.refusals()
            #expect(refusals.map { $0["status"]?.intValue } == [401, 401, 403, 422, 422, 429])
            #expect(refusals.map { $0["caller_id"]?.stringValue } == [nil, nil, "agent-1", "ada", "ada", "ada"])
            #expect(refusals[2]["path"] == "/v1/audit/{request_id}")
            #expect(refusals[2]["operation"] == "readAuditEvent")
            #expect(refusals[2]["error"] == "forbidden")
            #expect(refusals.allSatisfy { $0["client_address"] == "192.0.2.1" && $0["method"] == "GET" })
            #expect(!refusals.contains { $0.compactText.contains("canary") })
            #expect(service.recorder.counts == RefusalRecorder.Counts(recorded: 6, overBudget: 0, failed: 0))
        }
    }

    @Test("does not change the answer when nothing can be recorded")
    func failing() async throws {
        let recorder = RefusalRecorder(perCaller: 60, perAddress: 60, overall: 100, now: { .now }) { _ in .refused(.overloaded) }
        await recorder.note(self.refusal())
        #expect(recorder.counts == RefusalRecorder.Counts(recorded: 0, overBudget: 0, failed: 1))
    }

    @Test("bounds what one subject and all together leave, and tells how many are missing")
    func budget() async throws {
        let records = Mutex<[AuditRecord]>([])
        let time = Mutex(ContinuousClock.now)
        let recorder = RefusalRecorder(perCaller: 3, perAddress: 3, overall: 8, now: { time.withLock { $0 } }) { record in
            records.withLock { $0.append(record) }
            return .durable
        }
        for _ in 0..<10 { await recorder.note(self.refusal()) }
        // Addresses of one network are one subject, callers are others.
        for number in 0..<5 { await recorder.note(self.refusal(from: "2001:db8::\(number)")) }
        for number in 0..<5 { await recorder.note(self.refusal("caller-\(number)")) }
        #expect(records.withLock { $0.count } == 3 + 3 + 2)
        #expect(recorder.counts.overBudget == 12)
        #expect(records.withLock { $0[3].details["unrecorded"] } == 7)
        time.withLock { $0 = $0 + .seconds(61) }
        await recorder.note(self.refusal())
        #expect(records.withLock { $0.last?.details["unrecorded"] } == 3)
        #expect(records.withLock { $0.count } == 9)
    }

    @Test("tells what is over the budget though nobody comes any more, by subject, and once")
    func summary() async throws {
        let records = Mutex<[AuditRecord]>([])
        let isAway = Mutex(false)
        let recorder = RefusalRecorder(perCaller: 3, perAddress: 3, overall: 1_000, now: { .now }) { record in
            if isAway.withLock({ $0 }) { return .refused(.unavailable) }
            records.withLock { $0.append(record) }
            return .durable
        }
        for _ in 0..<10 { await recorder.note(self.refusal()) }
        for _ in 0..<5 { await recorder.note(self.refusal("agent-1")) }
        // That record told of the seven before it.
        #expect(records.withLock { $0[3].details["unrecorded"] } == 7)
        await recorder.recordUnrecorded()
        let last = try #require(records.withLock { $0.last })
        #expect(last.kind == .refusal)
        #expect(last.details == ["unrecorded": 2, "unrecorded_by": ["caller gateway_caller agent-1": 2]])
        let count = records.withLock { $0.count }
        await recorder.recordUnrecorded()
        #expect(records.withLock { $0.count } == count)
        // Names are bounded, the count is not; and what could not be told is told later.
        isAway.withLock { $0 = true }
        for number in 0..<40 { for _ in 0..<4 { await recorder.note(self.refusal("many-\(number)")) } }
        await recorder.recordUnrecorded()
        #expect(records.withLock { $0.count } == count)
        isAway.withLock { $0 = false }
        await recorder.recordUnrecorded()
        let summary = try #require(records.withLock { $0.last })
        #expect(summary.details["unrecorded"] == 160)
        #expect(summary.details["unrecorded_by"]?.objectValue?.count == 32)
    }

    @Test("tells it when the server ends")
    func shutdown() async throws {
        let records = Mutex<[AuditRecord]>([])
        let recorder = RefusalRecorder(perCaller: 5, perAddress: 1, overall: 1_000, now: { .now }) { record in
            records.withLock { $0.append(record) }
            return .durable
        }
        for _ in 0..<3 { await recorder.note(self.refusal()) }
        // A known caller may leave more.
        for _ in 0..<3 { await recorder.note(self.refusal("agent-1")) }
        for _ in 0..<2 { await recorder.note(self.refusal()) }
        let running = Task { await recorder.run() }
        running.cancel()
        await running.value
        #expect(records.withLock { $0.map { $0.details["unrecorded"] } } == [nil, 2, nil, nil, 2])
    }

    @Test("shows in the metrics and in the health of the journal")
    func metrics() async throws {
        try await AuditService.with(.sqlite) { service in
            let registry = PrometheusRegistry()
            try JournalMetrics.register(service.journal, in: registry)
            try JournalMetrics.register(service.recorder, in: registry)
            #expect(try await service.get("/v1/audit/", key: nil).status == .unauthorized)
            try await service.fill(1)
            #expect(await service.journal.record(.intent(AuditRequestID(unchecked: ""))) == .refused(.invalidRequestID))
            let text = String(decoding: registry.render(), as: UTF8.self)
            for line in [
                #"gatehouse_audit_records_total{answer="durable",kind="decision"} 1.0"#,
                #"gatehouse_audit_records_total{answer="durable",kind="refusal"} 1.0"#,
                #"gatehouse_audit_records_total{answer="invalid_request_id",kind="intent"} 1.0"#,
                #"gatehouse_audit_refusals_total{answer="recorded"} 1.0"#,
                "gatehouse_audit_spool_depth 0.0", "gatehouse_audit_spool_bytes 0.0", "gatehouse_audit_spool_age_seconds 0.0",
                "gatehouse_audit_waiting 0.0", "gatehouse_audit_files_put_aside 0.0", "gatehouse_audit_head_age_seconds ",
            ] {
                #expect(text.contains(line), "\(line) in \(text)")
            }
            let finding = try await service.journal.healthCheck.probe()
            #expect(finding.state == .healthy)
            #expect(finding.details.isEmpty)
        }
    }
}

extension JSONValue {
    fileprivate var compactText: String { String(decoding: self.compactBytes(), as: UTF8.self) }
}
