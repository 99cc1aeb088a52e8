import HTTPTypes
import Identity
import Logging
import StrictJSON
import Testing

@testable import HTTPCore

@Suite("Pages of a list")
struct PageTests {
    private let request = OperationRequest(
        id: "r", caller: .anonymous, clientAddress: nil,
        parameters: ["limit": 50, "status": "A&B", "tool": .null, "token": "in the path"], logger: Logger(label: "test"))

    @Test("the way to the next page repeats the filters and escapes what a query cannot hold")
    func nextPage() {
        let page = OperationResponse.page([1, 2], next: "a+b/=", of: self.request, repeating: ["status", "tool", "limit"])
        #expect(page.status == .ok)
        #expect(String(decoding: page.body, as: UTF8.self) == "[1,2]")
        #expect(page.headers[.link] == #"<?status=A%26B&limit=50&cursor=a%2Bb%2F%3D>; rel="next""#)
        #expect(page.headers[.nextCursor] == "a+b/=")
    }

    @Test("the last page has no way on")
    func lastPage() {
        let page = OperationResponse.page([], next: nil, of: self.request, repeating: ["limit"])
        #expect(page.headers[.link] == nil && page.headers[.nextCursor] == nil)
        #expect(String(decoding: page.body, as: UTF8.self) == "[]")
    }
}
