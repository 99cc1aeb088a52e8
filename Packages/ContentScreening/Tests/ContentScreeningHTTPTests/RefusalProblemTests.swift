import ContentScreening
import ContentScreeningHTTP
import ContentScreeningTestSupport
import HTTPCore
import HTTPTypes
import Logging
import StrictJSON
import Testing

@Suite("Answer to a refused text")
struct RefusalProblemTests {
    struct Note: Screenable {
        let contentFields: [ContentField]
    }

    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func problem(_ fields: ContentField...) async throws -> Problem? {
        do {
            _ = try await ContentGate().admit(Note(contentFields: fields), logger: self.logger)
            return nil
        } catch let problem as Problem {
            return problem
        }
    }

    @Test("is 422 with the types, and an entry for every field at fault")
    func refused() async throws {
        let canary = Canary(seed: 3)
        let problem = try #require(try await self.problem(.text("a", "fine"), .text("tags", canary.secret, at: 2)))
        #expect(problem.status == .unprocessableContent)
        #expect(problem.code == .validationError)
        #expect(problem.detail == "Content rejected: AWS Access Key")
        #expect(problem.message == problem.detail)
        let body = try JSONValue(parsing: problem.bodyBytes(requestID: "1"))
        #expect(
            body["errors"] == [
                [
                    "loc": ["body", "tags", 2], "msg": "Holds what may be a secret: AWS Access Key",
                    "type": "content_rejected",
                ]
            ])
        #expect(!body.description.contains(canary.secret))
    }

    @Test("says what to do about a text that could not be looked through")
    func incomplete() async throws {
        let problem = try #require(try await self.problem(.text("a", String(repeating: "ann@corp.de ", count: 30_000))))
        #expect(problem.detail == "Content rejected: Incomplete Scan")
        #expect(problem.message.contains("shorten or split"))
        let body = try JSONValue(parsing: problem.bodyBytes(requestID: "1"))
        #expect(body["errors"]?[0]?["msg"]?.stringValue?.contains("shorten or split") == true)
    }

    @Test("is none for a text without a credential")
    func admitted() async throws {
        #expect(try await self.problem(.text("a", "fine")) == nil)
    }
}
