import LimitServiceRESP
import TestKit
import Testing

@Suite("RESP session")
struct SessionTests {
    let clock = ManualClock()

    private func withClient(password: String? = nil, _ body: (inout TestClient) async throws -> Void) async throws {
        try await withListener(try makeService(clock: self.clock), configure: { $0.password = password }) { port in
            try await TestClient.with(port: port, body)
        }
    }

    @Test("answers what libraries send when they connect")
    func connects() async throws {
        try await self.withClient { client in
            #expect(await client.ask("PING", gets: "+PONG\r\n"))
            #expect(await client.ask("ping", "hi\r\n", gets: "$4\r\nhi\r\n\r\n"))
            #expect(await client.ask("ECHO", "", gets: "$0\r\n\r\n"))
            #expect(await client.ask("SELECT", "0", gets: "+OK\r\n"))
            #expect(await client.ask("SELECT", "1", gets: "-ERR DB index is out of range\r\n"))
            #expect(await client.ask("CLIENT", "SETINFO", "LIB-NAME", "redis-py", gets: "+OK\r\n"))
            #expect(await client.ask("CLIENT", "GETNAME", gets: "$-1\r\n"))
            #expect(await client.ask("CLIENT", "SETNAME", "worker-1", gets: "+OK\r\n"))
            #expect(await client.ask("CLIENT", "GETNAME", gets: "$8\r\nworker-1\r\n"))
            #expect(
                await client.ask(
                    "CLIENT", "SETNAME", "a b",
                    gets: "-ERR Client names cannot contain spaces, newlines or special characters.\r\n"))
            #expect(await client.ask("CLIENT", "ID", gets: ":1\r\n"))
            #expect(await client.ask("CLIENT", "NO-EVICT", "on", gets: "+OK\r\n"))
            #expect(
                await client.ask(
                    "CLIENT", "REPLY", "OFF", gets: "-ERR CLIENT REPLY is not supported here: every command is answered\r\n"))
            #expect(await client.ask("COMMAND", "COUNT", gets: ":11\r\n"))
            #expect(await client.ask("COMMAND", "INFO", "nope", gets: "*1\r\n*-1\r\n"))
            #expect(
                await client.ask(
                    "COMMAND", "INFO", "CL.THROTTLE",
                    gets: "*1\r\n*10\r\n$11\r\ncl.throttle\r\n:-5\r\n*1\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*0\r\n*0\r\n*0\r\n*0\r\n"))
            #expect(await client.ask("QUIT", gets: "+OK\r\n"))
            #expect(await client.receiveToEnd() == "")
        }
    }

    @Test("greets in both versions of the protocol, and keeps to the chosen one")
    func greets() async throws {
        try await self.withClient { client in
            let fields = { (proto: Int) in
                "$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.4.0\r\n$5\r\nproto\r\n:\(proto)\r\n$2\r\nid\r\n:1\r\n"
                    + "$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n"
            }
            #expect(await client.ask("HELLO", gets: "*14\r\n" + fields(2)))
            #expect(await client.ask("HELLO", "3", "SETNAME", "me", gets: "%7\r\n" + fields(3)))
            #expect(await client.ask("CLIENT", "GETNAME", gets: "$2\r\nme\r\n"))
            #expect(await client.ask("CLIENT", "SETNAME", "", gets: "+OK\r\n"))
            #expect(await client.ask("CLIENT", "GETNAME", gets: "_\r\n"))
            #expect(await client.ask("COMMAND", "INFO", "nope", gets: "*1\r\n_\r\n"))
            #expect(await client.ask("COMMAND", "DOCS", "nope", gets: "%0\r\n"))
            #expect(await client.ask("HELLO", "4", gets: "-NOPROTO unsupported protocol version\r\n"))
            #expect(await client.ask("HELLO", "x", gets: "-ERR Protocol version is not an integer or out of range\r\n"))
            #expect(await client.ask("HELLO", "2", "NOPE", gets: "-ERR Syntax error in HELLO option 'NOPE'\r\n"))
            #expect(await client.ask("HELLO", "2", "AUTH", "default", gets: "-ERR Syntax error in HELLO option 'AUTH'\r\n"))
            #expect(await client.ask("CLIENT", "GETNAME", gets: "_\r\n"))
            #expect(await client.ask("HELLO", "2", gets: "*14\r\n" + fields(2)))
        }
    }

    @Test("does nothing for a client that has not given the password")
    func authenticates() async throws {
        try await self.withClient(password: "open sesame") { client in
            #expect(await client.ask("CL.THROTTLE", "k", "1", "1", "1", gets: "-NOAUTH Authentication required.\r\n"))
            #expect(await client.ask("THROTTLE", "k", "1", "1", "1", gets: "-NOAUTH Authentication required.\r\n"))
            #expect(await client.ask("PING", gets: "-NOAUTH Authentication required.\r\n"))
            for word in ["", "open", "open sesame!", "OPEN SESAME"] {
                #expect(
                    await client.ask("AUTH", word, gets: "-WRONGPASS invalid username-password pair or user is disabled.\r\n"))
            }
            #expect(
                await client.ask(
                    "AUTH", "root", "open sesame", gets: "-WRONGPASS invalid username-password pair or user is disabled.\r\n"))
            #expect(await client.ask("AUTH", gets: "-ERR wrong number of arguments for 'auth' command\r\n"))
            client.send("HELLO 3\r\nQUIT\r\n")
            let last = await client.receiveToEnd()
            #expect(last.hasPrefix("-NOAUTH HELLO must be called") && last.hasSuffix("\r\n+OK\r\n"))
        }
        try await self.withClient(password: "open sesame") { client in
            #expect(await client.ask("AUTH", "open sesame", gets: "+OK\r\n"))
            #expect(await client.ask("PING", gets: "+PONG\r\n"))
        }
        try await self.withClient(password: "open sesame") { client in
            client.send(TestClient.framed(["HELLO", "3", "AUTH", "default", "open sesame"]))
            #expect(await client.receives("%7\r\n"))
        }
    }

    @Test("an AUTH where none is needed is told so, as libraries expect")
    func needlessPassword() async throws {
        try await self.withClient { client in
            client.send("AUTH x\r\n")
            #expect(await client.receive(9) == "-ERR AUTH")
        }
    }

    @Test("a client that has not given the password may send short commands only")
    func boundsStrangers() async throws {
        try await self.withClient(password: "open sesame") { client in
            client.send("*2\r\n$4\r\nAUTH\r\n$16385\r\n")
            #expect(await client.receiveToEnd() == "-ERR Protocol error: invalid bulk length\r\n")
        }
        try await self.withClient(password: "open sesame") { client in
            client.send("*11\r\n")
            #expect(await client.receiveToEnd() == "-ERR Protocol error: invalid multibulk length\r\n")
        }
    }

    @Test("names what it does not know, and never lets an argument forge a reply")
    func unknownCommands() async throws {
        try await self.withClient { client in
            #expect(
                await client.ask(
                    "SET", "a", "b\r\n+OK", gets: "-ERR unknown command 'SET', with args beginning with: 'a' 'b  +OK' \r\n"))
            #expect(await client.ask("\r\n", gets: "-ERR unknown command '  ', with args beginning with: \r\n"))
            #expect(await client.ask("CLIENT", "KILL", gets: Self.unknownSubcommand))
            #expect(
                await client.ask("CLIENT", "SETNAME", gets: "-ERR wrong number of arguments for 'client|setname' command\r\n"))
            #expect(await client.ask("PING", "a", "b", gets: "-ERR wrong number of arguments for 'ping' command\r\n"))
            let long = String(repeating: "x", count: 100_000)
            client.send(TestClient.framed([long, long, long]))
            #expect(await client.receive(25) == "-ERR unknown command 'xxx")
            client.send("QUIT\r\n")
            #expect(await client.receiveToEnd().utf8.count < 500)
        }
    }

    private static let unknownSubcommand =
        "-ERR unknown subcommand 'KILL'. Known are GETNAME, ID, INFO, LIST, NO-EVICT, SETINFO and SETNAME.\r\n"
}
