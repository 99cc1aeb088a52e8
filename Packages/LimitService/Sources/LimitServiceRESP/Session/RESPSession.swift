import Cryptography
import LimitService

/// What a connection has said of itself, and how it answers; knows no socket and no clock.
struct RESPSession {
    /// What is to be done with a command.
    enum Step {
        /// The reply has been written.
        case answered
        /// A decision is asked for.
        case decide(ThrottleRequest, ThrottleCommand)
        /// The reply has been written, and the connection ends behind it.
        case end
    }

    /// The server as `HELLO` and `INFO` name it: that of the protocol, as clients look for it.
    static let serverName = "redis"
    /// The version of the server whose protocol is spoken here.
    static let serverVersion = "7.4.0"
    private static let longestShownText = 128
    private static let mostShownArguments = 20

    let id: Int64
    let address: String
    private let password: [UInt8]?
    var name: [UInt8] = []
    private(set) var isAuthenticated: Bool
    private(set) var isVersion3 = false
    /// How many connections there are, for `INFO`.
    private let connectionCount: @Sendable () -> Int

    init(id: Int64, address: String, password: String?, connectionCount: @escaping @Sendable () -> Int) {
        self.id = id
        self.address = address
        self.password = password.map { Array($0.utf8) }
        self.isAuthenticated = password == nil
        self.connectionCount = connectionCount
    }

    /// Answers a command, or says what else is to be done.
    @inline(__always)
    mutating func handle(_ request: RESPRequest, writer: inout RESPWriter) -> Step {
        if self.isAuthenticated {
            if request.reads(0, "cl.throttle") { return Self.decide(.cell, request, &writer) }
            if request.reads(0, "throttle") { return Self.decide(.crab, request, &writer) }
        }
        return self.handleOther(request, &writer)
    }

    @inline(__always)
    private static func decide(_ command: ThrottleCommand, _ request: RESPRequest, _ writer: inout RESPWriter) -> Step {
        switch command.read(request) {
        case .question(let question): return .decide(question, command)
        case .refusal(let text):
            writer.writeError(text)
            return .answered
        }
    }

    @inline(never)
    private mutating func handleOther(_ request: RESPRequest, _ writer: inout RESPWriter) -> Step {
        writer.isVersion3 = self.isVersion3
        if request.reads(0, "quit") {
            writer.writeSimple("OK")
            return .end
        }
        if request.reads(0, "auth") {
            self.authenticate(request, &writer)
        } else if request.reads(0, "hello") {
            self.greet(request, &writer)
        } else if !self.isAuthenticated {
            writer.writeError("NOAUTH Authentication required.")
        } else if request.reads(0, "ping") {
            Self.ping(request, &writer)
        } else if request.reads(0, "echo") {
            if request.count == 2 { writer.writeBulk(request[1]) } else { Self.refuseArity(request, &writer) }
        } else if request.reads(0, "select") {
            Self.select(request, &writer)
        } else if request.reads(0, "client") {
            self.describeClient(request, &writer)
        } else if request.reads(0, "command") {
            CommandTable.answer(request, &writer)
        } else if request.reads(0, "info") {
            self.inform(&writer)
        } else {
            Self.refuseUnknown(request, &writer)
        }
        return .answered
    }

    static func refuseArity(_ request: RESPRequest, _ writer: inout RESPWriter) {
        writer.writeError("ERR wrong number of arguments for '\(Self.shown(request, 0).lowercased())' command")
    }

    private static func ping(_ request: RESPRequest, _ writer: inout RESPWriter) {
        switch request.count {
        case 1: writer.writeSimple("PONG")
        case 2: writer.writeBulk(request[1])
        default: Self.refuseArity(request, &writer)
        }
    }

    private static func select(_ request: RESPRequest, _ writer: inout RESPWriter) {
        guard request.count == 2 else { return Self.refuseArity(request, &writer) }
        switch request.integer(1) {
        case 0: writer.writeSimple("OK")
        case nil: writer.writeError("ERR value is not an integer or out of range")
        default: writer.writeError("ERR DB index is out of range")
        }
    }

    private func inform(_ writer: inout RESPWriter) {
        writer.writeBulk(
            "# Server\r\nredis_version:\(Self.serverVersion)\r\nredis_mode:standalone\r\nserver_name:gatehouse\r\n\r\n"
                + "# Clients\r\nconnected_clients:\(self.connectionCount())\r\n\r\n# Persistence\r\nloading:0\r\n\r\n"
                + "# Replication\r\nrole:master\r\n")
    }

    private static func refuseUnknown(_ request: RESPRequest, _ writer: inout RESPWriter) {
        var arguments = ""
        for position in 1..<max(min(request.count, Self.mostShownArguments + 1), 1) {
            guard arguments.utf8.count < Self.longestShownText else { break }
            arguments += "'\(Self.shown(request, position))' "
        }
        writer.writeError("ERR unknown command '\(Self.shown(request, 0))', with args beginning with: \(arguments)")
    }

    /// The beginning of an argument, for error replies.
    static func shown(_ request: RESPRequest, _ position: Int) -> String {
        String(decoding: request[position].prefix(Self.longestShownText), as: UTF8.self)
    }
}

/// `AUTH` and `HELLO`.
extension RESPSession {
    private static let wrongPassword = "WRONGPASS invalid username-password pair or user is disabled."

    private mutating func authenticate(_ request: RESPRequest, _ writer: inout RESPWriter) {
        guard request.count == 2 || request.count == 3 else { return Self.refuseArity(request, &writer) }
        guard self.password != nil || request.count == 3 else {
            return writer.writeError(
                "ERR AUTH <password> called without any password configured for the default user. "
                    + "Are you sure your configuration is correct?")
        }
        guard self.admits(user: request.count == 3 ? 1 : nil, password: request.count - 1, of: request) else {
            return writer.writeError(Self.wrongPassword)
        }
        self.isAuthenticated = true
        writer.writeSimple("OK")
    }

    /// Whether the password is right; there is one user, `default`, and without a password it may have any.
    private func admits(user: Int?, password: Int, of request: RESPRequest) -> Bool {
        if let user, !request[user].elementsEqual("default".utf8) { return false }
        guard let secret = self.password else { return true }
        return constantTimeEquals(secret, request[password])
    }

    private mutating func greet(_ request: RESPRequest, _ writer: inout RESPWriter) {
        var isVersion3 = self.isVersion3
        if request.count > 1 {
            guard let version = request.integer(1) else {
                return writer.writeError("ERR Protocol version is not an integer or out of range")
            }
            guard version == 2 || version == 3 else { return writer.writeError("NOPROTO unsupported protocol version") }
            isVersion3 = version == 3
        }
        var mayEnter = self.isAuthenticated
        var name = self.name
        var position = 2
        while position < request.count {
            if request.reads(position, "auth"), position + 2 < request.count {
                guard self.admits(user: position + 1, password: position + 2, of: request) else {
                    return writer.writeError(Self.wrongPassword)
                }
                mayEnter = true
                position += 3
            } else if request.reads(position, "setname"), position + 1 < request.count {
                guard Self.isName(request[position + 1]) else { return writer.writeError(Self.invalidName) }
                name = Array(request[position + 1])
                position += 2
            } else {
                return writer.writeError("ERR Syntax error in HELLO option '\(Self.shown(request, position))'")
            }
        }
        guard mayEnter else {
            return writer.writeError(
                "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> "
                    + "option can be used to authenticate the client and select the RESP protocol version at the same time")
        }
        self.isAuthenticated = true
        self.isVersion3 = isVersion3
        self.name = name
        writer.isVersion3 = isVersion3
        writer.writeMapHead(7)
        for (key, value) in [("server", Self.serverName), ("version", Self.serverVersion)] {
            writer.writeBulk(key)
            writer.writeBulk(value)
        }
        writer.writeBulk("proto")
        writer.writeInteger(isVersion3 ? 3 : 2)
        writer.writeBulk("id")
        writer.writeInteger(self.id)
        for (key, value) in [("mode", "standalone"), ("role", "master")] {
            writer.writeBulk(key)
            writer.writeBulk(value)
        }
        writer.writeBulk("modules")
        writer.writeArrayHead(0)
    }
}
