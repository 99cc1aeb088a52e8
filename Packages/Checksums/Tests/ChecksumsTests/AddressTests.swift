import Testing

@testable import Checksums

@Suite("Addresses of crypto currencies")
struct AddressTests {
    @Test("base 58 gives the bytes of published addresses")
    func base58() {
        #expect(Base58.decode("".utf8) == [])
        #expect(Base58.decode("11".utf8) == [0, 0])
        #expect(Base58.decode("2g".utf8) == [0x61])
        #expect(Base58.decode("a3gV".utf8) == [0x62, 0x62, 0x62])
        #expect(Base58.decode("aPEr".utf8) == [0x63, 0x63, 0x63])
        let genesis = Base58.decode("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa".utf8)
        #expect(genesis?.count == 25 && genesis?.first == 0 && genesis?.dropFirst().first == 0x62)
        for text in ["0", "O", "I", "l", "a b", String(repeating: "1", count: 129)] { #expect(Base58.decode(text.utf8) == nil) }
    }

    @Test("Keccak gives the published hashes")
    func keccak() {
        func hex(_ bytes: [UInt8]) -> String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
        #expect(hex(Keccak256.hash([])) == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
        #expect(hex(Keccak256.hash(Array("abc".utf8))) == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
        // Lengths around a block, as the padding is the likely mistake.
        for count in [135, 136, 137, 272] { #expect(Keccak256.hash([UInt8](repeating: 7, count: count)).count == 32) }
    }

    @Test(
        "the addresses of EIP-55 pass, one letter in the other case does not",
        arguments: [
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        ])
    func ethereum(_ text: String) {
        #expect(EthereumAddress.form(of: text.utf8) == .checked)
        #expect(EthereumAddress.form(of: text.lowercased().utf8) == .plain)
        #expect(EthereumAddress.form(of: text.uppercased().utf8) == .plain)
        for (index, byte) in text.utf8.enumerated() where byte >= UInt8(ascii: "A") {
            var other = Array(text.utf8)
            other[index] ^= 0x20
            #expect(EthereumAddress.form(of: other) == .wrong)
        }
        #expect(EthereumAddress.form(of: text.dropLast().utf8) == nil)
        #expect(EthereumAddress.form(of: (text.dropLast() + "g").utf8) == nil)
    }
}
