import Foundation
import ProgramTestSupport
import TestKit
import Testing

@Suite("Generated files")
struct GeneratedFilesTests {
    @Test(".env.example is what check-config prints")
    func environmentExample() async throws {
        let printed = try await self.print("--example")
        #expect(try Self.text(of: ".env.example") == printed, "renew it: api-server check-config --example > .env.example")
    }

    @Test("docs/settings.md holds what check-config prints")
    func settingsPage() async throws {
        let printed = try await self.print("--markdown")
        #expect(
            try Self.text(of: "docs/settings.md").hasSuffix("\n\n" + printed),
            "renew its tables: api-server check-config --markdown")
    }

    private func print(_ flag: String) async throws -> String {
        try await withTemporaryDirectory { folder in
            let result = try await Programs.apiServer("check-config", flag, in: folder)
            #expect(result.isSuccess)
            return result.standardOutput.text
        }
    }

    private static func text(of path: String) throws -> String {
        try String(contentsOf: Programs.repository.appending(path: path), encoding: .utf8)
    }
}
