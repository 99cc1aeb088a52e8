import DatabaseTestSupport
import Foundation
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

@Suite("Documents of the running server")
struct DocumentTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let file: String
        let type: String
        let pages: JSONValue
        let question: String
        let expected: String

        var testDescription: String { self.file }
    }

    static let samples = [
        Sample(file: "three.pdf", type: Documents.pdf, pages: 3, question: "What is the café?", expected: "Café on page two"),
        Sample(file: "strict.docx", type: Documents.docx, pages: 1, question: "strict", expected: "strict"),
    ]

    @Test("are read as what they are, whoever makes them, and answer questions", arguments: samples, TestStore.allCases)
    func read(_ sample: Sample, on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let status = try await server.add(
                try await Documents.bytes(sample.file), name: sample.file, type: sample.type, key: user.key)
            #expect(status["status"] == "ready", "\(status)")
            #expect(status["pages"] == sample.pages)
            let answer = try await server.ask(sample.question, key: user.key)
            #expect(answer.status == 200)
            let citation = try answer.json()["citations"]?[0]
            #expect(citation?["filename"] == .string(sample.file))
            #expect(citation?["document_id"] == status["document_id"])
            #expect(citation?["chunk_text"]?.stringValue?.contains(sample.expected) == true)
            #expect(try answer.string("answer").contains(sample.expected))
            // The text is out, so the upload is not kept.
            let files = try await runProcess("find", arguments: ["\(server.folder)/var/documents", "-name", "*.document"])
            #expect(files.standardOutput.lines.isEmpty)
        }
    }

    @Test(
        "that are hostile, broken or something else fail alone",
        arguments: [
            ("bomb.docx", Documents.docx), ("liar.docx", Documents.docx), ("external.docx", Documents.docx),
            ("laughs.docx", Documents.docx), ("broken.pdf", Documents.pdf), ("encrypted.pdf", Documents.pdf),
            ("three.pdf", Documents.docx),
        ])
    func hostile(_ file: String, _ type: String) async throws {
        try await withServer { server in
            let user = try await server.makeUser()
            let bad = try await server.add(
                try await Documents.bytes(file), name: type == Documents.pdf ? "a.pdf" : "a.docx", type: type, key: user.key)
            #expect(bad["status"] == "failed", "\(bad)")
            let reason = try #require(bad["reason"]?.stringValue)
            #expect(!reason.isEmpty && !reason.contains("/"))
            let good = try await server.add(Array(Documents.plant.utf8), name: "plant.txt", key: user.key)
            #expect(good["status"] == "ready")
            #expect(try await server.ask("oil for bearings", key: user.key).string("answer").contains("every month"))
            #expect(server.child.termination == nil)
        }
    }

    @Test("are seen, asked and deleted by whoever uploaded them, with a key or by a session", arguments: TestStore.allCases)
    func own(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let other = try await server.makeUser()
            let upload = try await server.upload(Array(Documents.plant.utf8), name: "plant.md", type: "text/markdown")
            #expect(upload.status == 200)
            let cookie = try #require(upload["Set-Cookie"])
            #expect(cookie.hasPrefix("session_id=anon_") && cookie.contains("HttpOnly") && cookie.contains("SameSite=lax"))
            let session = ["Cookie: \(cookie.prefix { $0 != ";" })"]
            let id = try upload.string("document_id")
            #expect(try await server.processed(id, fields: session)["status"] == "ready")
            let mine = try await server.add(Array("Oil comes from Baku.".utf8), name: "oil.txt", key: user.key)

            for (key, fields, count) in [
                (user.key, [], 1), (other.key, [], 0), (nil, session, 1), (nil, [], 0),
            ] as [(String?, [String], Int)] {
                let list = try await server.client.send("GET", "/api/v1/documents/", fields: fields, key: key)
                #expect(try list.json().arrayValue?.count == count)
                let answer = try await server.client.send(
                    "POST", "/api/v1/query", fields: fields, key: key, body: #"{"query":"Where does oil come from, how often?"}"#)
                #expect(try answer.json()["citations"]?.arrayValue?.count == count)
            }
            #expect(try await server.client.send("GET", "/api/v1/documents/\(id)/status", key: user.key).status == 404)
            #expect(try await server.client.send("DELETE", "/api/v1/documents/\(id)", key: user.key).status == 404)
            #expect(try await server.client.send("DELETE", "/api/v1/documents/\(id)", fields: session).status == 200)
            #expect(try await server.client.send("GET", "/api/v1/documents/\(id)/status", fields: session).status == 404)
            let left = try #require(mine["document_id"]?.stringValue)
            #expect(try await server.client.send("GET", "/api/v1/documents/\(left)/status", key: user.key).status == 200)
        }
    }

    @Test("are told of secrets in them by type alone", arguments: TestStore.allCases)
    func findings(on store: TestStore) async throws {
        try await withServer(on: store) { server in
            let user = try await server.makeUser()
            let secret = "AKIA" + "Q3EGRIFXS7DMB2LN"
            let text = "The plant is run with the key \(secret) in spring."
            let status = try await server.add(Array(text.utf8), name: "notes.txt", key: user.key)
            #expect(status["status"] == "ready")
            #expect(status["findings"]?.arrayValue?.isEmpty == false)
            #expect(!String(decoding: status.compactBytes(), as: UTF8.self).contains(secret))
            #expect(!server.log.contains(secret))
        }
    }

    @Test("are refused with 400 for other types and above the size as set, and nothing of them stays")
    func refused() async throws {
        try await withServer(settings: ["MAX_UPLOAD_SIZE_MB": "1"]) { server in
            let user = try await server.makeUser()
            for (content, type) in [
                ([0x89, 0x50], "image/png"), ([0x4D, 0x5A, 0], "application/octet-stream"), ([], "text/plain"),
                ([UInt8](repeating: 0x61, count: (1 << 20) + 1), "text/plain"),
            ] as [([UInt8], String)] {
                let answer = try await server.upload(content, name: "a", type: type, key: user.key)
                #expect(answer.status == 400)
                #expect(try answer.string("error") == "bad_request")
                #expect(try !answer.string("message").isEmpty)
            }
            let full = try await server.upload(
                [UInt8](repeating: 0x61, count: 1 << 20), name: "a.txt", type: "text/plain", key: user.key)
            #expect(full.status == 200)
            #expect(try await server.client.send("GET", "/api/v1/documents", key: user.key).json().arrayValue?.count == 1)
        }
    }

    @Test("are processed by the next server when one is killed after its answer", arguments: TestStore.allCases)
    func killed(on store: TestStore) async throws {
        try await withTestPlace(on: store) { place in
            let (id, key) = try await withServer(in: place) { server in
                let user = try await server.makeUser()
                let answer = try await server.upload(
                    Array(Documents.plant.utf8), name: "plant.txt", type: "text/plain", key: user.key)
                server.child.send(signal: SIGKILL)
                return (try answer.string("document_id"), user.key)
            }
            // Whoever had begun may still hold it.
            try await place.query(
                "UPDATE documents SET due_at = created_at, lease = NULL, lease_until = NULL WHERE status = 'processing'")
            try await withServer(in: place) { server in
                let status = try await server.processed(id, key: key)
                #expect(status["status"] == "ready", "\(status)")
            }
        }
    }
}
