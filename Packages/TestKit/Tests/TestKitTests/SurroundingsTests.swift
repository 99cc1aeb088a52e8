import TestKit
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

@Suite("Temporary directory")
struct TemporaryDirectoryTests {
    private func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    @Test("is fresh, private, and gone afterwards with all that is in it")
    func isRemoved() async throws {
        let paths = try await withTemporaryDirectory { first in
            try await withTemporaryDirectory { second in
                #expect(first != second)
                for path in [first, second] {
                    #expect(path.hasPrefix("/"))
                    var status = stat()
                    #expect(stat(path, &status) == 0)
                    #expect(status.st_mode & 0o777 == 0o700)
                }
                #expect(mkdir("\(first)/sub", 0o755) == 0)
                #expect(symlink(second, "\(first)/sub/link") == 0)
                let touched = try await runProcess("touch", arguments: ["\(first)/sub/file"])
                #expect(touched.termination == .exited(0))
                return [first, second]
            }
        }
        for path in paths { #expect(!self.exists(path)) }
    }

    @Test("is gone when the body throws")
    func isRemovedOnError() async {
        struct Failure: Error {
            let path: String
        }
        let error = await #expect(throws: Failure.self) {
            try await withTemporaryDirectory { path in throw Failure(path: path) }
        }
        #expect(error.map { self.exists($0.path) } == false)
    }
}

@Suite("Free port")
struct FreePortTests {
    @Test("is one that a server can listen on")
    func canBeBound() throws {
        let port = try FreePort.find()
        #expect((1...65_535).contains(port))
    }
}

@Suite("Test run")
struct TestRunTests {
    @Test("picks the count that was asked for")
    func picksCount() {
        #expect(TestRun.count(3, long: 5) == (TestRun.isLong ? 5 : 3))
    }
}
