import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing

@Suite("Uploads", .timeLimit(.minutes(2)))
struct UploadTests {
    /// Counts the bytes of a file and shows all fields.
    static func operation(
        maximumBodyBytes: Int = 10_000, deadline: Duration? = nil, access: Access = .anyone
    ) -> HTTPCore.Operation {
        Operation(
            .post, "/files", id: "upload", summary: "Upload", tag: "files", access: access, limits: [LimitClass("upload")],
            body: .multipart([
                .file("file", summary: "A document"), .text("title", .string(maximum: 5), maximumBytes: 20),
                .text("pages", .integer(1...9)),
            ]), maximumBodyBytes: maximumBodyBytes, deadline: deadline
        ) { request in
            guard let upload = request.upload else { throw Fault(secret: "no upload") }
            var members: [(String, JSONValue)] = []
            while let part = try await upload.nextPart() {
                switch part {
                case .text(let name, let value): members.append((name, value))
                case .file(let file):
                    var size = 0
                    for try await chunk in file { size += chunk.count }
                    members.append(
                        (file.name, [.string(file.fileName), .string(orNull: file.contentType), .integer(size)]))
                }
            }
            return .json(.ok, .object(JSONObject(members)))
        }
    }

    static let type: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]

    static func body(_ parts: String...) -> [UInt8] {
        Array((parts.map { "--b\r\nContent-Disposition: form-data; \($0)\r\n" }.joined() + "--b--\r\n").utf8)
    }

    static let file = "name=\"file\"; filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7"

    private func answer(_ body: [UInt8], headers: HTTPFields = type) async throws -> ServiceAnswer {
        try await Fixture([Self.operation()]).service.answer(.post, "/files", headers: headers, body: body)
    }

    @Test("give text in its normal form and files as they come, whatever their order, and pass over what is not declared")
    func fields() async throws {
        let answer = try await self.answer(
            Self.body("name=pages\r\n\r\n7", "name=other; filename=x\r\n\r\nx", Self.file, "name=title\r\n\r\nNaïve"))
        #expect(answer.status == .ok)
        #expect(try answer.json == ["pages": 7, "file": ["a.pdf", "application/pdf", 8], "title": "Naïve"])
    }

    @Test("come from curl and from Python as these write them")
    func clients() async throws {
        let dashes = String(repeating: "-", count: 24)
        let curl = """
            --\(dashes)d74496d66958873e\r
            Content-Disposition: form-data; name="title"\r
            \r
            abc\r
            --\(dashes)d74496d66958873e\r
            Content-Disposition: form-data; name="file"; filename="my \\"a\\".pdf"\r
            Content-Type: application/pdf\r
            \r
            %PDF\r
            --\(dashes)d74496d66958873e--\r

            """
        let fromCurl = try await self.answer(
            Array(curl.utf8), headers: [.contentType: "multipart/form-data; boundary=\(dashes)d74496d66958873e"])
        #expect(try fromCurl.json == ["title": "abc", "file": ["my \"a\".pdf", "application/pdf", 4]])
        let python = """
            --0f755218d9ab4a6fa6cbcb0ea2ea4e3e\r
            Content-Disposition: form-data; name="file"; filename*=utf-8''%C3%A4.pdf\r
            \r
            \r
            --0f755218d9ab4a6fa6cbcb0ea2ea4e3e--\r

            """
        let fromPython = try await self.answer(
            Array(python.utf8), headers: [.contentType: "multipart/form-data; boundary=0f755218d9ab4a6fa6cbcb0ea2ea4e3e"])
        #expect(try fromPython.json == ["file": ["ä.pdf", .null, 0]])
    }

    static let refused: [(parts: [String], violation: String)] = [
        ([], "body.file missing"), (["name=title\r\n\r\na"], "body.file missing"),
        (["name=file; filename=\"\"\r\n\r\n"], "body.file missing"), (["name=file\r\n\r\nabc"], "body.file multipart_file"),
        ([file, file], "body.file multipart_repeated"), (["name=title\r\n\r\nabcdef", file], "body.title string_too_long"),
        (["name=title\r\n\r\n" + String(repeating: "x", count: 21), file], "body.title string_too_long"),
        (["name=title\r\n\r\n\0", file], "body.title string_unicode"), (["name=pages\r\n\r\nx", file], "body.pages int_parsing"),
        ([file, "nothing=1\r\n\r\n"], "body.159 multipart_invalid"),
    ]

    @Test("that break the declared shape get 422 with the place", arguments: refused.indices)
    func violations(_ index: Int) async throws {
        let (parts, violation) = Self.refused[index]
        let text = parts.map { "--b\r\nContent-Disposition: form-data; \($0)\r\n" }.joined() + "--b--\r\n"
        let answer = try await self.answer(Array(text.utf8))
        #expect(answer.status == .unprocessableContent)
        #expect(try answer.violations == [violation])
    }

    @Test("that are no form get 400, those that end early 422 or 400, and are never taken for the whole")
    func noForm() async throws {
        #expect(try await self.answer(Array("{}".utf8), headers: [.contentType: "application/json"]).status == .badRequest)
        let whole = Self.body(Self.file)
        let cut = try await self.answer(Array(whole.dropLast(6)))
        #expect(cut.status == .unprocessableContent)
        let announced = try await self.answer(
            Array(whole.dropLast(6)),
            headers: [.contentType: "multipart/form-data; boundary=b", .contentLength: "\(whole.count)"])
        #expect(announced.status == .badRequest && announced.headers[.connection] == "close")
    }

    @Test("up to the limit pass, one byte more gets 413, announced or not", arguments: [true, false])
    func limit(_ isAnnounced: Bool) async throws {
        let bare = Self.body("name=file; filename=a\r\n\r\n").count
        let exact = Self.body("name=file; filename=a\r\n\r\n" + String(repeating: "x", count: 10_000 - bare))
        #expect(try await self.answer(exact).status == .ok)
        var headers = Self.type
        if !isAnnounced { headers[.contentLength] = "0" }
        let answer = try await self.answer(exact + [UInt8(ascii: " ")], headers: headers)
        #expect(answer.status == .contentTooLarge && answer.headers[.connection] == "close")
    }

    @Test("are looked at only when caller and limits are settled")
    func order() async throws {
        let fixture = try Fixture([Self.operation(access: .caller)], budget: ["upload": 1])
        let rubbish = Array("rubbish".utf8)
        #expect(try await fixture.service.answer(.post, "/files", headers: Self.type, body: rubbish).status == .unauthorized)
        var headers = HTTPFields.key
        headers[.contentType] = Self.type[.contentType]
        #expect(
            try await fixture.service.answer(.post, "/files", headers: headers, body: rubbish).status == .unprocessableContent)
        #expect(try await fixture.service.answer(.post, "/files", headers: headers, body: rubbish).status == .tooManyRequests)
    }

    @Test("stand in the API description with their fields")
    func description() async throws {
        let document = try await Fixture([Self.operation()]).service.answer(.get, "/openapi.json").json
        let operation = try #require(document["paths"]?["/files"]?["post"])
        #expect(
            operation["requestBody"] == [
                "required": true,
                "content": [
                    "multipart/form-data": [
                        "schema": [
                            "type": "object",
                            "properties": [
                                "file": ["type": "string", "format": "binary", "description": "A document"],
                                "title": ["type": "string", "maxLength": 5],
                                "pages": ["type": "integer", "minimum": 1, "maximum": 9],
                            ],
                            "required": ["file"],
                        ]
                    ]
                ],
            ])
        #expect(operation["responses"]?.objectValue.map { Array($0.keys) } == ["400", "413", "422", "429", "default"])
    }
}
