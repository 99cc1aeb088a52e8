import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import Persistence
import StrictJSON
import Testing

@Suite("List of traces")
struct TraceListTests {
    private func ids(_ answer: ServiceAnswer) throws -> [String] {
        #expect(answer.status == .ok)
        return try #require(try answer.json.arrayValue).compactMap { $0["id"]?.stringValue }
    }

    @Test(
        "shows the newest first, by age if asked, without what was reported or removed, page by page",
        arguments: TestStore.allCases)
    func pages(_ kind: TestStore) async throws {
        try await CommonsService.with(kind) { service async throws in
            var shared: [String] = []
            for _ in 0..<9 { shared.append(try await service.share(tags: ["b", "a"])) }
            let stale = shared[..<4]
            try await service.database.transaction { connection in
                for id in stale { try connection.execute("UPDATE traces SET is_stale = \(true) WHERE id = \(id)") }
            }
            _ = try await service.post(
                "/api/v1/traces/\(shared[1])/flag", as: "voter", ["reason": "r", "category": "spam"])
            _ = try await service.send(.delete, "/api/v1/moderation/traces/\(shared[8])", as: "moderator")

            let all = try await service.send(.get, "/api/v1/traces", as: "voter")
            #expect(try self.ids(all) == [7, 6, 5, 4, 3, 2, 0].map { shared[$0] })
            let first = try #require(try all.json[0])
            #expect(
                first["tags"] == ["a", "b"] && first["freshness"]?["grade"] == "unknown" && first["accepted_amendment"] == nil)
            let listed = try await service.send(.get, "/api/v1/traces?stale=true", as: "voter")
            #expect(try self.ids(listed) == [3, 2, 0].map { shared[$0] })

            var (found, path, pages) = ([String](), "/api/v1/traces?stale=false&limit=2", 0)
            while true {
                let page = try await service.send(.get, path, as: "voter")
                found += try self.ids(page)
                pages += 1
                guard let next = page.headers[HTTPField.Name("X-Next-Cursor") ?? .age] else { break }
                path = "/api/v1/traces?stale=false&limit=2&cursor=\(next)"
                // What comes later is on no later page.
                _ = try await service.share()
                if pages == 1 {
                    for other in ["?stale=true&cursor=\(next)", "?cursor=\(next)", "?stale=false&cursor=\(next)x"] {
                        let refused = try await service.send(.get, "/api/v1/traces\(other)", as: "voter")
                        #expect(refused.status == .unprocessableContent && refused.detail?.contains("cursor") == true)
                    }
                }
            }
            #expect(found == [7, 6, 5, 4].map { shared[$0] } && pages == 2)
            for query in ["limit=0", "limit=51", "stale=maybe"] {
                let refused = try await service.send(.get, "/api/v1/traces?\(query)", as: "voter")
                #expect(refused.status == .unprocessableContent, "\(query)")
            }
            #expect(try await service.send(.get, "/api/v1/traces", as: nil).status == .unauthorized)
        }
    }
}
