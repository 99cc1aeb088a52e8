import Cryptography
import StandardWebhooks
import TestKit
import Testing

@Suite("Webhook signatures")
struct SignatureTests {
    // The vector that the libraries of Standard Webhooks share; its secret guards nothing.
    static let body = Array(#"{"test": 2432232314}"#.utf8)
    static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    static let time: Int64 = 1_614_265_330
    static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    static func publishedSecret() throws -> WebhookSecret {
        try WebhookSecret(parsing: ["whsec", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"].joined(separator: "_"))
    }

    static func headers(
        id: String = Self.id, timestamp: String = "\(Self.time)", signature: String = Self.signature
    ) -> WebhookHeaders {
        WebhookHeaders(id: id, timestamp: timestamp, signature: signature)
    }

    let verifier: WebhookVerifier

    init() throws {
        self.verifier = try WebhookVerifier(secrets: [Self.publishedSecret()])
    }

    @Test("are those of the published vector")
    func matchPublishedVector() throws {
        let headers = try WebhookSigner(secrets: [Self.publishedSecret()]).sign(Self.body, id: Self.id, at: Self.time)
        #expect(headers == Self.headers())
        try self.verifier.verify(Self.body, headers, at: Self.time)
    }

    @Test("are believed up to 300 seconds to either side", arguments: [-300, -299, 0, 299, 300] as [Int64])
    func believedInTime(_ offset: Int64) throws {
        try self.verifier.verify(Self.body, Self.headers(), at: Self.time + offset)
    }

    @Test("are refused when too old or too new", arguments: [-301, 301, 86_400, -86_400] as [Int64])
    func refusedOutsideTolerance(_ offset: Int64) throws {
        let error = #expect(throws: WebhookError.self) {
            try self.verifier.verify(Self.body, Self.headers(), at: Self.time + offset)
        }
        #expect(error?.code == .outsideTolerance)
    }

    @Test(
        "are refused when anything was changed",
        arguments: [
            (Self.headers(id: "msg_p5jXN8AQM9LWM0D4loKWxJel"), .noMatchingSignature),
            (Self.headers(timestamp: "1614265331"), .noMatchingSignature),
            (Self.headers(timestamp: "01614265330"), .noMatchingSignature),
            (Self.headers(signature: "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), .noMatchingSignature),
            (Self.headers(signature: "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), .noMatchingSignature),
            (Self.headers(signature: "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), .noMatchingSignature),
            (Self.headers(signature: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1O"), .noMatchingSignature),
            (Self.headers(signature: "v1,"), .noMatchingSignature),
            (Self.headers(signature: ""), .noMatchingSignature),
            (Self.headers(signature: String(repeating: "v1, ", count: 2_000)), .invalidSignatures),
            (Self.headers(signature: String(repeating: "v1, ", count: 33)), .invalidSignatures),
            (Self.headers(id: ""), .invalidID),
            (Self.headers(id: "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330"), .invalidID),
            (Self.headers(id: "msg_é"), .invalidID),
            (Self.headers(timestamp: ""), .invalidTimestamp),
            (Self.headers(timestamp: "-1614265330"), .invalidTimestamp),
            (Self.headers(timestamp: "+1614265330"), .invalidTimestamp),
            (Self.headers(timestamp: "1614265330.0"), .invalidTimestamp),
            (Self.headers(timestamp: "9999999999999999999999"), .invalidTimestamp),
            (Self.headers(timestamp: "１６１４２６５３３０"), .invalidTimestamp),
        ] as [(WebhookHeaders, WebhookError.Code)])
    func refusedWhenChanged(_ headers: WebhookHeaders, _ code: WebhookError.Code) {
        let error = #expect(throws: WebhookError.self) { try self.verifier.verify(Self.body, headers, at: Self.time) }
        #expect(error?.code == code)
    }

    @Test("are refused for every flipped bit of body and signature")
    func refusedForFlippedBits() throws {
        for index in Self.body.indices {
            for bit in 0..<8 {
                var body = Self.body
                body[index] ^= 1 << bit
                #expect(throws: WebhookError.self) { try self.verifier.verify(body, Self.headers(), at: Self.time) }
            }
        }
        let digest = try #require(Base64.decode(String(Self.signature.dropFirst(3))))
        for bit in 0..<256 {
            var changed = digest
            changed[bit / 8] ^= 1 << (bit % 8)
            let headers = Self.headers(signature: "v1,\(Base64.encode(changed))")
            #expect(throws: WebhookError.self) { try self.verifier.verify(Self.body, headers, at: Self.time) }
        }
        let reencoded = Array(#"{"test":2432232314}"#.utf8)
        #expect(throws: WebhookError.self) { try self.verifier.verify(reencoded, Self.headers(), at: Self.time) }
    }

    @Test("of an old and a new secret carry a receiver over")
    func rotate() throws {
        let (old, new, stranger) = (try Self.publishedSecret(), try WebhookSecret.random(), try WebhookSecret.random())
        let headers = try WebhookSigner(secrets: [new, old]).sign(Self.body, id: Self.id, at: Self.time)
        #expect(headers.signature.split(separator: " ").count == 2)
        #expect(headers.signature.hasSuffix(Self.signature))
        for secret in [old, new] {
            try WebhookVerifier(secrets: [secret]).verify(Self.body, headers, at: Self.time)
            try WebhookVerifier(secrets: [stranger, secret]).verify(Self.body, headers, at: Self.time)
        }
        #expect(throws: WebhookError(.noMatchingSignature, message: "")) {
            try WebhookVerifier(secrets: [stranger]).verify(Self.body, headers, at: Self.time)
        }
    }

    @Test("are found behind those of others and of unknown versions")
    func foundBehindOthers() throws {
        let other = try WebhookSigner(secrets: [WebhookSecret.random()]).sign(Self.body, id: Self.id, at: Self.time).signature
        let headers = Self.headers(signature: "\(other) v2,AAAA junk v1,%%% \(Self.signature)")
        try self.verifier.verify(Self.body, headers, at: Self.time)
    }

    @Test("never trap, whatever the fields hold")
    func neverTrap() throws {
        var random = SeededGenerator(seed: TestRun.seed)
        func text() -> String {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            return String(decoding: bytes, as: UTF8.self)
        }
        for _ in 0..<TestRun.count(2_000, long: 200_000) {
            let headers = WebhookHeaders(id: text(), timestamp: text(), signature: "v1,\(text())")
            #expect(throws: WebhookError.self) { try self.verifier.verify(Self.body, headers, at: .min) }
        }
        for now in [Int64.min, .max] {
            #expect(throws: WebhookError.self) { try self.verifier.verify(Self.body, Self.headers(), at: now) }
        }
    }

    @Test("are not made for ids and times that nobody could verify")
    func notMadeForBadInput() throws {
        let signer = try WebhookSigner(secrets: [Self.publishedSecret()])
        #expect(throws: WebhookError(.invalidID, message: "")) { try signer.sign([], id: "a.b", at: 0) }
        #expect(throws: WebhookError(.invalidTimestamp, message: "")) { try signer.sign([], id: "a", at: -1) }
        #expect(throws: WebhookError(.noSecret, message: "")) { try WebhookSigner(secrets: []) }
        #expect(throws: WebhookError(.noSecret, message: "")) { try WebhookVerifier(secrets: []) }
    }
}
