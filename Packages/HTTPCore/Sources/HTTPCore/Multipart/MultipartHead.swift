/// What the head of a part says of it (RFC 7578 §4).
struct MultipartHead: Equatable {
    /// The name of the field.
    let name: String
    /// The name that the client gave to the file, or `nil` when the part is none.
    let fileName: String?
    /// The type that the client claims.
    let contentType: String?

    /// Reads the header fields of a part; of those that mean nothing here, only the form was looked at.
    ///
    /// - Parameter fields: Names in lower case, and values without blanks around them.
    init(_ fields: [(name: String, value: [UInt8])]) throws(MultipartError) {
        let disposition = try Self.value(of: "content-disposition", in: fields)
        guard let disposition else { throw MultipartError("A part should have a Content-Disposition") }
        let parameters = try HeaderParameters(disposition)
        guard parameters.kind == "form-data" else {
            throw MultipartError("The Content-Disposition of a part should be form-data")
        }
        guard let name = parameters["name"] else { throw MultipartError("The Content-Disposition of a part should have a name") }
        self.name = try Self.unescaped(name)
        if let fileName = parameters["filename"] {
            self.fileName = try Self.unescaped(fileName)
        } else if let extended = parameters["filename*"] {
            self.fileName = try Self.extended(extended)
        } else {
            self.fileName = nil
        }
        if let encoding = try Self.value(of: "content-transfer-encoding", in: fields) {
            // Deprecated by RFC 7578 §4.7; what is encoded must not be taken for the content.
            guard ["7bit", "8bit", "binary"].contains(String(decoding: encoding, as: UTF8.self).lowercased()) else {
                throw MultipartError("The Content-Transfer-Encoding of a part should be binary, or be left out")
            }
        }
        self.contentType = try Self.value(of: "content-type", in: fields).map { bytes throws(MultipartError) in
            try Self.text(bytes)
        }
    }

    private static func value(
        of name: String, in fields: [(name: String, value: [UInt8])]
    ) throws(MultipartError) -> [UInt8]? {
        let values = fields.filter { $0.name == name }
        guard values.count <= 1 else { throw MultipartError("A header field of a part should stand once: \(name)") }
        return values.first?.value
    }

    /// What browsers write in names: a quote as `%22`, CR and LF as `%0D` and `%0A`, and nothing else escaped (HTML Standard,
    /// multipart/form-data encoding algorithm).
    private static func unescaped(_ bytes: [UInt8]) throws(MultipartError) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                plain.append(byte)
                continue
            }
            let escape = String(decoding: rest.prefix(2), as: UTF8.self).uppercased()
            guard let meant = ["22": UInt8(ascii: "\""), "0D": 0x0D, "0A": 0x0A][escape] else {
                plain.append(byte)
                continue
            }
            plain.append(meant)
            rest = rest.dropFirst(2)
        }
        return try self.text(plain)
    }

    /// `UTF-8''na%C3%AFve.pdf` (RFC 8187), which clients must not send (RFC 7578 §4.2), and some do.
    private static func extended(_ bytes: [UInt8]) throws(MultipartError) -> String {
        let parts = bytes.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, String(decoding: parts[0], as: UTF8.self).lowercased() == "utf-8",
            let name = PercentEncoding.decode(Substring(try self.text(Array(parts[2]))), plusIsSpace: false)
        else { throw MultipartError("filename* should be UTF-8'' and percent-encoded UTF-8") }
        return name
    }

    private static func text(_ bytes: [UInt8]) throws(MultipartError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw MultipartError("Names and types in the head of a part should be UTF-8")
        }
        return text
    }
}
