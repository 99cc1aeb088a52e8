import Identity
import Testing

@Suite("IPv4 address")
struct IPv4AddressTests {
    @Test(
        "reads and writes the dotted form",
        arguments: [
            ("0.0.0.0", 0), ("127.0.0.1", 0x7F00_0001), ("1.2.3.4", 0x0102_0304), ("255.255.255.255", 0xFFFF_FFFF),
            ("10.0.200.99", 0x0A00_C863),
        ] as [(String, UInt32)])
    func readsDottedForm(_ text: String, _ bits: UInt32) throws {
        let address = try #require(IPv4Address(text))
        #expect(address.bits == bits)
        #expect(address.description == text)
    }

    @Test(
        "refuses every other form",
        arguments: [
            "", "1", "127.1", "127.0.1", "2130706433", "0x7f.0.0.1", "0x7f000001", "0177.0.0.1", "127.0.0.01", "00.0.0.0",
            "1.2.3.256", "1.2.3.999", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n", "+1.2.3.4",
            "1.2.3.-4", "1.2.3.4\0", "1.2.3.4/32", "1.2.3.4:80", "１.2.3.4", "1.2.3.٤", "1。2.3.4", "a.b.c.d", "localhost",
            "1.2.3.4294967297", "1.2.3.18446744073709551617",
        ])
    func refusesOtherForms(_ text: String) {
        #expect(IPv4Address(text) == nil)
        #expect(IPAddress(text) == nil)
    }

    @Test("orders by number")
    func ordersByNumber() {
        #expect(IPv4Address(bits: 1) < IPv4Address(bits: 0x8000_0000))
    }
}
