import COpenSSL

/// Makes the named parameters that libcrypto's algorithms take.
///
/// A parameter keeps the pointer to its name. A Swift string passed as C string lives only for the call, so names are static.
enum Parameter {
    static func text(_ name: StaticString, _ value: UnsafeMutableBufferPointer<CChar>) -> OSSL_PARAM {
        OSSL_PARAM_construct_utf8_string(self.pointer(to: name), value.baseAddress, 0)
    }

    static func bytes(_ name: StaticString, _ value: UnsafeRawBufferPointer) -> OSSL_PARAM {
        // libcrypto wants a mutable pointer to what it only reads.
        OSSL_PARAM_construct_octet_string(
            self.pointer(to: name), UnsafeMutableRawPointer(mutating: value.baseAddress), value.count)
    }

    private static func pointer(to name: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
