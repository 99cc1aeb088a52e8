import Foundation
import DatabaseTestSupport
import ProgramTestSupport
import SchemasTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Texts that look like SQL")
struct HostileTextTests {
    private static let settings = ["RATE_LIMIT_ENABLED": "false"]

    @Test("come back as data from every field that keeps text", arguments: TestStore.allCases)
    func kept(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            let user = try await server.makeUser()
            var sent = Columns()
            for text in HostileTexts.all {
                let scalars = text.unicodeScalars.count
                let name = try await server.client.send("POST", "/api/v1/keys", body: Self.json(["display_name": .string(text)]))
                #expect(name.status == 201, "\(text.debugDescription): \(name.text)")
                sent.names.insert(text)
                let email = try await server.client.send(
                    "POST", "/api/v1/keys", body: Self.json(["email": .string("\(text)@x.example")]))
                #expect([201, 422].contains(email.status), "\(text.debugDescription): \(email.text)")

                var draft: [String: JSONValue] = [
                    "title": .string(text), "context_text": .string(text), "solution_text": .string(text),
                    "tags": .array([.string(text), "kept"]), "agent_model": .string(text),
                    "metadata_json": .object(JSONObject([(text, .string(text)), ("nested", .array([.string(text)]))])),
                ]
                sent.models.insert(text)
                if scalars <= 50 {
                    draft["agent_version"] = .string(text)
                    sent.versions.insert(text)
                }
                let made = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: Self.json(draft))
                #expect(made.status == 202, "\(text.debugDescription): \(made.text)")
                guard made.status == 202 else { continue }
                let read = try await server.client.send("GET", "/api/v1/traces/\(try made.string("id"))", key: user.key)
                for field in ["title", "context_text", "solution_text"] {
                    #expect(Array(try read.string(field).utf8) == Array(text.utf8), "\(field) \(text.debugDescription)")
                }
                let tags = try read.json()["tags"]?.arrayValue?.compactMap(\.stringValue) ?? []
                #expect(tags.contains("kept") && tags.count <= 2)
            }
            #expect(try await Columns(in: server.place) == sent)
            try await Self.expectIntact(server)
        }
    }

    @Test("do nothing in a path, a query, a key or a header", arguments: TestStore.allCases)
    func asked(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            let user = try await server.makeUser()
            for text in HostileTexts.all {
                let escaped = text.utf8.map { "%" + String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                let id = try await server.client.send("GET", "/api/v1/traces/\(escaped)", key: user.key)
                #expect([400, 404, 422].contains(id.status), "\(text.debugDescription): \(id.text)")
                let query = try await server.client.send("GET", "/api/v1/keys/verify?q=\(escaped)", key: user.key)
                #expect(query.status == 200)
                // What cannot stand in a header field at all would test the parser only.
                guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }) else { continue }
                for fields in [["X-API-Key: \(text)"], ["Authorization: Bearer \(text)"], ["X-API-Key: gth_\(text)"]] {
                    #expect(try await server.client.send("GET", "/api/v1/keys/verify", fields: fields).status == 401, "\(fields)")
                }
                let header = try await server.client.send(
                    "GET", "/api/v1/keys/verify", fields: ["X-Request-ID: \(text)", "User-Agent: \(text)"], key: user.key)
                #expect(header.status == 200)
            }
            try await Self.expectIntact(server)
        }
    }

    @Test("are refused when they are longer than their column, never with 500", arguments: TestStore.allCases)
    func tooLong(on store: TestStore) async throws {
        try await withServer(on: store, settings: Self.settings) { server in
            let user = try await server.makeUser()
            // Each of these is several bytes, and one of them two characters to some counts.
            for letter in ["a", "\u{E9}", "\u{1F600}", "e\u{301}"] {
                for (field, limit) in [("email", 255), ("display_name", 100)] {
                    for length in [limit, limit + 1] {
                        let text =
                            Self.text(of: letter, scalars: field == "email" ? length - 2 : length)
                            + (field == "email" ? "@x" : "")
                        let body = Self.json([field: .string(text)])
                        let answer = try await server.client.send("POST", "/api/v1/keys", body: body)
                        #expect(answer.status == (length == limit ? 201 : 422), "\(field) \(length): \(answer.text)")
                    }
                }
                for (field, limit) in [
                    ("title", 500), ("context_text", 50_000), ("solution_text", 50_000), ("agent_model", 100),
                    ("agent_version", 50),
                ] {
                    for length in [limit, limit + 1] {
                        var draft: [String: JSONValue] = ["title": "t", "context_text": "c", "solution_text": "s"]
                        draft[field] = .string(Self.text(of: letter, scalars: length))
                        let answer = try await server.client.send(
                            "POST", "/api/v1/traces", key: user.key, body: Self.json(draft))
                        #expect(answer.status == (length == limit ? 202 : 422), "\(field) \(length): \(answer.text)")
                    }
                }
                let tags = JSONValue.array([.string(Self.text(of: letter, scalars: 5_000))])
                let draft: [String: JSONValue] = ["title": "t", "context_text": "c", "solution_text": "s", "tags": tags]
                let answer = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: Self.json(draft))
                #expect(answer.status == 202, "tags are cut: \(answer.text)")
            }
            for number in ["1e400", "-1e400", "123456789012345678901234567890.5", "1e-400"] {
                let body = #"{"title":"t","context_text":"c","solution_text":"s","metadata_json":{"n":\#(number)}}"#
                let answer = try await server.client.send("POST", "/api/v1/traces", key: user.key, body: body)
                #expect([202, 422].contains(answer.status), "\(number): \(answer.text)")
            }
            #expect(!server.log.contains("request failed"))
        }
    }

    private static func text(of letter: String, scalars: Int) -> String {
        let unit = letter.unicodeScalars.count
        return String(repeating: letter, count: scalars / unit) + String(repeating: "x", count: scalars % unit)
    }

    private static func json(_ members: [String: JSONValue]) -> String {
        JSONValue.object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })).description
    }

    private static func expectIntact(_ server: RunningServer) async throws {
        #expect(try await server.client.send("GET", "/readyz").status == 200)
        let tables = try await server.place.query(
            "SELECT (SELECT count(*) > 0 FROM users), (SELECT count(*) >= 0 FROM traces), (SELECT count(*) >= 0 FROM api_keys)")
        #expect([["1|1|1"], ["t|t|t"]].contains(tables))
        #expect(!server.log.contains("request failed"))
    }

    /// The texts in columns that no operation returns.
    private struct Columns: Equatable {
        var names: Set<String> = []
        var models: Set<String> = []
        var versions: Set<String> = []

        init() {}

        init(in place: TestPlace) async throws {
            self.names = try await Self.texts("display_name", of: "users", in: place)
            self.models = try await Self.texts("agent_model", of: "traces", in: place)
            self.versions = try await Self.texts("agent_version", of: "traces", in: place)
        }

        private static func texts(_ column: String, of table: String, in place: TestPlace) async throws -> Set<String> {
            let bytes = place.store == .postgres ? "encode(convert_to(\(column), 'UTF8'), 'hex')" : "lower(hex(\(column)))"
            let rows = try await place.query("SELECT \(bytes) FROM \(table) WHERE \(column) IS NOT NULL")
            return Set(
                rows.map { row in
                    let digits = Array(row)
                    let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
                        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
                    }
                    return String(decoding: bytes, as: UTF8.self)
                })
        }
    }
}
