import Foundation
import ProgramTestSupport
import TestKit
import Testing

@Suite("A server that cannot start")
struct StartFailureTests {
    @Test("says that the port is in use")
    func portInUse() async throws {
        try await withServer { server in
            let port = server.client.port
            let result = try await Programs.apiServer("--port", "\(port)", in: server.folder)
            #expect(result.termination == .exited(1))
            let last = try #require(result.standardError.lines.last)
            #expect(last.hasPrefix("api-server: cannot listen at 127.0.0.1, port \(port): "))
            #expect(last.contains("in use"))
            #expect(try await server.client.send("GET", "/readyz").status == 200)
        }
    }

    @Test("is not killed by a log that nobody reads any more")
    func closedLog() async throws {
        try await withServer { server in
            // Standard error is a pipe whose readers are gone before the program writes its first line.
            let script =
                #"mkfifo log && exec 3<>log 4>log 3<&- && exec "$0" serve --port "$1" --database-url sqlite:new.sqlite 2>&4"#
            let result = try await runProcess(
                "/bin/sh", arguments: ["-c", script, Programs.apiServer, "\(server.client.port)"],
                environment: Programs.environment([:]), workingDirectory: server.folder)
            // It came as far as the port, which is in use, with the schema made.
            #expect(result.termination == .exited(1))
        }
    }

    @Test("says that the address is not here")
    func foreignAddress() async throws {
        try await withTemporaryDirectory { folder in
            let result = try await Programs.apiServer("--port", "0", "--host", "192.0.2.1", in: folder)
            #expect(result.termination == .exited(1))
            #expect(result.standardError.lines.last?.hasPrefix("api-server: cannot listen at 192.0.2.1, port 0: ") == true)
        }
    }

    /// What may stand where the database should be.
    enum Damage: CaseIterable {
        case text, folder, brokenPages, missingParent
    }

    @Test("says that the database file cannot be used, and does not crash", arguments: Damage.allCases)
    func damagedDatabase(_ damage: Damage) async throws {
        try await withTemporaryDirectory { folder in
            var url = "sqlite:database"
            let path = "\(folder)/database"
            switch damage {
            case .text:
                try SettingsTests.write("these are not the bytes of a database", to: path)
            case .folder:
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            case .brokenPages:
                #expect(try await Programs.migrator("upgrade", "--database-url", url, in: folder).isSuccess)
                var bytes = try Data(contentsOf: URL(filePath: path))
                for index in 100..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
                try bytes.write(to: URL(filePath: path))
            case .missingParent:
                try SettingsTests.write("a file", to: path)
                url = "sqlite:database/inside.sqlite"
            }
            for program in [Programs.apiServer, Programs.migrator] {
                let arguments = program == Programs.migrator ? ["upgrade"] : ["--port", "0"]
                let result = try await runProcess(
                    program, arguments: arguments + ["--database-url", url], environment: Programs.environment([:]),
                    workingDirectory: folder)
                #expect(result.termination == .exited(1))
                #expect(result.standardError.lines.count == 1, "\(result.standardError.text)")
                #expect(result.standardError.text.contains("database"))
            }
        }
    }

    @Test("refuses a secret.key that others can read")
    func exposedSecret() async throws {
        try await withTemporaryDirectory { folder async throws in
            try FileManager.default.createDirectory(atPath: "\(folder)/var", withIntermediateDirectories: false)
            let path = "\(folder)/var/secret.key"
            let key = Data(repeating: 7, count: 32).base64EncodedString()
            try SettingsTests.write(key + "\n", to: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let result = try await Programs.apiServer("--port", "0", in: folder)
            #expect(result.termination == .exited(1))
            #expect(result.standardError.lines.last?.contains("secret") == true)
            #expect(!result.standardError.text.contains(key))
        }
    }

    @Test("tells a wrong word on the command line from a setting")
    func usage() async throws {
        try await withTemporaryDirectory { folder async throws in
            #expect(try await Programs.apiServer("--no-such-flag", in: folder).termination == .exited(64))
            #expect(try await Programs.migrator("sideways", in: folder).termination == .exited(64))
        }
    }
}
