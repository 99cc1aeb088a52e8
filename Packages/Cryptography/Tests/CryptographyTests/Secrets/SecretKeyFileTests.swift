import Cryptography
import TestKit
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Secret key file")
struct SecretKeyFileTests {
    private func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try #require(chmod(path, mode) == 0)
    }

    private func mode(of path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o7777
    }

    @Test("is made once, for its owner only, and read afterwards")
    func isMadeOnce() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/var/secret.key"
            #expect(try SecretKeyFile.load(path: "\(folder)/secret.key") == nil)
            let made = try SecretKeyFile.loadOrCreate(path: path)
            #expect(try self.mode(of: path) == 0o600)
            #expect(try self.mode(of: "\(folder)/var") == 0o700)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/var") == ["secret.key"])
            #expect(try Data(contentsOf: URL(filePath: path)).count == 45)
            #expect(try SecretKeyFile.loadOrCreate(path: path).current.id == made.current.id)
            #expect(try SecretKeyFile.load(path: path)?.current.id == made.current.id)
            #expect(made.older.isEmpty)
            #expect(try SecretKeyFile.loadOrCreate(path: "\(folder)/var/other.key").current.id != made.current.id)
        }
    }

    @Test("is one file for all who start at once")
    func survivesRaces() async throws {
        try await withTemporaryDirectory { folder in
            for round in 0..<TestRun.count(10, long: 500) {
                let path = "\(folder)/\(round).key"
                let ids = try await withThrowingTaskGroup(of: ServerSecretID.self) { group in
                    for _ in 0..<8 { group.addTask { try SecretKeyFile.loadOrCreate(path: path).current.id } }
                    return try await group.reduce(into: Set()) { $0.insert($1) }
                }
                #expect(ids.count == 1)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.allSatisfy { $0.hasSuffix(".key") })
        }
    }

    @Test("holds older secrets below the current one")
    func holdsOlderSecrets() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/secret.key"
            let texts = (0..<3).map { index in Base64.encode((0..<32).map { UInt8(index * 32 + $0) }) }
            try self.write("\(texts[0])\r\n\n \(texts[1])\n\(texts[2])", to: path)
            let ring = try SecretKeyFile.loadOrCreate(path: path)
            #expect(try ring.current.id == ServerSecret(base64: texts[0]).id)
            #expect(try ring.older.map(\.id) == [ServerSecret(base64: texts[1]).id, ServerSecret(base64: texts[2]).id])
        }
    }

    @Test("is refused when others have any right to it", arguments: [0o640, 0o644, 0o604, 0o620, 0o602, 0o610, 0o601, 0o777])
    func refusesExposedFile(_ mode: Int) async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/secret.key"
            let made = try SecretKeyFile.loadOrCreate(path: path)
            try #require(chmod(path, mode_t(mode)) == 0)
            let error = #expect(throws: CryptographyError.self) { try SecretKeyFile.loadOrCreate(path: path) }
            #expect(error?.code == .exposedKeyFile)
            #expect(error?.message.contains("chmod 600 \(path)") == true)
            #expect(error?.message.contains(String(mode, radix: 8)) == true)
            try #require(chmod(path, 0o400) == 0)
            #expect(try SecretKeyFile.loadOrCreate(path: path).current.id == made.current.id)
        }
    }

    @Test("is refused, not replaced, when it holds something else", arguments: ["", "\n \n", "hello", "c2hvcnQ=", "\u{FF}\0"])
    func refusesDamagedFile(_ text: String) async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/secret.key"
            try self.write(text, to: path)
            let error = #expect(throws: CryptographyError.self) { try SecretKeyFile.loadOrCreate(path: path) }
            #expect(error?.code == .invalidKeyFile)
            #expect(error?.message.contains(path) == true)
            #expect(error?.message.contains("hello") == false)
            #expect(try Data(contentsOf: URL(filePath: path)) == Data(text.utf8))
        }
    }

    @Test("is refused when it is endless")
    func refusesLongFile() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/secret.key"
            try self.write(String(repeating: "A", count: 1_000_000), to: path)
            let error = #expect(throws: CryptographyError.self) { try SecretKeyFile.load(path: path) }
            #expect(error?.code == .invalidKeyFile)
            #expect(error?.message == "the key file \(path) is too long")
        }
    }

    @Test("is refused when it is no file, without waiting for one")
    func refusesOtherKinds() async throws {
        try await withTemporaryDirectory { folder in
            try #require(mkdir("\(folder)/folder", 0o700) == 0)
            try #require(mkfifo("\(folder)/pipe", 0o600) == 0)
            for name in ["folder", "pipe"] {
                #expect(throws: CryptographyError(.invalidKeyFile, message: "")) {
                    try SecretKeyFile.loadOrCreate(path: "\(folder)/\(name)")
                }
            }
        }
    }

    @Test("says which path cannot be used")
    func namesPath() async throws {
        try await withTemporaryDirectory { folder in
            let error = #expect(throws: CryptographyError.self) {
                try SecretKeyFile.loadOrCreate(path: "\(folder)/missing/var/secret.key")
            }
            #expect(error?.code == .fileAccess)
            #expect(error?.message.contains("\(folder)/missing/var") == true)
        }
    }
}
