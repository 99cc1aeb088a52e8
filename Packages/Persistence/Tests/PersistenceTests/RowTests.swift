import Persistence
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

@Suite("Row")
struct RowTests {
    enum Colour: String, SQLDecodable { case red }

    private static func row(_ value: SQLValue) -> Row {
        Row(columns: Row.Columns(names: ["other", "value"]), values: [.null, value])
    }

    private static func decoded<T: SQLDecodable>(_ value: SQLValue, as type: T.Type) -> T? {
        try? self.row(value).decode("value")
    }

    @Test("decodes what either driver gives to the same values")
    func bothDrivers() throws {
        let uuid = try #require(UUID(sqlText: "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6f"))
        let time = try #require(Timestamp(rfc3339: "2026-11-20T21:52:36.972357Z"))
        for value in [SQLValue.uuid(uuid), .text(uuid.sqlText), .text("6F1D2C3E0B5A4C7E9A513F2B8D0C4E6F")] {
            #expect(Self.decoded(value, as: UUID.self) == uuid)
        }
        for value in [SQLValue.timestamp(time), .text(time.rfc3339), .text("2026-11-20 21:52:36.972357")] {
            #expect(Self.decoded(value, as: Timestamp.self) == time)
        }
        #expect(Self.decoded(.boolean(true), as: Bool.self) == true)
        #expect(Self.decoded(.integer(1), as: Bool.self) == true)
        #expect(Self.decoded(.uuid(uuid), as: String.self) == uuid.sqlText)
        #expect(Self.decoded(.timestamp(time), as: String.self) == time.rfc3339)
        #expect(Self.decoded(.json("{}"), as: String.self) == "{}")
        #expect(Self.decoded(.integer(2), as: Double.self) == 2)
        #expect(Self.decoded(.text("red"), as: Colour.self) == .red)
    }

    @Test("refuses a value of another type or out of range, and NULL unless it is allowed")
    func refusals() throws {
        #expect(Self.decoded(.integer(2), as: Bool.self) == nil)
        #expect(Self.decoded(.text("7"), as: Int.self) == nil)
        #expect(Self.decoded(.double(7), as: Int.self) == nil)
        #expect(Self.decoded(.integer(.max), as: Int32.self) == nil)
        #expect(Self.decoded(.integer(.max), as: Double.self) == nil)
        #expect(Self.decoded(.integer(7), as: String.self) == nil)
        #expect(Self.decoded(.text("blue"), as: Colour.self) == nil)
        #expect(Self.decoded(.text("x"), as: [UInt8].self) == nil)
        #expect(Self.decoded(.null, as: String.self) == nil)
        #expect(try Self.row(.null).decode("value", as: String?.self) == nil)
        #expect(throws: PersistenceError(.decoding, message: "")) { try Self.row(.integer(1)).decode("value", as: String?.self) }
        #expect(throws: PersistenceError(.decoding, message: "")) { try Self.row(.null).decode("Value", as: String?.self) }
        #expect(Self.row(.text("secret")).description == "Row(other, value)")
    }

    @Test("compares column names byte by byte")
    func names() {
        let row = Row(columns: Row.Columns(names: ["e\u{301}", "\u{e9}"]), values: [.integer(1), .integer(2)])
        #expect(row["\u{e9}"] == .integer(2))
        #expect(row["e\u{301}"] == .integer(1))
    }

    @Test(
        "refuses malformed UUIDs",
        arguments: [
            "", "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6", "6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e6g",
            "6f1d2c3e-0b5a-4c7e-9a513-f2b8d0c4e6f",
            "6f1d2c3e0b5a4c7e9a513f2b8d0c4e6", "------------------------------------", "6f1d2c3e-0b5a4c7e9a513f2b8d0c4e6",
            "{6f1d2c3e-0b5a-4c7e-9a51-3f2b8d0c4e}", "6f1d2c3e_0b5a_4c7e_9a51_3f2b8d0c4e6f",
        ])
    func malformedUUIDs(_ text: String) {
        #expect(UUID(sqlText: text) == nil)
    }
}
