import ProgramTestSupport

/// Many callers who ask the same at the same time.
enum Callers {
    /// What became of their requests.
    struct Tally: Sendable, Equatable {
        var admitted = 0
        var blocked = 0
        /// Answers that neither admit nor block, or that the shared store did not give.
        var other = 0
    }

    /// Requests that are sent in one piece, few enough that neither side waits for the other to read.
    private static let pipelined = 50

    /// Sends one request `count` times over many connections at once, each pipelined, spread over the nodes.
    static func ask(_ nodes: [RunningNode], _ count: Int, connections: Int = 24, body: String) async throws -> Tally {
        try await withThrowingTaskGroup(of: Tally.self) { group in
            for number in 0..<connections {
                let share = count / connections + (number < count % connections ? 1 : 0)
                let client = nodes[number % nodes.count].client
                group.addTask { try await Self.ask(client, share, body: body) }
            }
            return try await group.reduce(into: Tally()) { sum, part in
                sum.admitted += part.admitted
                sum.blocked += part.blocked
                sum.other += part.other
            }
        }
    }

    private static func ask(_ client: HTTPClient, _ count: Int, body: String) async throws -> Tally {
        let request = HTTPClient.request("POST", "/check", body: body)
        return try await client.withConnection { connection in
            var tally = Tally()
            var left = count
            while left > 0 {
                let round = min(left, Self.pipelined)
                try connection.send(Array(Array(repeating: request, count: round).joined()))
                for _ in 0..<round { tally.add(try connection.readAnswer(to: "POST")) }
                left -= round
            }
            return tally
        }
    }
}

extension Callers.Tally {
    fileprivate mutating func add(_ answer: HTTPAnswer) {
        switch answer.status {
        case 200 where !answer.isDegraded: self.admitted += 1
        case 429 where !answer.isDegraded: self.blocked += 1
        default: self.other += 1
        }
    }
}
