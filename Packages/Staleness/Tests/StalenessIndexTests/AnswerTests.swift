import OutboundTestSupport
import Staleness
import Testing

@testable import StalenessIndex

@Suite("Answers of an index")
struct AnswerTests {
    @Test("take no version for the newest whose files were all removed")
    func removedFiles() async throws {
        let body =
            #"{"info":{"name":"pkg","version":"1.0"},"releases":{"1.0":[{"yanked":false}],"2.0":[],"3.0":[{"yanked":true}]}}"#
        let answer = httpAnswer(body, fields: "Content-Type: application/json\r\n")
        try await ScriptedIndex.with(api: .json, path: "/", script: { _, _ in answer }) { index in
            let (pinned, removed) = (try await index.grade("1.0"), try await index.grade("2.0"))
            #expect(pinned.freshness == .current && pinned.latest == "1.0")
            #expect(removed.freshness == .current, "who pins it is no further behind")
        }
        let none = httpAnswer(
            #"{"info":{"name":"pkg","version":"2.0"},"releases":{"1.0":[],"2.0":[]}}"#,
            fields: "Content-Type: application/json\r\n")
        try await ScriptedIndex.with(api: .json, path: "/", script: { _, _ in none }) { index in
            let pinned = try await index.grade("1.0")
            #expect(pinned.latest == "2.0")
        }
    }

    @Test("are asked for by the normal name, with a slash at the end and the JSON form only")
    func request() async throws {
        try await ScriptedIndex.with { _, _ in
            simpleAnswer(name: "Foo_Bar")
        } _: { index async throws in
            let grade = try await index.grade("1.0", "Foo__Bar")
            #expect(grade.freshness == .major && grade.latest == "2.3.1")
            let request = try #require(index.server.requests.first)
            #expect(request.hasPrefix("GET /simple/foo-bar/ HTTP/1.1\r\n"))
            #expect(request.lowercased().contains("\r\naccept: application/vnd.pypi.simple.v1+json\r\n"))
            #expect(request.lowercased().contains("\r\nuser-agent: gatehouse-staleness\r\n"))
            #expect(!request.lowercased().contains("if-none-match"))
            #expect(index.count("found") == "1.0")
        }
    }

    @Test("tell what was taken back: all files of a release, with a reason or without one")
    func yanked() async throws {
        let files = [
            file("pkg-1.0.tar.gz", yanked: "\"broken\""), file("pkg-1.0-py3-none-any.whl", yanked: "true"),
            file("pkg-2.0-cp312-cp312-win_amd64.whl", yanked: "true"), file("pkg-2.0.tar.gz"),
            file("pkg-3.0.zip", yanked: "\"\""), file("pkg-4.0.tar.gz", yanked: "true"), file("other-9.0.tar.gz"),
            file("pkg-x.tar.gz"), #"{"filename":7}"#, "null",
        ].joined(separator: ",")
        try await ScriptedIndex.with { _, _ in
            simpleAnswer(["1.0"], files: files)
        } _: { index async throws in
            let one = try await index.grade("1.0")
            #expect(one.freshness == .yanked && one.reason.hasSuffix(": broken") && one.latest == "3.0")
            #expect(try await index.grade("2.0").freshness == .major)
            #expect(try await index.grade("3.0").freshness == .current)
            #expect(try await index.grade("4.0").freshness == .yanked)
            #expect(index.server.requests.count == 1)
        }
    }

    @Test("do not name versions longer than 256 bytes")
    func longVersions() async throws {
        let most = "9." + String(repeating: "1", count: 254)
        try await ScriptedIndex.with { _, _ in
            simpleAnswer(["1.0", "1\(most)", most])
        } _: { index async throws in
            #expect(try await index.grade("1.0").latest == most)
        }
    }

    @Test(
        "tell of packages that should not be used any more",
        arguments: ["deprecated", "quarantined", "archived", "active", "new"])
    func status(_ status: String) async throws {
        let more = #","project-status":{"status":"\#(status)","reason":"use other"}"#
        try await ScriptedIndex.with { _, _ in
            simpleAnswer(more: more)
        } _: { index async throws in
            let grade = try await index.grade("2.3.1")
            let isLeft = status == "deprecated" || status == "quarantined"
            #expect(grade.freshness == (isLeft ? .deprecated : .current))
            if isLeft { #expect(grade.reason == "the index calls pkg \(status): use other") }
        }
    }

    @Test("may hold versions that are none, and members that nobody knows")
    func tolerant() async throws {
        let versions = ["1.0", "not-a-version", "2004d.x", "1.1", "1.2-foo", "", "1.1"]
        try await ScriptedIndex.with { _, _ in
            simpleAnswer(versions, more: #","alternate-locations":[],"tracks":null,"project-status":"odd""#)
        } _: { index async throws in
            #expect(try await index.grade("1.0").latest == "1.1")
        }
        try await ScriptedIndex.with { _, _ in
            simpleAnswer(["none", "of", "these"])
        } _: { index async throws in
            let grade = try await index.grade("1.0")
            #expect(grade.freshness == .unknown && !grade.isProvisional)
        }
    }

    @Test("without a list of versions are read from the names of files")
    func files() async throws {
        let body =
            #"{"meta":{"api-version":"1.0"},"name":"python-dateutil","files":["#
            + [
                file("python-dateutil-2.8.2.tar.gz"), file("python_dateutil-2.9.0.post0-py2.py3-none-any.whl"),
                file("python.dateutil-1.5.egg"), file("dateutil-99.tar.gz"), file("python-dateutil-.tar.gz"), file("-"), file(""),
            ].joined(separator: ",") + "]}"
        try await ScriptedIndex.with { _, _ in
            httpAnswer(body, fields: "Content-Type: \(ScriptedIndex.simpleType); charset=utf-8\r\n")
        } _: { index async throws in
            #expect(try await index.grade("1.5", "python-dateutil").latest == "2.9.0.post0")
        }
    }

    @Test("of the JSON API are read alike")
    func json() async throws {
        let body = """
            {"info":{"name":"Pkg","version":"2.0","yanked":false},"releases":{"1.0":[{"yanked":true,"yanked_reason":"bad"}],
            "1.5":[],"2.0":[{"yanked":false}],"3.0b1":[{"yanked":false}],"x":[]},"urls":[]}
            """
        try await ScriptedIndex.with(api: .json, path: "") { _, _ in
            httpAnswer(body, fields: "Content-Type: application/json\r\n")
        } _: { index async throws in
            #expect(try await index.grade("1.0").freshness == .yanked)
            #expect(try await index.grade("1.5").latest == "2.0")
            #expect(index.server.requests.first?.hasPrefix("GET /pypi/pkg/json HTTP/1.1\r\n") == true)
        }
        let short = #"{"info":{"version":"2.1"}}"#
        try await ScriptedIndex.with(api: .json, path: "/mirror/") { _, _ in
            httpAnswer(short, fields: "Content-Type: application/json\r\n")
        } _: { index async throws in
            #expect(try await index.grade("2.0.9").freshness == .minor)
            #expect(index.server.requests.first?.hasPrefix("GET /mirror/pypi/pkg/json HTTP/1.1\r\n") == true)
        }
    }
}
