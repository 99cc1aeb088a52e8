import ContentScreeningTestSupport
import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import SecretScanning
import StrictJSON
import Testing

@Suite("Texts with credentials")
struct RefusedTextTests {
    /// The fields of a trace that keep text, and how a text is put into each.
    static let fields: [(name: String, loc: JSONValue, value: @Sendable (String) -> JSONValue)] = [
        ("title", ["body", "title"], { .string($0) }),
        ("context_text", ["body", "context_text"], { .string($0) }),
        ("solution_text", ["body", "solution_text"], { .string($0) }),
        ("tags", ["body", "tags", 1], { ["kept", .string($0)] }),
        ("agent_model", ["body", "agent_model"], { .string($0) }),
        ("agent_version", ["body", "agent_version"], { .string($0) }),
        ("metadata_json", ["body", "metadata_json"], { ["library": .string($0)] }),
        ("metadata_json", ["body", "metadata_json"], { .object(JSONObject([($0, .string("a key"))])) }),
        ("metadata_json", ["body", "metadata_json"], { ["deep": [["within": [1, .string($0)]]]] }),
    ]

    static func body(_ members: [(String, JSONValue)]) -> JSONValue {
        var all: [(String, JSONValue)] = [("title", "t"), ("context_text", "c"), ("solution_text", "s")]
        all.removeAll { member in members.contains { $0.0 == member.0 } }
        return .object(JSONObject(all + members))
    }

    private static func post(
        _ body: JSONValue, to service: TraceService, headers: HTTPFields = TraceService.headers
    ) async throws -> ServiceAnswer {
        try await service.http.answer(.post, "/api/v1/traces", json: body, headers: headers)
    }

    @Test(
        "are refused under the name of what is found, and nothing is stored", arguments: ContractLine.flagged, TestStore.allCases
    )
    func flagged(_ line: ContractLine, on store: TestStore) async throws {
        let type = try #require(line.type)
        try await TraceService.with(store) { service async throws in
            for field in ["title", "context_text", "solution_text"] {
                let text = line.text()
                let answer = try await Self.post(Self.body([(field, .string("before\n\(text)\nafter"))]), to: service)
                #expect(answer.status == .unprocessableContent)
                let json = try answer.json
                let detail = try #require(json["detail"]?.stringValue)
                #expect(detail.hasPrefix("Content rejected: "))
                let types = detail.dropFirst("Content rejected: ".count).split(separator: ", ").map(String.init)
                #expect(types.contains(type) && types == Set(types).sorted(), "\(detail)")
                #expect(json["error"] == "validation_error" && json["status"] == 422)
                #expect(!String(decoding: answer.body, as: UTF8.self).contains(text))
            }
            #expect(try await service.count("traces") == 0)
        }
    }

    @Test("are told from what is none", arguments: ContractLine.passed, TestStore.allCases)
    func passed(_ line: ContractLine, on store: TestStore) async throws {
        try await TraceService.with(store) { service async throws in
            let text = JSONValue.string(line.text())
            for field in ["title", "context_text", "solution_text"] {
                #expect(try await Self.post(Self.body([(field, text)]), to: service).status == .accepted)
            }
            #expect(try await service.count("traces") == 3)
        }
    }

    @Test("are refused in every field, plain and encoded", arguments: Canary.Layer.allCases, TestStore.allCases)
    func everyField(_ layer: Canary.Layer, on store: TestStore) async throws {
        try await TraceService.with(store) { service async throws in
            for (number, field) in Self.fields.enumerated() {
                let text = Canary(seed: UInt64(number) + 1).text(in: layer)
                let answer = try await Self.post(Self.body([(field.name, field.value(text))]), to: service)
                #expect(answer.status == .unprocessableContent, "\(field.name) \(number)")
                #expect(try answer.json["detail"] == "Content rejected: AWS Access Key", "\(field.name) \(number)")
                #expect(
                    try answer.json["errors"] == [
                        [
                            "loc": field.loc, "msg": "Holds what may be a secret: AWS Access Key",
                            "type": "content_rejected",
                        ]
                    ])
            }
            for table in ["traces", "tags", "trace_tags"] { #expect(try await service.count(table) == 0, "\(table)") }
        }
    }

    @Test("name all types once in their order, and every field", arguments: TestStore.allCases)
    func severalTypes(on store: TestStore) async throws {
        try await TraceService.with(store) { service async throws in
            let (token, key) = (ExampleTemplate("ghp_⟨a36⟩").text(seed: 1), Canary(seed: 1).secret)
            let answer = try await Self.post(
                Self.body([
                    ("solution_text", .string("\(token) and \(key)")), ("context_text", .string(token)),
                    ("metadata_json", ["password": .string("hunt" + "er22")]),
                ]), to: service)
            #expect(try answer.json["detail"] == "Content rejected: AWS Access Key, GitHub Token, Secret Keyword")
            let fields = try answer.json["errors"]?.arrayValue?.map { $0["loc"]?[1] ?? .null }
            #expect(fields == ["context_text", "solution_text", "metadata_json"])
        }
    }

    @Test("consume the limit, and are not looked at without a caller or beyond the limit", arguments: TestStore.allCases)
    func order(on store: TestStore) async throws {
        let limits = CountingLimits(["write": 2])
        try await TraceService.with(store, limits: limits) { service async throws in
            let body = Self.body([("title", .string(Canary(seed: 1).secret))])
            for headers in [HTTPFields(), [.authorization: "Bearer wrong"]] {
                #expect(try await Self.post(body, to: service, headers: headers).status == .unauthorized)
            }
            #expect(limits.charged == [])
            #expect(try await Self.post(body, to: service).status == .unprocessableContent)
            #expect(try await Self.post(body, to: service).status == .unprocessableContent)
            #expect(try await Self.post(body, to: service).status == .tooManyRequests)
            #expect(limits.charged == ["write", "write", "write"])
            #expect(service.contentMetrics.contains(#"gatehouse_content_screenings_total{outcome="refused"} 2.0"#))
        }
    }

    @Test("are not looked for in what has another shape, which is not stored either", arguments: TestStore.allCases)
    func invalid(on store: TestStore) async throws {
        try await TraceService.with(store) { service async throws in
            let secret = JSONValue.string(Canary(seed: 1).secret)
            let answer = try await Self.post(["title": secret, "context_text": 5], to: service)
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.json["errors"]?[0]?["type"] == "string_type")
            #expect(!String(decoding: answer.body, as: UTF8.self).contains(Canary(seed: 1).secret))
            // A member that is not declared is dropped.
            let extra = try await Self.post(Self.body([("watch_condition", secret)]), to: service)
            #expect(extra.status == .accepted)
            #expect(service.contentMetrics.contains(#"gatehouse_content_screenings_total{outcome="admitted"} 1.0"#))
            #expect(service.contentMetrics.contains(#"gatehouse_content_screenings_total{outcome="refused"} 0.0"#))
        }
    }

    @Test("are refused when they cannot be looked through completely, and the reason is told", arguments: TestStore.allCases)
    func incomplete(on store: TestStore) async throws {
        try await TraceService.with(store) { service async throws in
            let text = String(repeating: "ann@corp.de ", count: 30_000)
            let answer = try await Self.post(Self.body([("tags", [.string(text)])]), to: service)
            #expect(answer.status == .unprocessableContent)
            #expect(try answer.json["detail"] == "Content rejected: Incomplete Scan")
            #expect(try answer.json["message"]?.stringValue?.contains("shorten or split") == true)
            #expect(try answer.json["errors"]?[0]?["loc"] == ["body", "tags", 0])
            #expect(try answer.json["errors"]?[0]?["msg"]?.stringValue?.contains("shorten or split") == true)
            #expect(service.contentMetrics.contains(#"gatehouse_content_screenings_total{outcome="incomplete"} 1.0"#))
            #expect(try await service.count("traces") == 0)
        }
    }

    @Test("are counted by type, and personal data is told and never refused", arguments: TestStore.allCases)
    func counted(on store: TestStore) async throws {
        try await TraceService.with(store) { service async throws in
            let personal = Self.body([
                ("context_text", .string("mail anna@corp.de or card 4111 1111 1111 " + "1111")), ("agent_model", "jo@corp.de"),
            ])
            let accepted = try await Self.post(personal, to: service)
            #expect(accepted.status == .accepted)
            #expect(try accepted.json["warnings"] == ["Email Address", "Payment Card"])
            let plain = try await Self.post(Self.body([]), to: service)
            #expect(try plain.json.objectValue?.map(\.key) == ["id", "status", "message"])
            let secret = Canary(seed: 1).secret
            _ = try await Self.post(
                Self.body([("title", .string(secret)), ("tags", ["ann@corp.de", .string(secret)])]), to: service)
            for line in [
                #"gatehouse_content_findings_total{action="reported",group="pii",type="Email Address"} 3.0"#,
                #"gatehouse_content_findings_total{action="reported",group="pii",type="Payment Card"} 1.0"#,
                #"gatehouse_content_findings_total{action="blocked",group="compatible",type="AWS Access Key"} 2.0"#,
                #"gatehouse_content_screenings_total{outcome="admitted"} 2.0"#,
                #"gatehouse_content_screenings_total{outcome="refused"} 1.0"#,
                #"gatehouse_content_screenings_total{outcome="incomplete"} 0.0"#,
            ] {
                #expect(service.contentMetrics.contains(line), "\(line)")
            }
        }
    }

    @Test("are judged by certainty in the other mode: quoted digests pass, tokens do not", arguments: TestStore.allCases)
    func otherMode(on store: TestStore) async throws {
        for (mode, status) in [(ScanMode.compatible, HTTPResponse.Status.unprocessableContent), (.default, .accepted)] {
            try await TraceService.with(store, mode: mode) { service async throws in
                let digest = JSONValue.string(ExampleTemplate("sha = \"⟨h64⟩\"").text(seed: 1))
                #expect(try await Self.post(Self.body([("solution_text", digest)]), to: service).status == status)
                let token = JSONValue.string(ExampleTemplate("ghp_⟨crc36⟩").text(seed: 1))
                let answer = try await Self.post(Self.body([("solution_text", token)]), to: service)
                #expect(answer.status == .unprocessableContent)
            }
        }
    }
}
