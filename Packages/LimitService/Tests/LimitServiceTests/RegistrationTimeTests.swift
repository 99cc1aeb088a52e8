import Testing

@testable import LimitService

@Suite("Times of registrations")
struct RegistrationTimeTests {
    @Test("are written so that they can be read")
    func roundTrip() {
        let now = RegistrationTime.now()
        #expect(RegistrationTime.normalised(now) == now)
        #expect(now.utf8.count == 20)
    }

    @Test(
        "are read with and without a zone",
        arguments: [
            ("2026-11-26T21:27:22", "2026-11-26T21:27:22Z"), ("2026-11-26 21:27:22.123456", "2026-11-26T21:27:22.123456Z"),
            ("2026-11-26T21:27:22Z", "2026-11-26T21:27:22Z"), ("2026-11-26T21:27:22+00:00", "2026-11-26T21:27:22Z"),
            ("2024-02-29T00:00:00+05:30", "2024-02-29T00:00:00+05:30"),
        ])
    func reads(_ text: String, _ expected: String) {
        #expect(RegistrationTime.normalised(text) == expected)
    }

    @Test(
        "are nothing where they cannot be read",
        arguments: [
            "", "yesterday", "2026-13-01T00:00:00", "2026-02-30T00:00:00", "2025-02-29T00:00:00", "2026-11-26T24:00:00",
            "2026-11-26T21:27", "2026-11-26T21:27:22.", "2026-11-26T21:27:22X", "2026-11-26T21:27:22+0530", "é026-11-26T21:27:22",
        ])
    func refuses(_ text: String) {
        #expect(RegistrationTime.normalised(text) == nil)
    }
}
