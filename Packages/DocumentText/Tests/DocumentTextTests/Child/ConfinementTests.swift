import DocumentText
import Testing

@Suite("Confinement", .timeLimit(.minutes(2)))
struct ConfinementTests {
    @Test("gives the child nothing but three variables, three descriptors and a group of its own")
    func inheritsNothing() async throws {
        let process = try Documents.process(["environment"]) { $0.searchPath = "/usr/bin:/bin" }
        let document = try await Documents.extract("marked.txt", name: nil, by: process)
        let lines = document.pages[0].text.split(separator: "\n")
        #expect(
            lines == [
                "LANG=C.UTF-8", "PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no", "descriptor 0", "descriptor 1", "descriptor 2",
                "own group",
            ])
    }

    #if os(Linux)
        @Test("leaves the child no sockets, files, memory, processes and threads")
        func confines() async throws {
            let document = try await Documents.extract("marked.txt", name: nil, by: try Documents.process(["probe"]))
            #expect(document.pages[0].text == "tried everything")
        }
    #endif
}
