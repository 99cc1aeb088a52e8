import Foundation
import TestKit
import Testing

@testable import DocumentText

@Suite("Word archives", .timeLimit(.minutes(3)))
struct WordArchiveTests {
    private static func read(_ bytes: [UInt8], _ limits: ExtractionLimits = ExtractionLimits()) async throws -> [String] {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/document"
            try Data(bytes).write(to: URL(filePath: path))
            let handle = try #require(FileHandle(forReadingAtPath: path))
            defer { try? handle.close() }
            let file = try DocumentFile(descriptor: handle.fileDescriptor, limit: limits.documentBytes)
            var pages: [String] = []
            try DocumentExtractor(limits: limits, searchPath: "").extract(from: file, claim: nil, confine: {}) { frame in
                if case .page(let text) = frame { pages.append(text) }
            }
            return pages
        }
    }

    private static func bytes(of name: String) async throws -> [UInt8] {
        try await Documents.with(name) { Array(try Data(contentsOf: URL(filePath: "\($0)/\(name)"))) }
    }

    @Test("fail in an orderly way when bytes of them are exchanged or missing")
    func survivesDamage() async throws {
        var random = SeededGenerator(seed: TestRun.seed)
        let whole = try await Self.bytes(of: "everything.docx")
        var read = 0
        for _ in 0..<TestRun.count(300, long: 20_000) {
            var bytes = whole
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 4..<bytes.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                }
            }
            do {
                #expect(!(try await Self.read(bytes)).isEmpty)
                read += 1
            } catch is DocumentTextError {
                continue
            }
        }
        // Not every byte matters.
        #expect(read > 0)
    }

    @Test("are bounded by what an entry, all of them, and all of them by the size of the document unpack to")
    func isBounded() async throws {
        let long = try await Self.bytes(of: "long.docx")
        let limits: [(WritableKeyPath<ExtractionLimits, Int>, Int)] = [
            (\.entryBytes, 500_000), (\.archiveBytes, 500_000), (\.archiveRatio, 1), (\.archiveEntries, 1),
        ]
        #expect(try await Self.read(long).count == 1)
        for (limit, value) in limits {
            var changed = ExtractionLimits()
            changed[keyPath: limit] = value
            // The ratio counts from 1 MiB on, and this document has less.
            if limit == \.archiveRatio {
                #expect(try await Self.read(long, changed).count == 1)
                continue
            }
            let error = await #expect(throws: DocumentTextError.self) { try await Self.read(long, changed) }
            #expect(error?.code == .tooLarge)
        }
        var patient = ExtractionLimits()
        patient.entryBytes = .max
        patient.archiveBytes = .max
        let bomb = try await Self.bytes(of: "bomb.docx")
        let error = await #expect(throws: DocumentTextError.self) { try await Self.read(bomb, patient) }
        #expect(error?.code == .tooLarge)
        #expect(error?.message.contains("ZIP") == true)
    }
}
