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

/// Lends a fresh, empty folder that only this user can enter, and removes it with all that is in it.
///
/// The folder goes when `body` returns, throws or is cancelled.
///
/// - Parameter body: Gets the absolute path of the folder, without a slash at its end.
/// - Throws: What `body` throws; ``TestKitError`` when the folder cannot be made, or an error of the system when it cannot be
///   removed.
public func withTemporaryDirectory<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let path = try makeTemporaryDirectory()
    let value: Value
    do {
        value = try await body(path)
    } catch {
        // The error of the body says more than one of the removal.
        try? FileManager.default.removeItem(atPath: path)
        throw error
    }
    try FileManager.default.removeItem(atPath: path)
    return value
}

/// Makes a fresh, empty folder that only this user can enter.
///
/// - Parameter parent: Where it is made; in `TMPDIR`, else in `/tmp`, if nil.
func makeTemporaryDirectory(in parent: String? = nil) throws(TestKitError) -> String {
    var folder = parent ?? ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    while folder.count > 1 && folder.hasSuffix("/") { folder.removeLast() }
    var template = Array("\(folder)/testkit.XXXXXX".utf8CString)
    let path = template.withUnsafeMutableBufferPointer { buffer in
        buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let path else { throw .system("mkdtemp in \(folder)") }
    return path
}
