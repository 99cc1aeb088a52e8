/// What clients are told about the commands; `redis-cli` asks for `COMMAND DOCS` when it starts.
struct CommandTable {
    /// One command.
    struct Entry {
        /// The name in lower case.
        var name: StaticString
        /// How many arguments, the name included; negative for that many or more.
        var arity: Int64
        /// The place of the key, 0 for none.
        var keyPosition: Int64 = 0
        /// What it does, in one sentence.
        var summary: String
        /// Its group in the documentation.
        var group = "connection"
        /// Names and types of its arguments; a name in brackets may be left out.
        var arguments: [(name: String, type: String)] = []
    }

    private static let throttleArguments = [
        ("key", "key"), ("max_burst", "integer"), ("count", "integer"), ("period", "integer"), ("[quantity]", "integer"),
    ]

    static let entries = [
        Entry(
            name: "cl.throttle", arity: -5, keyPosition: 1,
            summary: "Decides whether a key may go on, in the form of redis-cell.", group: "generic",
            arguments: Self.throttleArguments),
        Entry(
            name: "throttle", arity: -5, keyPosition: 1,
            summary: "Decides whether a key may go on, in the form of throttlecrab.", group: "generic",
            arguments: Self.throttleArguments),
        Entry(name: "ping", arity: -1, summary: "Answers, or gives the message back.", arguments: [("[message]", "string")]),
        Entry(name: "echo", arity: 2, summary: "Gives the message back.", arguments: [("message", "string")]),
        Entry(
            name: "auth", arity: -2, summary: "Authenticates the connection.",
            arguments: [("[username]", "string"), ("password", "string")]),
        Entry(
            name: "hello", arity: -1, summary: "Names the server and chooses the version of the protocol.",
            arguments: [("[protover]", "integer")]),
        Entry(name: "client", arity: -2, summary: "Names the connection and describes it."),
        Entry(name: "command", arity: -1, summary: "Describes the commands.", group: "server"),
        Entry(name: "info", arity: -1, summary: "Describes the server.", group: "server"),
        Entry(name: "select", arity: 2, summary: "Chooses the database; there is one, 0.", arguments: [("index", "integer")]),
        Entry(name: "quit", arity: -1, summary: "Ends the connection."),
    ]

    static func answer(_ request: RESPRequest, _ writer: inout RESPWriter) {
        if request.count == 1 {
            writer.writeArrayHead(Self.entries.count)
            for entry in Self.entries { Self.describe(entry, &writer) }
        } else if request.reads(1, "count"), request.count == 2 {
            writer.writeInteger(Int64(Self.entries.count))
        } else if request.reads(1, "list") {
            writer.writeArrayHead(Self.entries.count)
            for entry in Self.entries { writer.writeBulk(entry.name.description) }
        } else if request.reads(1, "info") {
            Self.describeNamed(request, &writer)
        } else if request.reads(1, "docs") {
            Self.document(request, &writer)
        } else {
            writer.writeError("ERR unknown subcommand or wrong number of arguments for '\(RESPSession.shown(request, 1))'")
        }
    }

    private static func describeNamed(_ request: RESPRequest, _ writer: inout RESPWriter) {
        guard request.count > 2 else {
            writer.writeArrayHead(Self.entries.count)
            for entry in Self.entries { Self.describe(entry, &writer) }
            return
        }
        writer.writeArrayHead(request.count - 2)
        for position in 2..<request.count {
            if let entry = Self.entries.first(where: { request.reads(position, $0.name) }) {
                Self.describe(entry, &writer)
            } else if writer.isVersion3 {
                writer.writeNull()
            } else {
                // A null array, as version 2 has it.
                writer.writeArrayHead(-1)
            }
        }
    }

    /// Ten elements, as since version 7: name, arity, flags, first key, last key, step, categories, tips, key specifications, subcommands.
    private static func describe(_ entry: Entry, _ writer: inout RESPWriter) {
        writer.writeArrayHead(10)
        writer.writeBulk(entry.name.description)
        writer.writeInteger(entry.arity)
        writer.writeArrayHead(1)
        writer.writeSimple("fast")
        writer.writeInteger(entry.keyPosition)
        writer.writeInteger(entry.keyPosition)
        writer.writeInteger(entry.keyPosition > 0 ? 1 : 0)
        for _ in 0..<4 { writer.writeArrayHead(0) }
    }

    private static func document(_ request: RESPRequest, _ writer: inout RESPWriter) {
        let wanted = Self.entries.filter { entry in
            request.count == 2 || (2..<request.count).contains { request.reads($0, entry.name) }
        }
        writer.writeMapHead(wanted.count)
        for entry in wanted {
            writer.writeBulk(entry.name.description)
            writer.writeMapHead(entry.arguments.isEmpty ? 3 : 4)
            for (key, value) in [("summary", entry.summary), ("since", "1.0.0"), ("group", entry.group)] {
                writer.writeBulk(key)
                writer.writeBulk(value)
            }
            guard !entry.arguments.isEmpty else { continue }
            writer.writeBulk("arguments")
            writer.writeArrayHead(entry.arguments.count)
            for (name, type) in entry.arguments { Self.documentArgument(name, type, &writer) }
        }
    }

    private static func documentArgument(_ name: String, _ type: String, _ writer: inout RESPWriter) {
        let isOptional = name.hasPrefix("[")
        writer.writeMapHead(isOptional ? 3 : 2)
        writer.writeBulk("name")
        writer.writeBulk(isOptional ? String(name.dropFirst().dropLast()) : name)
        writer.writeBulk("type")
        writer.writeBulk(type)
        guard isOptional else { return }
        writer.writeBulk("flags")
        writer.writeArrayHead(1)
        writer.writeSimple("optional")
    }
}
