import DatabaseTestSupport
import ProgramTestSupport
import TestKit
import Testing

@Suite("The command seed")
struct SeedTests {
    private static let noPolicy = "no policies/default.yaml: a server without policy files denies every call of a tool"

    @Test("loads and checks the policy, says what it lets whom do, and what is wrong with it")
    func policy() async throws {
        try await withTestPlace(on: .sqlite) { place in
            #expect(try await Programs.migrator("upgrade", in: place.folder).isSuccess)
            let told = try await runProcess(
                Programs.migrator, arguments: ["seed"], environment: Programs.environment(["POLICY_DIR": shippedPolicies]),
                workingDirectory: place.folder)
            #expect(told.isSuccess, "\(told.standardError.text)")
            let text = told.standardOutput.text
            #expect(text.contains("default.yaml: no fault; "))
            let common = "builtin.disk_cleanup ALLOW (allow-built-in-tools), builtin.health_check ALLOW (allow-built-in-tools)"
            let denied = "builtin.log_collector DENY (deny-all-default)"
            let read = "fs.read ALLOW if the arguments fit (allow-fs-read-authorized)"
            #expect(text.contains("  developer in dev: \(common), \(denied), \(read), fs.write ALLOW if"))
            #expect(text.contains("  analyst in prod: \(common), \(denied), \(read), fs.write DENY"))
            #expect(text.contains("  admin in prod: \(common), builtin.log_collector ALLOW (allow-log-collector-admins), "))
            #expect(text.contains("fs.write APPROVAL_REQUIRED if the arguments fit (approve-fs-write-prod)"))
            try SettingsTests.write("version: \"1.0\"\nname: x\nrulez: []\n", to: "\(place.folder)/default.yaml")
            let refused = try await runProcess(
                Programs.migrator, arguments: ["seed"], environment: Programs.environment(["POLICY_DIR": place.folder]),
                workingDirectory: place.folder)
            #expect(refused.termination == .exited(1))
            #expect(refused.standardError.text.contains("default.yaml:3:"))
        }
    }

    @Test(
        "makes the two gateway callers, prints each key once, and keeps bcrypt and a digest (S3-2, S3-19)",
        arguments: TestStore.allCases)
    func seeds(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            if store == .sqlite { #expect(try await Programs.migrator("upgrade", in: place.folder).isSuccess) }
            let first = try await Programs.migrator("seed", in: place.folder)
            #expect(first.isSuccess, "\(first.standardError.text)")
            let lines = first.standardOutput.lines
            #expect(lines.count == 5)
            #expect(lines.last == Self.noPolicy)
            #expect(lines.first == "made dev-agent, role developer, trust 2, environment dev")
            #expect(lines.dropFirst(2).first == "made dashboard-admin, role admin, trust 4, environment dev")
            let keys = lines.compactMap { $0.wholeMatch(of: #/  key, not shown again: (gth_\w{46})/#).map { String($0.1) } }
            #expect(Set(keys).count == 2)

            let rows = try await place.query(
                "SELECT caller_id, role, trust_level, environment, org_id, substr(key_hash, 1, 7) FROM api_keys ORDER BY id")
            #expect(
                rows == [
                    "dev-agent|developer|2|dev|default|$2b$12$", "dashboard-admin|admin|4|dev|default|$2b$12$",
                ])
            let owners = "SELECT owner_id FROM caller_keys WHERE owner_kind = 'gateway_caller' ORDER BY owner_id"
            #expect(try await place.query(owners) == ["dashboard-admin", "dev-agent"])
            let dump = try await place.dump()
            for key in keys { #expect(!dump.contains(key.suffix(40))) }

            let again = try await Programs.migrator("seed", in: place.folder)
            #expect(again.isSuccess)
            #expect(again.standardOutput.lines == ["dev-agent exists already", "dashboard-admin exists already", Self.noPolicy])
            #expect(try await place.dump() == dump, "the second run changes nothing")

            try await withServer(in: place) { server async throws in
                for key in keys { #expect(try await server.client.send("GET", "/api/v1/keys/verify", key: key).status == 200) }
                // Publishing is open to every key: it gets a user to share as.
                let shared = try await server.client.send(
                    "POST", "/api/v1/traces", key: keys.first, body: RunningServer.trace)
                #expect(shared.status == 202, "\(shared.text)")
            }
        }
    }

    @Test("two at once make each caller once", arguments: TestStore.allCases)
    func together(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            if store == .sqlite { #expect(try await Programs.migrator("upgrade", in: place.folder).isSuccess) }
            async let one = Programs.migrator("seed", in: place.folder)
            async let two = Programs.migrator("seed", in: place.folder)
            let results = try await [one, two]
            #expect(results.allSatisfy { $0.isSuccess }, "\(results.map(\.standardError.text))")
            let lines = results.flatMap(\.standardOutput.lines)
            for caller in ["dev-agent", "dashboard-admin"] {
                #expect(lines.filter { $0.hasPrefix("made \(caller),") }.count == 1)
                #expect(lines.filter { $0 == "\(caller) exists already" }.count == 1)
            }
            #expect(lines.filter { $0.contains("gth_") }.count == 2)
            #expect(try await place.query("SELECT count(*) FROM api_keys") == ["2"])
        }
    }

    @Test("wants the newest schema, and changes nothing before", arguments: TestStore.allCases)
    func behind(on store: TestStore) async throws {
        try await withTestPlace(on: store, isMigrated: false) { place in
            let result = try await Programs.migrator("seed", in: place.folder)
            #expect(result.termination == .exited(1))
            #expect(result.standardError.lines.count == 1)
            #expect(result.standardError.text.hasPrefix("migrator: the schema is behind, it lacks commons:a1b2c3d4e5f6"))
            #expect(result.standardError.text.contains("run \"migrator upgrade\" first"))
            #expect(result.standardOutput.bytes.isEmpty)
        }
    }
}
