import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import TestKit
import Testing

@testable import Retrieval

@Suite("Uploads")
struct UploadTests {
    private static let path = "/api/v1/documents/upload"
    private static let text = "Bearings need oil every month.\n"

    private func upload(
        _ content: [UInt8], _ service: DocumentService, name: String = "plant.txt", type: String? = "text/plain",
        as caller: String? = "ada", end: String = "\r\n--b--\r\n"
    ) async throws -> ServiceAnswer {
        let declared = type.map { "Content-Type: \($0)\r\n" } ?? ""
        let head = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(name)\"\r\n\(declared)\r\n"
        var headers = service.headers(caller)
        headers[.contentType] = "multipart/form-data; boundary=b"
        return try await service.http.answer(
            .post, Self.path, headers: headers, body: Array(head.utf8) + content + Array(end.utf8))
    }

    private func count(_ service: DocumentService, as caller: String?) async throws -> Int? {
        try await service.send(.get, "/api/v1/documents", as: caller).json.arrayValue?.count
    }

    @Test(
        "keep a document and process it, charged to the limit of uploads", arguments: TestStore.allCases, [String?("ada"), nil])
    func accepted(_ kind: TestStore, _ caller: String?) async throws {
        try await DocumentService.with(kind) { service in
            let answer = try await self.upload(Array(Self.text.utf8), service, as: caller)
            #expect(answer.status == .ok)
            let json = try answer.json
            #expect(json["filename"] == "plant.txt" && json["status"] == "processing")
            #expect(Set(json.objectValue?.map(\.key) ?? []) == ["document_id", "filename", "status", "message"])
            #expect(service.limits.charged == ["upload"])
            #expect(try await service.worker.processDue() == 1)
            // A client without a key is told its session, and finds its documents by it.
            let cookie = answer.headers[.setCookie]
            #expect((cookie == nil) == (caller != nil))
            if let cookie {
                #expect(cookie.hasPrefix("session_id=anon_") && cookie.contains("HttpOnly"))
                let field = String(cookie.prefix { $0 != ";" })
                let list = try await service.http.answer(.get, "/api/v1/documents", headers: [.cookie: field])
                #expect(try list.json.arrayValue?.map { $0["status"] } == ["ready"])
            } else {
                #expect(try await self.count(service, as: caller) == 1)
            }
            #expect(try await self.count(service, as: "bob") == 0)
        }
    }

    @Test(
        "are refused with 400 where they are no document",
        arguments: [
            ("image/png", "GIF89a"), ("application/zip", "PK\u{3}\u{4}"), ("application/msword", "x"), ("text/html", "<p>"),
            ("text/plain", ""), ("application/octet-stream", "MZ\u{0}\u{1}"), (nil, "\u{7F}ELF"),
        ] as [(String?, String)])
    func refused(_ type: String?, _ content: String) async throws {
        try await DocumentService.with(.sqlite) { service in
            let answer = try await self.upload(Array(content.utf8), service, type: type)
            #expect(answer.status == .badRequest)
            #expect(try answer.json["error"] == "bad_request")
            #expect(try await self.count(service, as: "ada") == 0)
        }
    }

    @Test(
        "without a type that says something are what they look like",
        arguments: [
            (nil, "%PDF-1.7", "application/pdf"), ("application/octet-stream", "%PDF-1.7", "application/pdf"),
            (
                "application/octet-stream", "PK\u{3}\u{4}",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
            ),
            ("application/octet-stream", "\u{0}junk\n%PDF-1.7", "application/pdf"),
            ("application/octet-stream", "A text about %PDF-", "text/plain"),
            ("binary/octet-stream", "Straße\tno. 7", "text/plain"),
        ] as [(String?, String, String)])
    func generic(_ type: String?, _ content: String, _ expected: String) async throws {
        try await DocumentService.with(.sqlite) { service in
            #expect(try await self.upload(Array(content.utf8), service, type: type).status == .ok)
            let list = try await service.send(.get, "/api/v1/documents", as: "ada")
            #expect(try list.json[0]?["content_type"] == .string(expected))
        }
    }

    @Test("that are too large are refused with 400 when all is read, and leave nothing")
    func tooLarge() async throws {
        try await DocumentService.with(.sqlite, maximumBytes: 2_000) { service in
            for (size, status) in [(2_000, HTTPResponse.Status.ok), (2_001, .badRequest), (100_000, .badRequest)] {
                let answer = try await self.upload([UInt8](repeating: 0x61, count: size), service)
                #expect(answer.status == status, "\(size)")
            }
            #expect(try await self.count(service, as: "ada") == 1)
            #expect(try await service.storedFiles() == 1)
        }
    }

    @Test(
        "whose form is wrong leave nothing",
        arguments: [
            "", "\r\n--b\r\n", "\r\n--b\r\nContent-Disposition: form-data; name=file; filename=b\r\n\r\nx\r\n--b--\r\n",
        ])
    func malformed(_ end: String) async throws {
        try await DocumentService.with(.sqlite) { service in
            let answer = try await self.upload(Array(Self.text.utf8), service, end: end)
            #expect(answer.status == .unprocessableContent)
            #expect(try await self.count(service, as: "ada") == 0)
            #expect(try await service.storedFiles() == 0)
        }
    }

    @Test("need a form with a file, and a key that is right where there is one")
    func noFile() async throws {
        try await DocumentService.with(.sqlite) { service in
            #expect(try await service.ask(Self.path, [:], as: "ada").status == .badRequest)
            let other = try await service.http.answer(
                .post, Self.path, headers: [.contentType: "multipart/form-data; boundary=b"],
                body: Array("--b\r\nContent-Disposition: form-data; name=other\r\n\r\nx\r\n--b--\r\n".utf8))
            #expect(other.status == .unprocessableContent)
            #expect(try await self.upload([0x61], service, as: "stranger").status == .unauthorized)
        }
    }

    @Test("without a key are refused above what is kept for all sessions together", arguments: TestStore.allCases)
    func noRoom(_ kind: TestStore) async throws {
        try await DocumentService.with(kind, maximumAnonymousBytes: 3) { service in
            var statuses: [HTTPResponse.Status] = []
            for _ in 0..<2 { statuses.append(try await self.upload([0x61, 0x62], service, as: nil).status) }
            statuses.append(try await self.upload([0x61, 0x62], service, as: "ada").status)
            #expect(statuses == [.ok, .serviceUnavailable, .ok])
        }
    }

    @Test("are refused above what an owner may have")
    func full() async throws {
        try await DocumentService.with(.sqlite, maximumDocuments: 1) { service in
            var statuses: [HTTPResponse.Status] = []
            for caller in ["ada", "ada", "bob"] {
                statuses.append(try await self.upload([0x61], service, as: caller).status)
            }
            #expect(statuses == [.ok, .conflict, .ok])
        }
    }
}
