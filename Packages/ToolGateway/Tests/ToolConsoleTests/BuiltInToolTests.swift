import Foundation
import SecretScanning
import StrictJSON
import TestKit
import Testing
import ToolConsole

@Suite("Built-in tools")
struct BuiltInToolTests {
    @Test(
        "health_check tells the worst of its parts",
        arguments: [
            ("healthy", "healthy", "healthy"), ("healthy", "unhealthy", "degraded"), ("degraded", "healthy", "degraded"),
            ("unhealthy", "healthy", "unhealthy"),
        ])
    func health(_ core: String, _ side: String, _ status: String) async throws {
        let tool = HealthCheckTool {
            [.init(name: "database", state: core, isCore: true), .init(name: "redis", state: side, isCore: false)]
        }
        let output = try await tool.run([:])
        #expect(output == ["status": .string(status), "checks": ["database": .string(core), "redis": .string(side)]])
    }

    @Test("log_collector hands over the newest lines, and no secret in them")
    func logs() async throws {
        let secret = "AKIA" + "IOSFODNN7" + "QXZTPLM"
        let lines = (0..<200).map { $0 == 199 ? "line with \(secret) in it" : "line \($0)" }
        let tool = LogCollectorTool(scanner: Scanner()) { Array(lines.suffix($0)) }
        let usual = try await tool.run([:])
        #expect(usual["count"] == 100)
        let few = try await tool.run(["lines": 2])
        let found = try #require(few["lines"]?.arrayValue).compactMap(\.stringValue)
        #expect(found.count == 2)
        #expect(found.first == "line 198")
        #expect(found.last?.hasPrefix("line with [REDACTED:") == true)
        #expect(found.last?.contains(secret) == false)
    }

    @Test("log_collector refuses numbers of lines that make no sense", arguments: [0, -1, 501, "5", true] as [JSONValue])
    func lines(_ value: JSONValue) async {
        let tool = LogCollectorTool(scanner: Scanner()) { _ in [] }
        let failure = await #expect(throws: BuiltInFailure.self) { try await tool.run(["lines": value]) }
        #expect(failure?.isInvalidCall == true)
    }

    @Test("disk_cleanup removes expired files of the program and nothing else")
    func cleanup() async throws {
        try await withTemporaryDirectory { folder in
            let old = Date(timeIntervalSinceNow: -7_200)
            func make(_ name: String, isOld: Bool = true, bytes: Int = 10) throws {
                let path = "\(folder)/\(name)"
                try Data(repeating: 7, count: bytes).write(to: URL(filePath: path))
                if isOld { try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path) }
            }
            for name in ["gatehouse-a.tmp", "gatehouse-b.upload", "gatehouse-c.partial"] { try make(name) }
            try make("gatehouse-new.tmp", isOld: false)
            for name in ["other.tmp", "gatehouse-keep.sqlite", "Gatehouse-a.tmp", "gatehouse.tmp", "target.txt"] {
                try make(name)
            }
            let files = FileManager.default
            try files.createDirectory(atPath: "\(folder)/gatehouse-folder.tmp", withIntermediateDirectories: false)
            try files.createSymbolicLink(
                atPath: "\(folder)/gatehouse-link.tmp", withDestinationPath: "\(folder)/target.txt")
            try files.linkItem(atPath: "\(folder)/target.txt", toPath: "\(folder)/gatehouse-hard.tmp")
            let before = try Set(files.contentsOfDirectory(atPath: folder))

            let places = [
                CleanupPlace(folder: folder, minimumAge: .seconds(3_600)), CleanupPlace(folder: "\(folder)/absent"),
                CleanupPlace(folder: "\(folder)/target.txt"),
            ]
            let tool = DiskCleanupTool(places)
            let trial = try await tool.run(["dry_run": true])
            #expect(trial["files_expired"] == 3)
            #expect(trial["files_removed"] == 0)
            #expect(try Set(files.contentsOfDirectory(atPath: folder)) == before)

            let output = try await tool.run([:])
            #expect(output["files_removed"] == 3)
            #expect(output["bytes_freed"] == 30)
            #expect(output["files_failed"] == 0)
            #expect(output["folders_unreadable"] == 1)
            #expect(output["complete"] == true)
            #expect(
                try before.subtracting(files.contentsOfDirectory(atPath: folder)) == [
                    "gatehouse-a.tmp", "gatehouse-b.upload", "gatehouse-c.partial",
                ])
            #expect(try await tool.run([:])["files_removed"] == 0)
        }
    }

    @Test("disk_cleanup knows files that are named by an identifier, and takes no others of that folder")
    func identifiers() async throws {
        try await withTemporaryDirectory { folder in
            let id = UUID().uuidString
            let names = ["\(id).part", "\(id.lowercased()).id", "\(id).document", "server-id", "x.part", ".part", "x\(id).part"]
            for name in names {
                try Data([1]).write(to: URL(filePath: "\(folder)/\(name)"))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -200_000)], ofItemAtPath: "\(folder)/\(name)")
            }
            let place = CleanupPlace(folder: folder, names: .identifiers, suffixes: [".part", ".id"])
            #expect(try await DiskCleanupTool([place]).run([:])["files_removed"] == 2)
            #expect(try Set(FileManager.default.contentsOfDirectory(atPath: folder)) == Set(names.dropFirst(2)))
        }
    }

    @Test("disk_cleanup follows no link to a folder")
    func linkedFolder() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/real/gatehouse-a.tmp"
            try FileManager.default.createDirectory(atPath: "\(folder)/real", withIntermediateDirectories: false)
            try Data([1]).write(to: URL(filePath: path))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -200_000)], ofItemAtPath: path)
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/link", withDestinationPath: "\(folder)/real")
            let output = try await DiskCleanupTool([CleanupPlace(folder: "\(folder)/link")]).run([:])
            #expect(output["files_removed"] == 0)
            #expect(FileManager.default.fileExists(atPath: path))
        }
    }

    @Test("disk_cleanup removes a thousand files at a time, and says when there are more")
    func bound() async throws {
        try await withTemporaryDirectory { folder in
            let old = Date(timeIntervalSinceNow: -200_000)
            for number in 0..<1_001 {
                let path = "\(folder)/gatehouse-\(number).tmp"
                try Data([1]).write(to: URL(filePath: path))
                try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
            }
            let tool = DiskCleanupTool([CleanupPlace(folder: folder)])
            let first = try await tool.run([:])
            #expect(first["files_removed"] == 1_000)
            #expect(first["complete"] == false)
            let second = try await tool.run([:])
            #expect(second["files_removed"] == 1)
            #expect(second["complete"] == true)
        }
    }
}
