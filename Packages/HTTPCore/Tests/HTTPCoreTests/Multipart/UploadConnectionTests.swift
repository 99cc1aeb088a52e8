import HTTPCoreTestSupport
import HTTPTypes
import Hummingbird
import NIOCore
import StrictJSON
import Synchronization
import Testing

@testable import HTTPCore

@Suite("Uploads over a connection", .timeLimit(.minutes(3)))
struct UploadConnectionTests {
    static let head = "POST /files HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    static let partHead = "--b\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n"

    @Test("of 50 MB arrive whole, and the connection serves on")
    func large() async throws {
        let service = try Fixture([UploadTests.operation(maximumBodyBytes: 52_428_800)]).service
        try await withConnection(to: service) { client in
            let ending = "\r\n--b--\r\n"
            let size = 52_428_800 - Self.partHead.utf8.count - ending.utf8.count
            try await client.send(Self.head + "Content-Length: 52428800\r\n\r\n" + Self.partHead)
            let piece = String(repeating: "\r\n--a678", count: 131_072)
            var rest = size
            while rest > 0 {
                try await client.send(rest < piece.utf8.count ? String(repeating: "x", count: rest) : piece)
                rest -= min(rest, piece.utf8.count)
            }
            try await client.send(ending)
            let answer = try #require(try await client.answer())
            #expect(answer.status == 200)
            #expect(try JSONValue(parsing: Array(answer.body.utf8)) == ["file": ["a", .null, .integer(size)]])
            try await client.send("GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await client.answer()?.status == 200)
        }
    }

    @Test("wait for an invitation when they ask for one, and get none when they are refused")
    func invitation() async throws {
        let service = try Fixture([UploadTests.operation()], budget: ["upload": 1]).service
        let body = Self.partHead + "x\r\n--b--"
        let head = Self.head + "Content-Length: \(body.utf8.count)\r\nExpect: 100-continue\r\n\r\n"
        try await withConnection(to: service) { client in
            try await client.send(head)
            #expect(try await client.answer()?.status == 100)
            try await client.send(body)
            #expect(try await client.answer()?.status == 200)
            try await client.send(head)
            #expect(try await client.answer()?.status == 429)
            #expect(try await client.isAtEnd())
        }
    }

    @Test("that fall silent get 408")
    func silence() async throws {
        let service = try Fixture([UploadTests.operation()], configure: { $0.bodyTimeout = .milliseconds(50) }).service
        try await withConnection(to: service) { client in
            try await client.send(Self.head + "Content-Length: 1000\r\n\r\n" + Self.partHead + "x")
            let answer = try #require(try await client.answer())
            #expect(answer.status == 408 && answer.fields["connection"] == "close")
            #expect(try await client.isAtEnd())
        }
    }

    @Test(
        "whose client hangs up fail their handler",
        arguments: ["Content-Length: 1000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nfff\r\n"])
    func hangUp(_ framing: String) async throws {
        let (failures, failure) = AsyncStream<Bool>.makeStream()
        let (starts, start) = AsyncStream<Void>.makeStream()
        var operation = UploadTests.operation()
        operation.handler = { request in
            do {
                while let part = try await request.upload?.nextPart() {
                    guard case .file(let file) = part else { continue }
                    for try await _ in file { start.yield() }
                }
                failure.yield(false)
            } catch {
                failure.yield(true)
                throw error
            }
            return .empty()
        }
        try await Fixture([operation]).service.serving { port, _ in
            try await RawClient.connected(to: port) { client in
                try await client.send(Self.head + framing + Self.partHead + "x")
                _ = await starts.first { _ in true }
            }
            #expect(await failures.first { _ in true } == true)
        }
    }

    @Test("have the deadline of their operation instead of the usual one, and the answer names it")
    func deadline() async throws {
        var slow = UploadTests.operation(deadline: .seconds(60))
        let (tries, attempt) = AsyncStream<Bool>.makeStream()
        let work = slow.handler
        slow.handler = { request in
            // Longer than the usual deadline takes to cancel what is late.
            try await Task.sleep(for: .milliseconds(200))
            attempt.yield(Task.isCancelled)
            return try await work(request)
        }
        let body = Self.partHead + "x\r\n--b--"
        let request = Self.head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        let service = try Fixture([slow], configure: { $0.requestDeadline = .milliseconds(20) }).service
        try await withConnection(to: service) { client in
            try await client.send(request)
            #expect(try await client.answer()?.status == 200)
            #expect(await tries.first { _ in true } == false)
        }
        let short = UploadTests.operation(deadline: .milliseconds(20))
        try await withConnection(to: try Fixture([short]).service) { client in
            try await client.send(Self.head + "Content-Length: 1000\r\n\r\n" + Self.partHead)
            let answer = try #require(try await client.answer())
            #expect(answer.status == 503 && answer.body.contains("longer than 0.02 seconds"))
        }
    }

    @Test("take from the connection no more than their handler asks for")
    func backPressure() async throws {
        let taken = Mutex(0)
        let pieces = [Self.partHead, "one", "two", "three", "\r\n--b--"]
        let body = AsyncStream<ByteBuffer> {
            let next = taken.withLock { count in
                defer { count += 1 }
                return count
            }
            return next < pieces.count ? ByteBuffer(string: pieces[next]) : nil
        }
        let head = HTTPRequest(
            method: .post, scheme: "http", authority: "a", path: "/",
            headerFields: [.contentType: "multipart/form-data; boundary=b"])
        let upload = try MultipartUpload(
            Request(head: head, body: RequestBody(asyncSequence: body)), fields: [.file("file")], limit: 1_000
        ) {}
        #expect(taken.withLock { $0 } == 0)
        guard case .file(let file)? = try await upload.nextPart() else {
            Issue.record("no file")
            return
        }
        var chunks = file.makeAsyncIterator()
        #expect(taken.withLock { $0 } == 1)
        #expect(try await chunks.next() == Array("one".utf8))
        #expect(taken.withLock { $0 } == 2)
        // What is left of the file is passed over.
        #expect(try await upload.nextPart() == nil)
        #expect(try await chunks.next() == nil)
    }

    @Test("fail with the same error however often they are asked, and for a reader who is late")
    func misuse() async throws {
        let text = Self.partHead + "x\r\n" + Self.partHead.replacing("=file;", with: "=more;") + "y\r\n--b--"
        func upload() throws -> MultipartUpload {
            let head = HTTPRequest(
                method: .post, scheme: "http", authority: "a", path: "/",
                headerFields: [.contentType: "multipart/form-data; boundary=b"])
            return try MultipartUpload(
                Request(head: head, body: RequestBody(buffer: ByteBuffer(string: text))), fields: [.file("file"), .file("more")],
                limit: 1_000
            ) {}
        }
        let late = try upload()
        guard case .file(let first)? = try await late.nextPart(), case .file? = try await late.nextPart() else {
            Issue.record("no files")
            return
        }
        var chunks = first.makeAsyncIterator()
        for _ in 0..<2 {
            let problem = await #expect(throws: Problem.self) { _ = try await chunks.next() }
            #expect(problem?.code == .internalError && problem?.cause is MisusedUpload)
        }
        await #expect(throws: Problem.self) { _ = try await late.nextPart() }
    }
}
