import HTTPTypes

/// The name under which the server knows a browser or a script that shows no key: what it sends again in a cookie.
///
/// ```
/// Set-Cookie: session_id=anon_m0pbBTC0…; HttpOnly; Max-Age=604800; Path=/; SameSite=lax
/// ```
///
/// It proves nothing but that the same client comes again. Whoever knows the text acts as that client, so it stands in no log, and
/// stores keep a keyed digest of it.
public struct AnonymousSession: Sendable, Hashable {
    /// The name of the cookie.
    public static let cookieName = "session_id"
    /// How long a client keeps the cookie: seven days from when it was last set.
    public static let lifetime = Duration.seconds(604_800)

    private static let prefix = "anon_"
    private static let randomCharacters = 43

    /// The text: `anon_` and 43 characters of base64url.
    public let id: String

    /// Takes a text that a client sent.
    ///
    /// - Returns: `nil` for a text of another form.
    public init?(id: String) {
        let bytes = id.utf8
        guard bytes.count == Self.prefix.utf8.count + Self.randomCharacters, bytes.starts(with: Self.prefix.utf8),
            bytes.dropFirst(Self.prefix.utf8.count).allSatisfy(Self.isBase64URL)
        else { return nil }
        self.id = id
    }

    private init(unchecked id: String) {
        self.id = id
    }

    /// Begins a session that nobody else has: 256 random bits.
    public static func begin() -> AnonymousSession {
        var generator = SystemRandomNumberGenerator()
        var text = Self.prefix
        // 42 characters of six bits each, and one for the last four, as base64url writes 32 bytes.
        for position in 0..<Self.randomCharacters {
            let bits = Int(generator.next(upperBound: 64 as UInt64))
            let index = position == Self.randomCharacters - 1 ? bits & 0b111100 : bits
            text.unicodeScalars.append(Unicode.Scalar(Self.alphabet[index]))
        }
        return AnonymousSession(unchecked: text)
    }

    /// The session of a request.
    ///
    /// - Returns: `nil` unless the request has exactly one cookie of that name, and the cookie is well-formed: of two, one may have been
    ///   put there by somebody else.
    public static func of(_ request: OperationRequest) -> AnonymousSession? {
        var found: [Substring.UTF8View] = []
        for line in request.headers[values: .cookie] {
            for pair in line.utf8.split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                    pair[..<equals].elementsEqual(Self.cookieName.utf8)
                else { continue }
                found.append(pair[pair.index(after: equals)...])
            }
        }
        guard found.count == 1, let value = found.first else { return nil }
        return AnonymousSession(id: String(Substring(value)))
    }

    /// The value of `Set-Cookie` (RFC 6265 §4.1).
    ///
    /// - Parameter isSecure: Whether the server is reached by TLS, so that the cookie need never travel in the clear.
    public func cookie(isSecure: Bool) -> String {
        let seconds = Self.lifetime.components.seconds
        let secure = isSecure ? "; Secure" : ""
        return "\(Self.cookieName)=\(self.id); HttpOnly; Max-Age=\(seconds); Path=/; SameSite=lax\(secure)"
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func isBase64URL(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension OperationResponse {
    /// Tells the client its session, for the time of ``AnonymousSession/lifetime`` from now.
    ///
    /// - Parameters:
    ///   - session: The session.
    ///   - isSecure: Whether the server is reached by TLS.
    public mutating func setCookie(of session: AnonymousSession, isSecure: Bool) {
        self.headers.append(HTTPField(name: .setCookie, value: session.cookie(isSecure: isSecure)))
    }
}
