import DocumentText
import Foundation
import TestKit
import Testing

/// Documents that `Tools/documents/make-documents` writes, and the child of the tests.
enum Documents {
    private static let maker = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../../Tools/documents/make-documents").standardizedFileURL.path(percentEncoded: false)

    /// The program beside the tests.
    static let child: String = {
        #if os(macOS)
            let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? .main
            let folder = bundle.bundleURL.deletingLastPathComponent()
        #else
            let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        #endif
        return folder.appending(path: "DocumentTextChild").path(percentEncoded: false)
    }()

    /// A reader whose child behaves as the words say.
    static func process(
        _ words: [String] = ["extract"], _ change: (inout DocumentProcessConfiguration) -> Void = { _ in }
    ) throws -> DocumentProcess {
        var configuration = DocumentProcessConfiguration(executable: self.child, arguments: words)
        change(&configuration)
        return try DocumentProcess(configuration: configuration)
    }

    /// Lends documents in a folder of their own; gets the folder.
    static func with<Value>(_ names: String..., body: (String) async throws -> Value) async throws -> Value {
        try await withTemporaryDirectory { folder in
            let made = try await runProcess("python3", arguments: [self.maker, folder] + names)
            try #require(made.termination == .exited(0), "\(made.standardError.text)")
            return try await body(folder)
        }
    }

    /// Reads one of the documents.
    static func extract(
        _ file: String, name: String?, type: String? = nil, by process: DocumentProcess? = nil
    ) async throws -> ExtractedDocument {
        let process = try process ?? self.process()
        return try await self.with(file) { folder in
            try await process.extract(path: "\(folder)/\(file)", name: name, declaredType: type)
        }
    }

    /// Reads one of the documents, which should fail.
    static func failure(
        of file: String, name: String?, type: String? = nil, by process: DocumentProcess? = nil
    ) async throws -> DocumentTextError {
        do {
            let document = try await self.extract(file, name: name, type: type, by: process)
            throw TestKitError(
                .commandFailed, message: "\(file) was read as \(document.format) with \(document.pages.count) pages")
        } catch let error as DocumentTextError {
            return error
        }
    }
}
