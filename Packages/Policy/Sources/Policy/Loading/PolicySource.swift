#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Where policy files come from.
public protocol PolicySource: Sendable {
    /// Reads a file by its name, such as `default.yaml`; the loader has checked that it names no folder.
    ///
    /// - Returns: The bytes, or nil when there is no such file.
    /// - Throws: Any error when the file is there and cannot be read; its description is told to the operator.
    func read(_ name: String) throws -> [UInt8]?
}

/// The policy files of one folder.
///
/// Links are followed within the folder, as deployments that swap a whole folder at once need it, and never out of it.
public struct PolicyFolder: PolicySource {
    /// The folder, as it was given.
    public let path: String

    /// Creates a source.
    ///
    /// - Parameter path: The folder; it is looked at when a file is read, not before.
    public init(path: String) {
        self.path = path
    }

    /// What keeps a file from being read.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads a regular file of at most 1 MiB.
    ///
    /// - Throws: When the folder or the file cannot be read, the file is too large or none, or a link leads out of the folder.
    public func read(_ name: String) throws -> [UInt8]? {
        guard let folder = Self.resolved(self.path) else { throw Refusal(description: "the folder \(self.path) cannot be read") }
        let path = self.path + "/" + name
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw Refusal(description: "the file cannot be looked at (error \(errno))")
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Refusal(description: "it is no regular file") }
        guard status.st_size <= YAMLText.maximumBytes else {
            throw Refusal(description: "it has more than \(YAMLText.maximumBytes) bytes")
        }
        guard let real = Self.resolved(path), real.utf8.starts(with: (folder == "/" ? folder : folder + "/").utf8) else {
            throw Refusal(description: "a link leads out of the folder of policies")
        }
        guard let data = FileManager.default.contents(atPath: real) else { throw Refusal(description: "the file cannot be read") }
        return Array(data)
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}

/// Policy files that are held in memory.
public struct PolicyTexts: PolicySource {
    /// The texts by the names of their files.
    public let texts: [String: String]

    /// Creates a source.
    ///
    /// - Parameter texts: The texts by the names of their files.
    public init(_ texts: [String: String]) {
        self.texts = texts
    }

    /// The bytes of a text.
    public func read(_ name: String) -> [UInt8]? {
        self.texts[name].map { Array($0.utf8) }
    }
}
