import Cryptography
import Testing

@Suite("Bcrypt")
struct BcryptTests {
    struct Vector: CustomTestStringConvertible {
        let password: [UInt8]
        let hash: String

        init(_ password: String, _ hash: String) {
            self.init(Array(password.utf8), hash)
        }

        init(_ password: [UInt8], _ hash: String) {
            self.password = password
            self.hash = hash
        }

        var testDescription: String { self.hash }
    }

    /// The first six from the self-test of Openwall's crypt_blowfish 1.3, the last from the tests of Python's `bcrypt`.
    static let vectors = [
        Vector("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        Vector("U*U*", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK"),
        Vector("U*U*U", "$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a"),
        Vector("", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy"),
        Vector([0xFF, 0xFF, 0xA3], "$2y$05$/OK.fbVrR/bpIqNJ5ianF.CE5elHaaO4EbggVDjb8P19RukzXSM3e"),
        Vector(
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
            "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui"),
        Vector("Kk4DQuMMfZL9o", "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm"),
    ]

    @Test("finds the published passwords right", arguments: Self.vectors)
    func acceptsPublished(_ vector: Vector) throws {
        let hash = try #require(BcryptHash(vector.hash))
        #expect(try Bcrypt.verify(vector.password, against: hash))
        #expect(try !Bcrypt.verify(vector.password.dropLast() + [UInt8(ascii: "?")], against: hash))
        #expect(hash.description == vector.hash)
    }

    @Test("hashes with a new salt each time, as the kind $2b$ and with the cost that was asked for")
    func hashes() throws {
        let password = Array("correct horse".utf8)
        let hash = try Bcrypt.hash(password, cost: 4)
        #expect(hash.text.hasPrefix("$2b$04$"))
        #expect(hash.cost == 4)
        #expect(try Bcrypt.verify(password, against: hash))
        #expect(try !Bcrypt.verify("correct horsf".utf8, against: hash))
        #expect(try Bcrypt.hash(password, cost: 4) != hash)
        #expect(try Bcrypt.hash(password, cost: 5).text.hasPrefix("$2b$05$"))
    }

    @Test("takes passwords up to the last byte that counts")
    func takesLongPasswords() throws {
        let longest = [UInt8](repeating: UInt8(ascii: "x"), count: 72)
        let hash = try Bcrypt.hash(longest, cost: 4)
        #expect(try Bcrypt.verify(longest, against: hash))
        #expect(try !Bcrypt.verify(longest.dropLast(), against: hash))
        // Classic implementations would cut it and say yes.
        #expect(try !Bcrypt.verify(longest + [UInt8(ascii: "y")], against: hash))
    }

    @Test("refuses to hash what it would cut", arguments: [[UInt8](repeating: 1, count: 73), [0], [65, 0, 66]] as [[UInt8]])
    func refusesCutPasswords(_ password: [UInt8]) throws {
        #expect(throws: CryptographyError(.unacceptablePassword, message: "")) { try Bcrypt.hash(password, cost: 4) }
        let hash = try Bcrypt.hash("A".utf8, cost: 4)
        #expect(try !Bcrypt.verify(password, against: hash))
    }

    @Test("refuses costs out of range", arguments: [Int.min, -1, 0, 3, 32, Int.max])
    func refusesOtherCosts(_ cost: Int) {
        #expect(throws: CryptographyError(.costOutOfRange, message: "")) { try Bcrypt.hash("password".utf8, cost: cost) }
    }

    @Test(
        "refuses malformed hashes",
        arguments: [
            "", "*0", "*1", "x", "$2b$", "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YE",
            "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEmm",
            "$2x$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm",
            "$2$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEmm",
            "$1b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm",
            "$2b$03$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm",
            "$2b$32$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm",
            "$2b$4.$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm",
            "$2b$04.cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YEm",
            "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3Y=m",
            "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3Yém",
            "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YE\n",
            "$2b$04$cVWp4XaNU8a4v1uMRum2SO026BWLIoQMD/TXg5uZV.0P.uO8m3YE\0",
            "$6$saltsalt$abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
        ])
    func refusesMalformedHashes(_ text: String) {
        #expect(BcryptHash(text) == nil)
    }

    @Test("can run on several threads at once")
    func isThreadSafe() async throws {
        let hash = try #require(BcryptHash(Self.vectors[0].hash))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for task in 0..<16 {
                group.addTask {
                    try Bcrypt.verify((task.isMultiple(of: 2) ? "U*U" : "U*V").utf8, against: hash) == task.isMultiple(of: 2)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }
}
