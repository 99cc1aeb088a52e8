import Foundation
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

/// Documents that `Tools/documents/make-documents` writes.
enum Documents {
    private static let maker = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Tools/documents/make-documents").standardizedFileURL.path(percentEncoded: false)

    static let pdf = "application/pdf"
    static let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

    /// Lends the bytes of a document.
    static func bytes(_ name: String) async throws -> [UInt8] {
        try await withTemporaryDirectory { folder in
            let made = try await runProcess("python3", arguments: [self.maker, folder, name])
            try #require(made.isSuccess, "\(made.standardError.text)")
            return try Array(Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
        }
    }

    static let plant = """
        The plant has one turbine. Its bearings need oil every month, and the filter is changed in spring.

        Visitors come on Sundays. The gate is opened by the guard at ten.
        """
}

extension RunningServer {
    static let uploadPath = "/api/v1/documents/upload"

    /// The bytes of a request that uploads a file.
    static func upload(
        _ content: [UInt8], name: String, type: String, key: String? = nil, fields: [String] = []
    ) -> [UInt8] {
        let head = """
            --b0undary\r
            Content-Disposition: form-data; name="file"; filename="\(name)"\r
            Content-Type: \(type)\r
            \r

            """
        let body = Array(head.utf8) + content + Array("\r\n--b0undary--\r\n".utf8)
        let announced = [
            "Content-Type: multipart/form-data; boundary=b0undary", "Content-Length: \(body.count)",
        ]
        return HTTPClient.request("POST", self.uploadPath, fields: fields + announced, key: key) + body
    }

    /// Uploads a file.
    func upload(
        _ content: [UInt8], name: String, type: String, key: String? = nil, fields: [String] = []
    ) async throws -> HTTPAnswer {
        let request = Self.upload(content, name: name, type: type, key: key, fields: fields)
        return try await self.client.exchange(request, answersTo: ["POST"])[0]
    }

    /// Waits until a document is not being processed any more, and returns what is told of it.
    func processed(_ id: String, key: String? = nil, fields: [String] = []) async throws -> JSONValue {
        let end = ContinuousClock.now + .seconds(120)
        while true {
            let answer = try await self.client.send("GET", "/api/v1/documents/\(id)/status", fields: fields, key: key)
            let json = try answer.json()
            if json["status"] != "processing" || ContinuousClock.now > end { return json }
            // So as not to use up the limit of looks at documents.
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// Uploads a file and waits until it is processed.
    @discardableResult
    func add(
        _ content: [UInt8], name: String, type: String = "text/plain", key: String? = nil
    ) async throws -> JSONValue {
        let answer = try await self.upload(content, name: name, type: type, key: key)
        try #require(answer.status == 200, "\(answer.text)")
        return try await self.processed(try answer.string("document_id"), key: key)
    }

    func ask(_ question: String, path: String = "/api/v1/query/", key: String? = nil) async throws -> HTTPAnswer {
        let body: JSONValue = ["query": .string(question)]
        return try await self.client.send(
            "POST", path, key: key, body: String(decoding: body.compactBytes(), as: UTF8.self))
    }
}
