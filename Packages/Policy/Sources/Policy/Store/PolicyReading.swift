import Synchronization

/// Reads through another source and remembers what it read, so that a later look tells whether anything has changed.
final class PolicyReading: PolicySource {
    private struct Memory {
        /// What each file held; nil for one that was not there.
        var files: [String: [UInt8]?] = [:]
        var hasFailed = false
    }

    private let source: any PolicySource
    private let memory = Mutex(Memory())

    init(_ source: any PolicySource) {
        self.source = source
    }

    func read(_ name: String) throws -> [UInt8]? {
        do {
            let bytes = try self.source.read(name)
            self.memory.withLock { $0.files[name] = .some(bytes) }
            return bytes
        } catch {
            self.memory.withLock { $0.hasFailed = true }
            throw error
        }
    }

    /// Whether a file could not be read.
    var hasFailed: Bool { self.memory.withLock { $0.hasFailed } }

    /// Whether every file that was read is still the same, and each that was missing still is; never after a failure.
    var isCurrent: Bool {
        let memory = self.memory.withLock { $0 }
        guard !memory.hasFailed, !memory.files.isEmpty else { return false }
        return memory.files.allSatisfy { name, bytes in
            do { return try self.source.read(name) == bytes } catch { return false }
        }
    }
}
