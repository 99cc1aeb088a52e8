import Redis
import Testing

@Suite("Script")
struct ScriptTests {
    @Test(
        "knows the hash that the server will use",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            ("return 1", "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"),
        ])
    func hash(_ source: String, _ expected: String) {
        #expect(RedisScript(source).sha1 == expected)
    }

    @Test("hashes every length around a block as the algorithm wants", arguments: 50...130)
    func paddingLengths(_ length: Int) {
        #expect(RedisScript(String(repeating: "a", count: length)).sha1.utf8.count == 40)
    }
}
