import COpenSSL

/// What libcrypto said last on this thread.
struct LibraryError: Error, CustomStringConvertible {
    let description: String

    /// Takes the oldest error off the thread's queue, which names the first cause, and empties the queue.
    init() {
        let number = ERR_get_error()
        ERR_clear_error()
        var text = [CChar](repeating: 0, count: 256)
        ERR_error_string_n(number, &text, text.count)
        self.description = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

extension CryptographyError {
    /// An operation that libcrypto should carry out and did not.
    static func library(_ message: String) -> CryptographyError {
        CryptographyError(.libraryFailure, message: message, cause: LibraryError())
    }
}
