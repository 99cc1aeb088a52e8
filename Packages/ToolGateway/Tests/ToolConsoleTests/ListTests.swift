import DatabaseTestSupport
import HTTPCoreTestSupport
import HTTPTypes
import StrictJSON
import Testing
import ToolConsole

@Suite("Listing tools")
struct ListTests {
    @Test("shows built-in tools and servers, with and without the last slash", arguments: ["/api/tools/", "/api/tools"])
    func list(_ path: String) async throws {
        try await ConsoleFixture.with(.sqlite) { console in
            let answer = try await console.http.answer(.get, path)
            #expect(answer.status == .ok)
            #expect(try answer.json["total"] == 5)
            let tools = try #require(try answer.json["tools"]?.arrayValue)
            #expect(tools.compactMap { $0["id"]?.stringValue } == ["1", "2", "3", "4", "files"])
            #expect(tools[2] == ["id": "3", "name": "off", "description": "Does as it is told", "enabled": false])
            #expect(console.limits.charged == ["tool-read"])
        }
    }

    @Test("shows one tool, or says that there is none")
    func one() async throws {
        try await ConsoleFixture.with(.sqlite) { console in
            let answer = try await console.http.answer(.get, "/api/tools/1")
            #expect(try answer.json == ["id": "1", "name": "works", "description": "Does as it is told", "enabled": true])
            #expect(try await console.http.answer(.get, "/api/tools/files").json["name"] == "files")
            let missing = try await console.http.answer(.get, "/api/tools/x%22y")
            #expect(missing.status == .notFound)
            #expect(try missing.json["detail"] == #"Tool with ID 'x"y' not found"#)
        }
    }

    @Test("refuses servers with a name that something built in has", arguments: ["builtin", "1"])
    func reserved(_ name: String) {
        let error = #expect(throws: ToolConsoleError.self) {
            try ToolRegistry(builtIns: [(ScriptedTool("works"), true)], servers: ["files", name])
        }
        #expect(error?.code == .reservedName)
    }
}
