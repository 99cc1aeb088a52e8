import TestKit
import Testing

@testable import LanguageModel

@Suite("Anything as an answer")
struct StreamReaderTests {
    private static let pieces = [
        "data: ", "data: [DONE]\n\n", "\n", "\r\n", "{", "}", "[", "]", "\"choices\":", "[{\"delta\":{\"content\":\"a\"}}]",
        "\"error\":null",
        "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2}", ",", "null", "7", "-", "\\ud800", "\u{FEFF}", ": x", "\"",
    ]

    @Test("neither traps nor grows beyond its bounds")
    func anything() throws {
        var generator = SeededGenerator(seed: TestRun.seed)
        var configuration = try LanguageModelConfiguration(baseURL: "https://h", model: "m")
        configuration.lineByteLimit = 200
        configuration.answerByteLimit = 4
        let question = ModelQuestion([.user("x")], for: .query)
        for _ in 0..<TestRun.count(3_000, long: 200_000) {
            var text = Bool.random(using: &generator) ? "data: {" : ""
            for _ in 0..<Int.random(in: 0..<12, using: &generator) { text += Self.pieces.randomElement(using: &generator) ?? "" }
            var reader = StreamReader(question, configuration)
            var received = ""
            do throws(LanguageModelError) {
                try reader.feed(Array(text.utf8)) { received += $0 }
                let answer = try reader.end()
                #expect(answer.text == received)
            } catch {
                #expect([.malformedAnswer, .tooLarge, .interrupted].contains(error.code))
            }
            #expect(received.utf8.count <= 4)
            #expect(reader.usage.total >= 0)
            _ = try? AnswerReader.answer(Array(text.utf8), to: question)
        }
    }
}
