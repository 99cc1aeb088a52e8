import HTTPTypes
public import StrictJSON

extension OperationResponse {
    /// A page of a list: the items as a plain JSON array, with the way to the next page in the header.
    ///
    /// Older clients read the array and know nothing of pages. Newer ones follow `Link: <?…&cursor=…>; rel="next"` (RFC 8288;
    /// relative to the request's own address) or send the value of `X-Next-Cursor` as `cursor`. Both fields are missing on
    /// the last page.
    ///
    /// - Parameters:
    ///   - items: The items in their order.
    ///   - next: The cursor of the next page, opaque to the client; nil on the last page.
    ///   - request: What was asked.
    ///   - names: Query parameters that the next request repeats, such as filters and `limit`.
    public static func page(
        _ items: [JSONValue], next: String?, of request: OperationRequest, repeating names: [String]
    ) -> OperationResponse {
        var response = Self.json(.ok, .array(items))
        guard let next else { return response }
        let kept = names.compactMap { name in
            request.parameters[name].flatMap(Self.queryText).map { "\(name)=\(PercentEncoding.encode($0))" }
        }
        let query = (kept + ["cursor=\(PercentEncoding.encode(next))"]).joined(separator: "&")
        response.headers[.link] = "<?\(query)>; rel=\"next\""
        response.headers[.nextCursor] = next
        return response
    }

    private static func queryText(_ value: JSONValue) -> String? {
        switch value {
        case .string(let text): text
        case .null, .array, .object: nil
        default: String(decoding: value.compactBytes(), as: UTF8.self)
        }
    }
}
