import HTTPTypes

/// The line between the parts of a body, as its `Content-Type` names it.
struct MultipartBoundary {
    /// 1 to 70 bytes of the set in RFC 2046 §5.1.1.
    let bytes: [UInt8]

    /// Reads the field: `multipart/form-data; boundary=----x`.
    ///
    /// - Throws: ``Problem`` with status 400 for a request that is no `multipart/form-data`, 422 for one without a usable boundary.
    init(in headers: HTTPFields) throws(Problem) {
        let values = headers[values: .contentType]
        var boundary: [UInt8]?
        do throws(MultipartError) {
            guard values.count == 1, let value = values.first else { throw MultipartError("") }
            let type = try HeaderParameters(value.utf8)
            guard type.kind == "multipart/form-data" else { throw MultipartError("") }
            boundary = type["boundary"]
        } catch {
            throw Problem(.badRequest, "Content-Type should be multipart/form-data with a boundary")
        }
        guard let boundary, Self.isValid(boundary) else {
            throw .validation([
                Violation(
                    at: [.name("header"), .name("content-type")], type: "multipart_boundary",
                    message: "The boundary should be 1 to 70 characters of RFC 2046, the last one no blank")
            ])
        }
        self.bytes = boundary
    }

    private static func isValid(_ boundary: [UInt8]) -> Bool {
        (1...70).contains(boundary.count) && boundary.last != UInt8(ascii: " ")
            && boundary.allSatisfy { $0.isLetterOrDigit || "'()+_,-./:=? ".utf8.contains($0) }
    }
}
