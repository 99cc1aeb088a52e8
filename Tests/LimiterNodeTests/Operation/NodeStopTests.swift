import Foundation
import ProgramTestSupport
import TestKit
import Testing

@Suite("Stopping a node")
struct NodeStopTests {
    @Test("a request in flight is finished, /readyz says draining, and the status is 0", arguments: StoreKind.allCases)
    func graceful(_ store: StoreKind) async throws {
        try await withNode(store, ["DRAIN_SECONDS": "2"]) { node async throws in
            let bytes = HTTPClient.request("POST", "/check", body: #"{"key":"user","limit":5}"#)
            let resume = DispatchSemaphore(value: 0)
            async let answer = node.client.withConnection { connection in
                try connection.send(Array(bytes.dropLast(8)))
                resume.wait()
                try connection.send(Array(bytes.suffix(8)))
                return try connection.readAnswer(to: "POST")
            }
            // Answered later than the head above was sent: then that is read, too.
            _ = try await node.client.send("GET", "/livez")
            node.child.send(signal: SIGTERM)
            try await eventually("it says draining") {
                try await node.client.send("GET", "/readyz").text == #"{"status":"draining"}"#
            }
            #expect(node.child.termination == nil)
            resume.signal()
            let status = try await answer.status
            #expect(status == 200)
            #expect(try await node.child.waitForExit() == .exited(0))
            #expect(node.child.output(of: .standardError).lines.last?.hasSuffix("stopped") == true)
        }
    }

    @Test("connections that clients keep do not hold it, also by Ctrl-C", arguments: [SIGTERM, SIGINT], StoreKind.allCases)
    func idle(_ signal: Int32, _ store: StoreKind) async throws {
        try await withNode(store) { node async throws in
            try await node.client.withConnection { connection in
                // One connection stays on the hot path, the other has left it.
                let other = try SocketConnection(port: node.client.port)
                defer { other.close() }
                try connection.send(HTTPClient.request("POST", "/check", body: #"{"key":"user"}"#))
                #expect(try connection.readAnswer(to: "POST").status == 200)
                try other.send(HTTPClient.request("GET", "/livez"))
                #expect(try other.readAnswer(to: "GET").status == 200)
                node.child.send(signal: signal)
                #expect(connection.isClosedByServer())
                #expect(other.isClosedByServer())
            }
            #expect(try await node.child.waitForExit(within: .seconds(10)) == .exited(0))
        }
    }

    @Test("a second signal ends it at once", arguments: [(SIGTERM, SIGTERM), (SIGINT, SIGTERM)])
    func secondSignal(_ one: Int32, _ two: Int32) async throws {
        try await withNode(["DRAIN_SECONDS": "300"]) { node async throws in
            node.child.send(signal: one)
            try await eventually("it says draining") { try await node.client.send("GET", "/readyz").status == 503 }
            node.child.send(signal: two)
            #expect(try await node.child.waitForExit(within: .seconds(10)) == .exited(128 + two))
        }
    }

    @Test("it stops while Redis is away or hangs", arguments: [Fault.killed, .hanging])
    func fault(_ fault: Fault) async throws {
        try await withFaultyFleet(.local) { nodes, redis, proxy async throws in
            try await fault.begin(redis, proxy)
            try await eventually("answers are degraded") { try await nodes[0].check("user").isDegraded }
            nodes[0].child.send(signal: SIGTERM)
            #expect(try await nodes[0].child.waitForExit(within: .seconds(20)) == .exited(0))
        }
    }
}
