import StrictJSON
import Testing

@Suite("Documents")
struct JSONDocumentTests {
    private static let text =
        #" { "user" : { "name" : "Zo\u00eb" , "tags" : [ "a" , 12.50 , [ ] , { } , null ] } , "é\n" : true, "last": -3e2 } "#

    private static func text(_ document: JSONDocument, _ span: Range<Int>) -> String {
        String(decoding: document.bytes[span], as: UTF8.self)
    }

    @Test("know where each value and key stands")
    func knowsSpans() throws {
        let document = try JSONDocument(parsing: Array(Self.text.utf8))
        let root = document.root
        #expect(Self.text(document, root.span) == Self.text.trimmingSpaces)
        let members = root.members
        #expect(members.map(\.key) == ["user", "é\n", "last"])
        #expect(members.map { Self.text(document, $0.keySpan) } == ["\"user\"", #""é\n""#, "\"last\""])
        #expect(members.map { Self.text(document, $0.node.span) }.dropFirst() == ["true", "-3e2"])
        let user = try #require(root["user"])
        #expect(Self.text(document, user.span) == #"{ "name" : "Zo\u00eb" , "tags" : [ "a" , 12.50 , [ ] , { } , null ] }"#)
        #expect(user["name"].map { Self.text(document, $0.span) } == #""Zo\u00eb""#)
        let tags = try #require(user["tags"])
        #expect(tags.elements.map { Self.text(document, $0.span) } == ["\"a\"", "12.50", "[ ]", "{ }", "null"])
        #expect(tags[4].map { Self.text(document, $0.span) } == "null")
        #expect(root["last"].map { Self.text(document, $0.span) } == "-3e2")
        #expect(tags[5] == nil && tags[-1] == nil && tags["a"] == nil && root["absent"] == nil && root[0] == nil)
        #expect(tags.members.isEmpty && root.elements.isEmpty)
    }

    @Test("give spans whose text parses to the value, for every accepted text", arguments: AcceptanceTests.texts)
    func spansParseToTheirValues(_ text: String, _ compact: String?) throws {
        let document = try JSONDocument(parsing: Array(text.utf8))
        try Self.check(document.root, in: document)
    }

    /// Parses the text of every node and key below a node, and compares ways to reach them.
    static func check(_ node: JSONNode, in document: JSONDocument) throws {
        #expect(try JSONValue(parsing: document.bytes[node.span]) == node.value)
        for (index, element) in node.elements.enumerated() {
            #expect(node[index]?.span == element.span)
            try self.check(element, in: document)
        }
        for member in node.members {
            #expect(try JSONValue(parsing: document.bytes[member.keySpan]) == .string(member.key))
            #expect(node[member.key]?.span == member.node.span)
            try self.check(member.node, in: document)
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(self.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
