/// `CLIENT`, as far as libraries send it when they connect.
extension RESPSession {
    static let invalidName = "ERR Client names cannot contain spaces, newlines or special characters."
    private static let longestName = 256

    func isOnOrOff(_ request: RESPRequest, _ position: Int) -> Bool {
        request.reads(position, "on") || request.reads(position, "off")
    }

    /// Whether bytes may be a name: printable ASCII without blanks, and not too long.
    static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count <= Self.longestName && bytes.allSatisfy { (0x21...0x7E).contains($0) }
    }

    mutating func describeClient(_ request: RESPRequest, _ writer: inout RESPWriter) {
        guard request.count > 1 else { return Self.refuseArity(request, &writer) }
        switch request.count {
        case 2 where request.reads(1, "id"): writer.writeInteger(self.id)
        case 2 where request.reads(1, "getname"):
            if self.name.isEmpty { writer.writeNull() } else { writer.writeBulk(self.name) }
        case 2... where request.reads(1, "list"), 2 where request.reads(1, "info"): writer.writeBulk(self.line)
        case 3 where request.reads(1, "setname"):
            guard Self.isName(request[2]) else { return writer.writeError(Self.invalidName) }
            self.name = Array(request[2])
            writer.writeSimple("OK")
        case 4 where request.reads(1, "setinfo"):
            guard request.reads(2, "lib-name") || request.reads(2, "lib-ver") else {
                return writer.writeError("ERR Unrecognized option '\(Self.shown(request, 2))'")
            }
            guard Self.isName(request[3]) else {
                return writer.writeError("ERR \(Self.shown(request, 2)) cannot contain spaces, newlines or special characters.")
            }
            writer.writeSimple("OK")
        case 3 where request.reads(1, "no-evict") || request.reads(1, "no-touch"):
            if self.isOnOrOff(request, 2) { writer.writeSimple("OK") } else { writer.writeError("ERR syntax error") }
        case _ where request.reads(1, "reply"):
            writer.writeError("ERR CLIENT REPLY is not supported here: every command is answered")
        case _ where self.isKnownSubcommand(request):
            writer.writeError("ERR wrong number of arguments for 'client|\(Self.shown(request, 1).lowercased())' command")
        default:
            writer.writeError(
                "ERR unknown subcommand '\(Self.shown(request, 1))'. Known are GETNAME, ID, INFO, LIST, NO-EVICT, SETINFO and SETNAME."
            )
        }
    }

    private func isKnownSubcommand(_ request: RESPRequest) -> Bool {
        let names: [StaticString] = ["id", "getname", "info", "setname", "setinfo", "no-evict", "no-touch"]
        return names.contains { request.reads(1, $0) }
    }

    /// This connection as `CLIENT LIST` shows it; others are not shown.
    private var line: String {
        "id=\(self.id) addr=\(self.address) name=\(String(decoding: self.name, as: UTF8.self)) db=0 "
            + "resp=\(self.isVersion3 ? 3 : 2) user=default\n"
    }
}
