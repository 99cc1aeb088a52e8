import Persistence
import TestKit
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test(
        "reads date-times of RFC 3339 and writes them in one form",
        arguments: [
            ("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00.000000Z"),
            ("2026-11-20T21:52:36.972357+00:00", 1_795_211_556_972_357, "2026-11-20T21:52:36.972357Z"),
            ("1985-04-12T23:20:50.52Z", 482_196_050_520_000, "1985-04-12T23:20:50.520000Z"),
            ("1996-12-19T16:39:57-08:00", 851_042_397_000_000, "1996-12-20T00:39:57.000000Z"),
            ("1990-12-31T23:59:60Z", 662_688_000_000_000, "1991-01-01T00:00:00.000000Z"),
            ("1990-12-31T15:59:60-08:00", 662_688_000_000_000, "1991-01-01T00:00:00.000000Z"),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000, "1937-01-01T11:40:27.870000Z"),
            ("1969-12-31t23:59:59.9999999z", -1, "1969-12-31T23:59:59.999999Z"),
            ("2000-02-29T00:00:00-00:00", 951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            ("0001-01-01T00:00:00Z", -62_135_596_800_000_000, "0001-01-01T00:00:00.000000Z"),
            ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        ] as [(String, Int64, String)])
    func reads(_ text: String, _ microseconds: Int64, _ written: String) throws {
        let timestamp = try #require(Timestamp(rfc3339: text))
        #expect(timestamp.microseconds == microseconds)
        #expect(timestamp.rfc3339 == written)
        #expect(Timestamp(rfc3339: written) == timestamp)
    }

    @Test(
        "refuses what is no date-time, or lies outside the years 0001 to 9999",
        arguments: [
            "", "2026", "2026-11-20", "2026-11-20T21:52:36", "2026-11-20 21:52:36Z", "2026-11-20T21:52Z", "2026-11-20T21:52:36.Z",
            "2026-11-20T21:52:36,5Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-04-31T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:61Z",
            "2026-01-01T00:00:60Z", "2026-01-01T12:34:60Z", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+01:60",
            "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00+01", "2026-01-01T00:00:00Zx", " 2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z\n", "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
            "9999-12-31T23:59:60Z", "+2026-01-01T00:00:00Z", "-2026-01-01T00:00:00Z", "12026-01-01T00:00:00Z",
            "２０２６-01-01T00:00:00Z",
            "2026-01-01T00:00:00\u{2212}01:00", "2026-1-1T0:0:0Z",
        ])
    func refuses(_ text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test(
        "reads the looser forms that columns of other programs hold, as UTC",
        arguments: [
            ("2026-11-20 21:52:36.972357", "2026-11-20T21:52:36.972357Z"), ("2026-11-20 21:52:36", "2026-11-20T21:52:36.000000Z"),
            ("2026-11-20T21:52:36+01:00", "2026-11-20T20:52:36.000000Z"),
            ("2026-11-20 21:52:36.5+00:00", "2026-11-20T21:52:36.500000Z"),
        ])
    func readsColumns(_ text: String, _ written: String) {
        #expect(Timestamp(sqlText: text)?.rfc3339 == written)
        #expect(Timestamp(sqlText: text + "x") == nil)
    }

    @Test("gives every day its own date, and takes it back")
    func everyDay() throws {
        let stride = TestRun.count(997, long: 1)
        var days = 0
        var previous = ""
        for day in Swift.stride(from: Int64(-719_162), through: 2_932_896, by: stride) {
            let timestamp = try #require(Timestamp(microseconds: day * 86_400_000_000 + 86_399_999_999))
            let text = timestamp.rfc3339
            #expect(text > previous && Timestamp(rfc3339: text) == timestamp)
            previous = text
            days += 1
        }
        #expect(days == (3_652_059 + stride - 1) / stride)
    }

    @Test("keeps the order of time in the order of its texts, and survives any text")
    func randomTexts() {
        var random = SeededGenerator(seed: TestRun.seed)
        let range = Timestamp.earliest.microseconds...Timestamp.latest.microseconds
        for _ in 0..<TestRun.count(2000, long: 1_000_000) {
            let pair = [Int64.random(in: range, using: &random), Int64.random(in: range, using: &random)].compactMap {
                Timestamp(microseconds: $0)
            }
            #expect((pair[0] < pair[1]) == (pair[0].rfc3339 < pair[1].rfc3339))
            #expect(Timestamp(rfc3339: pair[0].rfc3339) == pair[0])
            var bytes = Array(pair[0].rfc3339.utf8)
            bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: .min ... .max, using: &random)
            let mutated = String(decoding: bytes, as: UTF8.self)
            if let read = Timestamp(rfc3339: mutated) { #expect(Timestamp(rfc3339: read.rfc3339) == read) }
        }
    }

    @Test("stops at its first and last instant instead of trapping")
    func borders() {
        #expect(Timestamp(microseconds: Timestamp.latest.microseconds + 1) == nil)
        #expect(Timestamp(microseconds: .min) == nil)
        for duration in [Duration.seconds(Int64.max), .seconds(400_000_000_000), .microseconds(1)] {
            #expect(Timestamp.latest.advanced(by: duration) == .latest)
        }
        for duration in [Duration.seconds(Int64.min), .seconds(-400_000_000_000), .nanoseconds(-1)] {
            #expect(Timestamp.earliest.advanced(by: duration) == .earliest)
        }
        #expect(Timestamp.epoch.advanced(by: .nanoseconds(-1)).microseconds == -1)
        #expect(Timestamp.epoch.advanced(by: .nanoseconds(1999)).microseconds == 1)
        #expect(Timestamp.epoch.advanced(by: .milliseconds(-1500)).microseconds == -1_500_000)
        #expect(Timestamp.earliest.duration(to: .latest) == .microseconds(315_537_897_599_999_999))
    }
}
