import HTTPTypes
import TestKit
import Testing

@testable import HTTPCore

@Suite("Multipart parser")
struct MultipartParserTests {
    /// A part with its whole content.
    struct Part: Equatable, CustomStringConvertible {
        let name: String
        var fileName: String?
        var content: [UInt8] = []

        var description: String { "\(self.name) \(self.fileName ?? "-") \(String(decoding: self.content, as: UTF8.self))" }
    }

    static func boundary(_ text: String) throws -> MultipartBoundary {
        try MultipartBoundary(in: [.contentType: "multipart/form-data; boundary=\"\(text)\""])
    }

    static func part(_ head: String, _ content: String = "") -> String {
        "--b\r\nContent-Disposition: form-data; \(head)\r\n\r\n\(content)\r\n"
    }

    /// Parses a body that comes in these pieces; its boundary is `b`.
    static func parse(_ pieces: [some Collection<UInt8>], boundary: String = "b") throws -> [Part] {
        var parser = MultipartParser(boundary: try self.boundary(boundary))
        var parts: [Part] = []
        var current: Part?
        for piece in pieces {
            parser.append(piece)
            while let event = try parser.next() {
                switch event {
                case .part(let head): current = Part(name: head.name, fileName: head.fileName)
                case .data(let bytes):
                    #expect(!bytes.isEmpty)
                    current?.content += bytes
                case .partEnd:
                    parts.append(try #require(current))
                    current = nil
                }
            }
        }
        try parser.finish()
        return parts
    }

    static let sample =
        "preamble\r\n-bogus: a line that only ends with it --b\r\n" + part("name=\"title\"", "A\r\n--\r\n-b \r\r\n--a\r\n")
        + "--b \t\r\ncontent-disposition:form-data ; name=file;filename=\"a.pdf\";\r\nX-Other: 1\r\nContent-Type: a/b\r\n\r\n%PDF\n\n--b\r"
        + "\r\n--b\r\nContent-Disposition: form-data; name=none\r\n\r\n--b\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n--b--"
        + "epilogue\r\n--b\r\nno part\r\n"
    static let sampleParts = [
        Part(name: "title", content: Array("A\r\n--\r\n-b \r\r\n--a\r\n".utf8)),
        Part(name: "file", fileName: "a.pdf", content: Array("%PDF\n\n--b\r".utf8)),
        Part(name: "none"), Part(name: "empty"),
    ]
    @Test("finds the same parts wherever the body is cut in two")
    func everySplit() throws {
        let body = Array(Self.sample.utf8)
        for cut in 0...body.count {
            #expect(try Self.parse([body[..<cut], body[cut...]]) == Self.sampleParts, "cut at \(cut)")
        }
        #expect(try Self.parse(body.map { [$0] }) == Self.sampleParts)
    }

    @Test("finds the same parts in pieces of random lengths")
    func randomPieces() throws {
        let body = Array(Self.sample.utf8)
        var generator = SeededGenerator(seed: TestRun.seed)
        for _ in 0..<200 {
            var rest = body[...]
            var pieces: [ArraySlice<UInt8>] = []
            while !rest.isEmpty {
                let piece = rest.prefix(.random(in: 0...40, using: &generator))
                pieces.append(piece)
                rest = rest.dropFirst(piece.count)
            }
            #expect(try Self.parse(pieces) == Self.sampleParts)
        }
    }

    static let malformed: [(String, String)] = [
        ("", "should have the boundary"), ("no boundary", "should have the boundary"), ("x--b\r\n", "should have the boundary"),
        ("\n--b\n", "should have the boundary"), ("--bx", "should be followed by"), ("--b\n", "should be followed by"),
        ("--b-x", "should be followed by"), ("--b\r\r\n", "should be followed by"), ("--b -", "should be followed by"),
        ("--b" + String(repeating: " ", count: 65), "should be followed by"),
        ("preamble\r\n--bogus\r\n" + sample, "should be followed by"),
        ("--b", "should end with its boundary"), ("--b-", "should end with its boundary"),
        (part("name=a", "x") + "--b", "should end with its boundary"), (part("name=a", "x"), "should end with its boundary"),
        (part("name=a", "x") + "--bx", "should be followed by"), (part("name=a", "x\r\n--bx"), "should be followed by"),
        ("--b\r\n\r\n", "should have a Content-Disposition"), ("--b\r\nX: 1\r\n\r\n", "should have a Content-Disposition"),
        ("--b\r\nX: 1\n", "should end with CR LF"), ("--b\r\n\n", "should end with CR LF"), ("--b\r\nX: a\rb\r\n", "no control"),
        ("--b\r\nX: a\0\r\n", "no control"), ("--b\r\nno colon\r\n", "a name, a colon"), ("--b\r\n: a\r\n", "a name, a colon"),
        ("--b\r\nX : a\r\n", "a name, a colon"), ("--b\r\nX: a\r\n folded\r\n", "a name, a colon"),
        ("--b\r\n" + String(repeating: "X: 1\r\n", count: 21), "at most 20 fields"),
        ("--b\r\nX: " + String(repeating: "x", count: 8_192), "at most 8192 bytes"),
        ("--b\r\n" + String(repeating: "X: " + String(repeating: "x", count: 1_000) + "\r\n", count: 9), "at most 8192 bytes"),
        (String(repeating: part("name=a"), count: 101), "at most 100 parts"),
        (part("filename=a"), "should have a name"), (part("name=a; name=b"), "should stand once"), (part("name"), "a name, ="),
        (part("name="), "should have a value"), (part("name=\"a"), "end with a quote"), (part("name=\"a\"b"), "separated by ;"),
        (part("name=a b"), "separated by ;"), (part("name=a;;x=1"), "a name, ="),
        (part("name=a; filename*=latin1''a"), "percent-encoded UTF-8"),
        (part("name=a; filename*=UTF-8''%zz"), "percent-encoded UTF-8"),
        (part("name=a; filename*=UTF-8''%FF"), "percent-encoded UTF-8"), (part("name=a; filename*=a"), "percent-encoded UTF-8"),
        (part("name=a\r\nContent-Disposition: form-data; name=b"), "should stand once"),
        (part("name=a\r\nContent-Transfer-Encoding: base64"), "Content-Transfer-Encoding"),
        ("--b\r\nContent-Disposition: attachment; name=a\r\n\r\n", "should be form-data"),
    ]

    @Test("refuses a malformed body with the rule that it breaks", arguments: malformed.indices)
    func refuses(_ index: Int) throws {
        let (body, rule) = Self.malformed[index]
        let error = #expect(throws: MultipartError.self, "\(body)") { try Self.parse([Array(body.utf8)]) }
        #expect(error?.rule.contains(rule) == true, "\(body): \(error?.rule ?? "")")
        #expect(error?.offset.map { (0...body.utf8.count).contains($0) } == true)
        // The same when it comes byte by byte.
        #expect(throws: MultipartError.self) { try Self.parse(body.utf8.map { [$0] }) }
    }

    @Test("refuses names that are no UTF-8")
    func invalidUTF8() {
        let body = Array("--b\r\nContent-Disposition: form-data; name=\"".utf8) + [0xFF] + Array("\"\r\n\r\n\r\n--b--".utf8)
        #expect(throws: MultipartError.self) { try Self.parse([body]) }
    }

    @Test("takes as many parts, fields and bytes of a head as it allows")
    func bounds() throws {
        let many = String(repeating: Self.part("name=a"), count: 100) + "--b--"
        #expect(try Self.parse([Array(many.utf8)]).count == 100)
        let fields = String(repeating: "X: 1\r\n", count: 19)
        let head = "Content-Disposition: form-data; name=a\r\n" + fields
        #expect(try Self.parse([Array("--b\r\n\(head)\r\n\r\n--b--".utf8)]).count == 1)
        let long = "Content-Disposition: form-data; name=a\r\nX: "
        let padding = String(repeating: "x", count: 8_192 - long.utf8.count - 4)
        #expect(try Self.parse([Array("--b\r\n\(long)\(padding)\r\n\r\n\r\n--b--".utf8)]).count == 1)
        #expect(throws: MultipartError.self) { try Self.parse([Array("--b\r\n\(long)\(padding)x\r\n\r\n\r\n--b--".utf8)]) }
    }

    @Test(
        "reads names as browsers and other clients write them",
        arguments: [
            ("filename=\"a.pdf\"", "a.pdf"), ("filename=a.pdf", "a.pdf"), ("filename=\"\"", ""),
            ("filename=\"a;b=c.pdf\"", "a;b=c.pdf"),
            ("FileName=\"a\"", "a"), ("filename = \"a\"", nil), ("filename=\"a%22b%0D%0a.pdf\"", "a\"b\r\n.pdf"),
            ("filename=\"100%25 %41%2\"", "100%25 %41%2"), (#"filename="a\"b""#, "a\"b"), (#"filename="a\\b""#, #"a\b"#),
            (#"filename="C:\dir\a.pdf""#, #"C:\dir\a.pdf"#), ("filename=\"naïve €.pdf\"", "naïve €.pdf"),
            ("filename*=UTF-8''na%C3%AFve%20a.pdf", "naïve a.pdf"), ("filename*=utf-8'en'a", "a"),
            ("filename*=UTF-8''other; filename=a", "a"), ("size=3", nil),
        ] as [(String, String?)])
    func fileNames(_ parameter: String, _ name: String?) throws {
        let body = Array((Self.part("name=f; \(parameter)", "x") + "--b--").utf8)
        if parameter.contains(" = ") {
            #expect(throws: MultipartError.self) { try Self.parse([body]) }
        } else {
            #expect(try Self.parse([body]) == [Part(name: "f", fileName: name, content: [UInt8(ascii: "x")])])
        }
    }

    @Test("never traps and never grows on random bytes")
    func fuzz() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        let words = [
            "\r\n", "--b", "--", "\r", "\n", "-", "b", ": ", ";", "\"", "\\", "%22", "name=", "form-data", "\r\n\r\n", "\0", "x",
        ]
        .map { Array($0.utf8) }
        let start = Array("--b\r\nContent-Disposition: form-data; name=\"a\"".utf8)
        for round in 0..<3_000 {
            var parser = MultipartParser(boundary: try Self.boundary("b"))
            if round % 2 == 0 { parser.append(start) }
            do {
                for _ in 0..<60 {
                    let piece =
                        Bool.random(using: &generator)
                        ? words[Int.random(in: words.indices, using: &generator)]
                        : (0..<Int.random(in: 0...3, using: &generator)).map { _ in .random(in: 0...255, using: &generator) }
                    parser.append(piece)
                    while try parser.next() != nil {}
                    #expect(parser.keptBytes <= MultipartParser.maximumHeadBytes)
                }
                try parser.finish()
            } catch {}
        }
    }

    @Test("keeps no more than a delimiter of a content of 50 MB, also of one that looks like a delimiter")
    func constantMemory() throws {
        let text = String(repeating: "-", count: 60) + "boundary"
        for filling in ["abcdefgh", "\r\n------", "\r\r\n--\r\n-"] {
            var parser = MultipartParser(boundary: try Self.boundary(text))
            parser.append(Array("--\(text)\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n".utf8))
            let chunk = Array(String(repeating: filling, count: 65_536 / 8).utf8)
            var length = 0
            var mostKept = 0
            func drain() throws {
                while let event = try parser.next() {
                    if case .data(let bytes) = event { length += bytes.count }
                }
                mostKept = max(mostKept, parser.keptBytes)
            }
            for _ in 0..<800 {
                parser.append(chunk)
                try drain()
            }
            parser.append(Array("\r\n--\(text)--\r\n".utf8))
            try drain()
            try parser.finish()
            #expect(length == 800 * 65_536)
            #expect(mostKept <= text.utf8.count + 4)
        }
    }
}

@Suite("Multipart boundaries")
struct MultipartBoundaryTests {
    @Test(
        "are 1 to 70 characters of their set",
        arguments: [
            ("boundary=b", "b"), ("BOUNDARY=\"a b'()+_,-./:=?0\"; charset=utf-8", "a b'()+_,-./:=?0"),
            ("boundary=----=_Part:1/2", "----=_Part:1/2"),
            ("boundary=" + String(repeating: "x", count: 70), String(repeating: "x", count: 70)),
        ])
    func accepted(_ parameter: String, _ boundary: String) throws {
        let headers = [.contentType: "Multipart/Form-Data; \(parameter)"] as HTTPFields
        #expect(try MultipartBoundary(in: headers).bytes == Array(boundary.utf8))
    }

    @Test(
        "are refused otherwise: 400 when it is no form, 422 when only the boundary is wrong",
        arguments: [
            (nil, 400), ("", 400), ("application/json", 400), ("multipart/mixed; boundary=b", 400),
            ("multipart/form-data, x", 400),
            ("multipart/form-data; boundary=b; boundary=c", 400), ("multipart/form-data", 422),
            ("multipart/form-data; boundary=\"\"", 422),
            ("multipart/form-data; boundary=\"b \"", 422), ("multipart/form-data; boundary=\"a\\\\b\"", 422),
            ("multipart/form-data; boundary=\"ä\"", 422),
            ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), 422),
        ] as [(String?, Int)])
    func refused(_ type: String?, _ status: Int) {
        var headers = HTTPFields()
        headers[.contentType] = type
        let problem = #expect(throws: Problem.self) { try MultipartBoundary(in: headers) }
        #expect(problem?.status.code == status)
    }
}
