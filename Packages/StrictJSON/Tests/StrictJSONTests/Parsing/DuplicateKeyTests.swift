import StrictJSON
import Testing

@Suite("Duplicate keys")
struct DuplicateKeyTests {
    /// Objects in which a key comes again, with the offset of its second opening quote.
    static let duplicates: [(text: String, offset: Int)] = [
        (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"a":1}"#, 7), (#"{"":1,"":2}"#, 6), (#"{"a":1,"b":2,"a":3}"#, 13),
        (#"{"a":1, "a" :2}"#, 8),
        // Equal only after unescaping
        (#"{"name":"safe","n\u0061me":"exec"}"#, 15), (#"{"n\u0061me":"exec","name":"safe"}"#, 20),
        (#"{"\u0061":1,"\u0061":2}"#, 12),
        (#"{"a\/b":1,"a/b":2}"#, 10), (#"{"a\nb":1,"a\u000ab":2}"#, 10), (#"{"a\u000Ab":1,"a\u000ab":2}"#, 14),
        (#"{"\"":1,"\u0022":2}"#, 8),
        (#"{"\\":1,"\u005c":2}"#, 8), (#"{"é":1,"\u00e9":2}"#, 8), (#"{"😀":1,"\ud83d\ude00":2}"#, 10),
        (#"{"a longer key than fits":1,"\u0061 longer key than fits":2}"#, 28),
        (#"{"sixteen letters!":1,"sixteen letters\u0021":2}"#, 22),
        // Not at the top
        (#"[{"a":{"b":1,"b":2}}]"#, 13), (#"{"a":{"c":1},"b":{"c":1,"c":2}}"#, 24), (#"{"a":{"a":1},"a":2}"#, 13),
        (#"{"a":[{"a":1}],"a":2}"#, 15),
    ]

    @Test("are refused at the second one, however they are spelled", arguments: Self.duplicates)
    func refusesDuplicates(_ text: String, _ offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text.utf8) }
        #expect(error?.code == .duplicateKey)
        #expect(error?.offset == offset)
    }

    @Test(
        "are told by bytes: what only looks alike is another key",
        arguments: [
            "{\"é\":1,\"e\u{301}\":2}", "{\"Å\":1,\"\u{212B}\":2,\"A\u{30A}\":3}", "{\"name\":1,\"Name\":2,\"NAME\":3}",
            "{\"ﬁ\":1,\"fi\":2}",
            "{\"a\":1,\"\u{430}\":2}", "{\"a\":1,\"a\u{200B}\":2}", "{\"a\":1,\" a\":2,\"a \":3}",
            "{\"각\":1,\"\u{1100}\u{1161}\u{11A8}\":2}",
        ])
    func acceptsLookAlikes(_ text: String) throws {
        let object = try #require(try JSONValue(parsing: text.utf8).objectValue)
        for (position, member) in object.enumerated() {
            #expect(object.position(of: member.key) == position)
            #expect(object[member.key]?.intValue == position + 1)
        }
    }

    @Test("are found in objects of any size", arguments: [2, 3, 15, 16, 17, 18, 19, 40, 1_000])
    func findsDuplicatesAtAnySize(_ count: Int) throws {
        let members = (0..<count).map { "\"key \($0)\":\($0)" }
        let value = try JSONValue(parsing: "{\(members.joined(separator: ","))}".utf8)
        for number in 0..<count { #expect(value["key \(number)"]?.intValue == number) }
        #expect(value["key \(count)"] == nil)
        for repeated in Set([0, count / 2, count - 1, min(15, count - 1), min(16, count - 1)]) {
            let text = "{\(members.joined(separator: ",")),\"\\u006bey \(repeated)\":0}"
            #expect(throws: JSONError(.duplicateKey)) { try JSONValue(parsing: text.utf8) }
        }
    }

    @Test("are found where wide objects stand within wide objects")
    func findsDuplicatesInNestedWideObjects() throws {
        func wideObject(_ last: String) -> String {
            "{\((0..<20).map { "\"k\($0)\":0" }.joined(separator: ",")),\(last)}"
        }
        let good = wideObject("\"x\":\(wideObject("\"x\":\(wideObject("\"x\":1")),\"y\":2")),\"y\":3")
        let value = try JSONValue(parsing: good.utf8)
        #expect(value["x"]?["x"]?["x"] == 1)
        #expect(value["x"]?["y"] == 2)
        #expect(value["y"] == 3)
        for bad in [wideObject("\"x\":\(wideObject("\"k0\":1"))"), wideObject("\"x\":\(wideObject("\"x\":1")),\"k19\":2")] {
            #expect(throws: JSONError(.duplicateKey)) { try JSONValue(parsing: bad.utf8) }
        }
    }

    @Test("cost no more than the keys do, in an object of 100 000 keys that share their outer bytes")
    func readsManyKeys() throws {
        let count = 100_000
        var text = Array("{".utf8)
        for number in 0..<count {
            if number > 0 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: "\"aaaaaaaa\(number + 1_000_000)bbbbbbbb\":\(number)".utf8)
        }
        let object = try #require(try JSONValue(parsing: text + Array("}".utf8)).objectValue)
        #expect(object.count == count)
        #expect(object["aaaaaaaa1099999bbbbbbbb"] == 99_999)
        #expect(throws: JSONError(.duplicateKey)) { try JSONValue(parsing: text + Array(",\"aaaaaaaa1050000bbbbbbbb\":0}".utf8)) }
    }
}
