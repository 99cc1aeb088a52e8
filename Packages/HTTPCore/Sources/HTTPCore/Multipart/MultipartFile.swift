public import StrictJSON

/// A field of a form, as a handler gets it.
public enum MultipartPart: Sendable {
    /// A text field in the normal form of its schema.
    case text(name: String, value: JSONValue)
    /// A file, whose content is still to be read.
    case file(MultipartFile)
}

/// A file on its way: a sequence of the chunks of its content.
///
/// It can be read once, before the next part is asked for; a chunk has one or more bytes, and no more than came in one read of the
/// socket and a few dozen. What is not read is passed over.
public struct MultipartFile: Sendable, AsyncSequence {
    /// The name of the field.
    public let name: String
    /// The name that the client gave to the file, not empty.
    ///
    /// It is data from outside: it may hold a path, line ends and anything else but NUL, and must not be used as a path.
    public let fileName: String
    /// The type that the client claims, such as `application/pdf`; `nil` when it claims none.
    public let contentType: String?
    let upload: MultipartUpload
    let number: Int

    /// Begins to read.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(file: self)
    }

    /// Reads one chunk after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let file: MultipartFile

        /// The next chunk, or `nil` when the file is complete.
        ///
        /// - Throws: What ``MultipartUpload/nextPart()`` throws.
        public mutating func next() async throws -> [UInt8]? {
            try await self.file.upload.nextChunk(ofFile: self.file.number)
        }
    }
}
