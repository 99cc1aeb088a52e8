import HTTPCore
import HTTPCoreTestSupport
import HTTPTypes
import Identity
import Logging
import StrictJSON
import Testing

@Suite("Anonymous session")
struct AnonymousSessionTests {
    static let text = "anon_" + String(repeating: "aZ9-_", count: 8) + "xyz"
    static let other = "anon_" + String(repeating: "b", count: 43)

    private func request(_ cookies: [String]) -> OperationRequest {
        var headers = HTTPFields()
        for cookie in cookies { headers.append(HTTPField(name: .cookie, value: cookie)) }
        return OperationRequest(
            id: "1", caller: .anonymous, clientAddress: nil, headers: headers,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    }

    @Test(
        "is taken from one well-formed cookie, wherever it stands",
        arguments: [
            ["session_id=\(text)"], ["a=1; session_id=\(text); b=2"], ["a=1;session_id=\(text)"], ["a=1", "session_id=\(text)"],
            ["session_idx=\(other); session_id=\(text)"],
        ])
    func taken(_ cookies: [String]) {
        #expect(AnonymousSession.of(self.request(cookies))?.id == Self.text)
    }

    @Test(
        "is none where the cookie is missing, doubled or of another form",
        arguments: [
            [], ["a=1"], ["session_id"], ["session_id="], ["session_id=\(text)x"], ["session_id=\(text.dropLast())"],
            ["session_id=\"\(text)\""], ["SESSION_ID=\(text)"], ["session_id =\(text)"], ["session_id=\(text.dropLast())+"],
            ["session_id=ANON_\(text.dropFirst(5))"], ["session_id=\(text.dropLast(2))é"],
            ["session_id=\(text); session_id=\(text)"], ["session_id=\(text)", "session_id=\(other)"],
            ["session_id=\(text); session_id=broken"],
        ])
    func none(_ cookies: [String]) {
        #expect(AnonymousSession.of(self.request(cookies)) == nil)
    }

    @Test("begins with a text of its own, in the form that is read")
    func begins() {
        let sessions = (0..<200).map { _ in AnonymousSession.begin() }
        #expect(Set(sessions).count == sessions.count)
        for session in sessions { #expect(AnonymousSession(id: session.id) == session) }
        #expect(Set(sessions.flatMap { Array($0.id.utf8.dropFirst(5)) }).count == 64, "each character comes up")
    }

    @Test("is told in a cookie that pages cannot read and other sites do not send along")
    func cookie() throws {
        let session = try #require(AnonymousSession(id: Self.text))
        var response = OperationResponse.json(.ok, [:])
        response.setCookie(of: session, isSecure: false)
        response.setCookie(of: session, isSecure: true)
        let plain = "session_id=\(Self.text); HttpOnly; Max-Age=604800; Path=/; SameSite=lax"
        #expect(response.headers[values: .setCookie] == [plain, plain + "; Secure"])
    }
}
