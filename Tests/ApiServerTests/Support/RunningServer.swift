import DatabaseTestSupport
import ProgramTestSupport
import StrictJSON
import TestKit
import Testing

/// An `api-server` that listens.
struct RunningServer: Sendable {
    let child: ChildProcess
    let client: HTTPClient
    /// Its working directory and database.
    let place: TestPlace

    /// Its working directory.
    var folder: String { self.place.folder }

    /// The log so far.
    var log: String { self.child.output(of: .standardError).text }

    /// Registers a user and returns the first key with the user's id.
    func makeUser() async throws -> (key: String, id: String) {
        let answer = try await self.client.send("POST", "/api/v1/keys", body: "{}")
        try #require(answer.status == 201, "\(answer.text)")
        return (try answer.string("api_key"), try answer.string("user_id"))
    }

    /// Shares a trace and returns its id.
    func makeTrace(key: String) async throws -> String {
        let answer = try await self.client.send("POST", "/api/v1/traces", key: key, body: RunningServer.trace)
        try #require(answer.status == 202, "\(answer.text)")
        return try answer.string("id")
    }

    static let trace =
        #"{"title":"Ports in use","context_text":"bind: EADDRINUSE","solution_text":"Pick port 0","tags":["network"]}"#

    /// Waits until `/readyz` says that the server stops.
    func waitForDraining() async throws {
        for _ in 0..<400 {
            if let answer = try? await self.client.send("GET", "/readyz"), answer.status == 503 {
                #expect(answer.text == #"{"status":"draining"}"#)
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("/readyz never said draining")
    }
}

/// Starts `api-server` in a place on a free port, lends it when it listens, and stops it.
///
/// - Parameters:
///   - settings: Environment of the server; nothing else that is a setting is in it, save that it stops without a pause.
///   - arguments: Arguments after `serve --port 0`.
func withServer<Value>(
    in place: TestPlace, settings: [String: String] = [:], arguments: [String] = [],
    _ body: (RunningServer) async throws -> Value
) async throws -> Value {
    try await Turnstile.servers.withPlace {
        let settings = ["DRAIN_SECONDS": "0"].merging(settings) { _, new in new }
        return try await withChildProcess(
            Programs.apiServer, arguments: ["serve", "--port", "0"] + arguments,
            environment: Programs.environment(settings), workingDirectory: place.folder, outputLimit: 8 << 20
        ) { child in
            let line = try await child.waitForLine(on: .standardError) {
                $0.contains(" listening host=") || $0.contains(#""message":"listening""#)
            }
            let port = try #require(line.firstMatch(of: #/\bport[":=]+(\d+)/#).flatMap { Int($0.1) })
            return try await body(RunningServer(child: child, client: HTTPClient(port: port), place: place))
        }
    }
}

/// As ``withServer(in:settings:arguments:_:)``, on a SQLite file in a folder.
func withServer<Value>(
    in folder: String, settings: [String: String] = [:], arguments: [String] = [],
    _ body: (RunningServer) async throws -> Value
) async throws -> Value {
    try await withServer(in: TestPlace(sqliteIn: folder), settings: settings, arguments: arguments, body)
}

/// As ``withServer(in:settings:arguments:_:)``, in a place that goes with it.
func withServer<Value>(
    on store: TestStore = .sqlite, settings: [String: String] = [:], arguments: [String] = [],
    _ body: (RunningServer) async throws -> Value
) async throws -> Value {
    try await withTestPlace(on: store) { place in
        try await withServer(in: place, settings: settings, arguments: arguments, body)
    }
}
