import DatabaseTestSupport
import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Persistence
import Retrieval
import RetrievalHTTP
import StrictJSON
import Testing

@Suite("Answer to an upload")
struct UploadAnswerTests {
    @Test("names the document, which is being processed")
    func accepted() async throws {
        try await DocumentService.with(.sqlite) { service in
            let (chunks, continuation) = AsyncStream<[UInt8]>.makeStream()
            continuation.yield([1])
            continuation.finish()
            let receipt = try await DocumentReceiver(store: service.store).receive(
                chunks, name: "a/plant.pdf", contentType: "application/pdf", for: try service.owner("ada"))
            let answer = try receipt.uploadAnswer()
            let json = try JSONValue(parsing: answer.body)
            #expect(answer.status == .ok)
            #expect(json["filename"] == "plant.pdf" && json["status"] == "processing")
            #expect(json["document_id"]?.stringValue?.utf8.count == 36 && json["message"]?.stringValue?.isEmpty == false)
        }
    }

    @Test(
        "refuses in the words of the contract",
        arguments: [
            (.unsupportedType, 400), (.empty, 400), (.tooLarge(limit: 50 << 20), 400), (.tooManyDocuments(limit: 1), 409),
            (.tooManyBytes(limit: 1 << 20), 409), (.noRoom, 503),
        ] as [(DocumentRefusal, Int)])
    func refused(_ refusal: DocumentRefusal, _ status: Int) {
        let problem = #expect(throws: Problem.self) { try DocumentReceipt.refused(refusal).uploadAnswer() }
        #expect(problem?.status.code == status)
        #expect(problem?.detail == refusal.description)
    }

    @Test("is for everybody, but for those whose key is wrong", arguments: [nil, "anon"])
    func sessions(_ name: String?) async throws {
        try await DocumentService.with(.sqlite) { service in
            // A wrong key is no session.
            let answer = try await service.send(.get, "/api/v1/documents", as: "stranger")
            #expect(answer.status == .unauthorized)
            let own = try await service.send(.get, "/api/v1/documents", as: name)
            #expect(own.status == .ok)
        }
    }
}
