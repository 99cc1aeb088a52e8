import StrictJSON
import Testing

@Suite("Objects")
struct JSONObjectTests {
    private static func wide(_ count: Int) -> JSONObject {
        JSONObject((0..<count).map { ("key \($0)", .integer($0)) })
    }

    @Test("keep the order of their members")
    func keepsOrder() {
        let object: JSONObject = ["z": 1, "a": 2, "m": 3]
        #expect(Array(object.keys) == ["z", "a", "m"])
        #expect(object.map { $0.value } == [1, 2, 3])
        #expect(object.first?.key == "z")
    }

    @Test("replace in place, append at the end, remove", arguments: [0, 5, 15, 16, 17, 40])
    func changesMembers(_ count: Int) {
        var object = Self.wide(count)
        object["new"] = "first"
        object["new"] = "second"
        #expect(object.count == count + 1)
        #expect(object[count].key == "new")
        #expect(object["new"] == "second")
        if count > 0 {
            object["key 0"] = nil
            #expect(object["key 0"] == nil)
            #expect(object.position(of: "new") == count - 1)
        }
        object["absent"] = nil
        object["new"] = nil
        #expect(object.count == max(0, count - 1))
        for number in 1..<max(1, count) { #expect(object["key \(number)"] == .integer(number)) }
    }

    @Test("built with a key twice hold the last value at the first place")
    func mergesRepeatedKeys() {
        let key = "a"
        let object: JSONObject = [key: 1, "b": 2, "a": 3]
        #expect(Array(object.keys) == ["a", "b"])
        #expect(object["a"] == 3)
    }

    @Test("tell keys apart by bytes, small or wide", arguments: [0, 30])
    func comparesKeysByBytes(_ padding: Int) {
        var object = Self.wide(padding)
        object["é"] = 1
        object["e\u{301}"] = 2
        #expect(object.count == padding + 2)
        #expect(object["é"] == 1)
        #expect(object["e\u{301}"] == 2)
    }

    @Test("are equal whatever the order of members", arguments: [1, 2, 16, 17, 50])
    func ignoresOrder(_ count: Int) {
        let object = Self.wide(count)
        let reversed = JSONObject(object.reversed().map { ($0.key, $0.value) })
        #expect(object == reversed)
        #expect(object.hashValue == reversed.hashValue)
        var changed = reversed
        changed["key 0"] = "other"
        #expect(object != changed)
        var shorter = reversed
        shorter["key 0"] = nil
        #expect(object != shorter)
        var renamed = shorter
        renamed["key zero"] = 0
        #expect(object != renamed)
    }

    @Test("do not change when a copy does")
    func hasValueSemantics() {
        let original = Self.wide(20)
        var copy = original
        copy["key 3"] = nil
        copy["key 4"] = true
        #expect(original == Self.wide(20))
        #expect(original["key 3"] == 3)
    }
}
