import Audit
import DatabaseTestSupport
import Identity
import Persistence
import TestKit
import Testing

@Suite("Trail")
struct AuditTrailTests {
    /// Events of two organisations, several of them at one time.
    private func fill(_ fixture: AuditFixture) async throws -> [AuditEvent] {
        let start = Timestamp.now()
        let events = (0..<60).map { number in
            fixture.event("req-\(number)") { event in
                event.timestamp = start.advanced(by: .seconds(number / 3))
                event.callerID = "agent-\(number % 4)"
                event.decision = number % 5 == 0 ? "DENY" : "ALLOW"
                event.toolName = number % 2 == 0 ? "fs.read" : "sql.query"
                event.organisation = OrganisationID(unchecked: number % 10 == 9 ? "other" : "acme")
            }
        }
        try await fixture.withJournal { journal in
            for event in events { #expect(await journal.record(.decision(closing: event, takesRequestID: true)) == .durable) }
        }
        return events
    }

    private let acme = OrganisationID(unchecked: "acme")

    @Test("S3-11: finds events by request, caller, decision, tool and time, the newest first", arguments: TestStore.allCases)
    func filters(_ store: TestStore) async throws {
        try await AuditFixture.with(store) { fixture in
            let events = try await self.fill(fixture)
            let trail = AuditTrail(database: fixture.database, keyring: fixture.keyring)
            #expect(try await trail.event(of: events[7].requestID, organisation: self.acme) == events[7])
            #expect(try await trail.event(of: events[9].requestID, organisation: self.acme) == nil)
            #expect(try await trail.event(of: events[9].requestID, organisation: nil) == events[9])
            #expect(try await trail.event(of: AuditRequestID(unchecked: "nobody\0"), organisation: nil) == nil)
            let ours = Array(events.filter { $0.organisation == self.acme }.reversed())
            let cases: [(AuditQuery, (AuditEvent) -> Bool)] = [
                (.newest(of: self.acme), { _ in true }),
                (.caller("agent-1", of: self.acme), { $0.callerID == "agent-1" }),
                (.decision("DENY", of: self.acme), { $0.decision == "DENY" }),
                (AuditQuery(organisation: self.acme, toolName: "fs.read"), { $0.toolName == "fs.read" }),
                (
                    AuditQuery(organisation: self.acme, from: events[10].timestamp, until: events[40].timestamp),
                    { $0.timestamp >= events[10].timestamp && $0.timestamp < events[40].timestamp }
                ),
            ]
            for (query, isWanted) in cases {
                let expected = ours.filter(isWanted)
                #expect(try await trail.events(query).events == Array(expected.prefix(query.limit)))
                var paged = query
                paged.limit = 7
                var found: [AuditEvent] = []
                repeat {
                    let page = try await trail.events(paged)
                    #expect(page.events.count <= 7)
                    found += page.events
                    paged.cursor = page.next
                } while paged.cursor != nil
                #expect(found == expected)
            }
            #expect(try await trail.events(.newest(of: nil)).events.count == 60)
            let skipped = try await trail.events(.caller("agent-2", of: self.acme, offset: 3)).events
            #expect(skipped == Array(ours.filter { $0.callerID == "agent-2" }.dropFirst(3)))
            #expect(AuditQuery.newest(of: nil).limit == 100)
            #expect(AuditQuery.caller("", of: nil).limit == 50)
            #expect(AuditQuery.decision("", of: nil).limit == 50)
        }
    }

    @Test("refuses cursors with any bit changed, and those of other queries")
    func cursors() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            _ = try await self.fill(fixture)
            let trail = AuditTrail(database: fixture.database, keyring: fixture.keyring)
            var query = AuditQuery(organisation: self.acme, limit: 5)
            let next = try #require(try await trail.events(query).next)
            var bad = ["", "x", next + "A", String(next.dropLast()), String(repeating: "A", count: 10_000), next + "="]
            for index in next.utf8.indices {
                for bit in 0..<7 {
                    var bytes = Array(next.utf8)
                    bytes[next.utf8.distance(from: next.utf8.startIndex, to: index)] ^= 1 << bit
                    bad.append(String(decoding: bytes, as: UTF8.self))
                }
            }
            for text in bad {
                query.cursor = text
                let error = await #expect(throws: AuditError.self) { try await trail.events(query) }
                #expect(error?.code == .invalidCursor)
            }
            query.cursor = next
            query.limit = 9
            #expect(try await trail.events(query).events.count == 9)
            for change in [
                { (query: inout AuditQuery) in query.organisation = OrganisationID(unchecked: "other") },
                { $0.organisation = nil }, { $0.callerID = "agent-1" }, { $0.from = .epoch },
            ] {
                var other = query
                change(&other)
                let error = await #expect(throws: AuditError.self) { try await trail.events(other) }
                #expect(error?.code == .invalidCursor)
            }
        }
    }

    @Test("has a hard maximum, and refuses what no list is asked for")
    func bounds() async throws {
        try await AuditFixture.with(.sqlite) { fixture in
            let trail = AuditTrail(database: fixture.database, keyring: fixture.keyring)
            for query in [
                AuditQuery(organisation: nil, limit: 201), AuditQuery(organisation: nil, limit: 0),
                AuditQuery(organisation: nil, limit: .min), AuditQuery(organisation: nil, offset: -1),
                AuditQuery(organisation: nil, offset: .max), AuditQuery(organisation: nil, callerID: "a\0"),
                AuditQuery(organisation: nil, toolName: String(repeating: "x", count: 256)),
                AuditQuery(organisation: nil, offset: 1, cursor: "x"),
            ] {
                let error = await #expect(throws: AuditError.self) { try await trail.events(query) }
                #expect(error?.code == .invalidQuery)
            }
            let none = try await trail.events(AuditQuery(organisation: nil, limit: 200)).events
            #expect(none == [])
        }
    }
}
