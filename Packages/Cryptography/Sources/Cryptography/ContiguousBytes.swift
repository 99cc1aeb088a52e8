extension Collection where Element == UInt8 {
    /// Lends the elements as contiguous memory, copied only if the collection has none.
    @inlinable
    func withContiguousBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        // The standard library's lenders rethrow untyped, so the error travels inside of the result.
        let lent = self.withContiguousStorageIfAvailable { buffer in
            Result { () throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
        }
        if let lent { return try lent.get() }
        let copied = ContiguousArray(self).withUnsafeBytes { bytes in
            Result { () throws(Failure) in try body(bytes) }
        }
        return try copied.get()
    }
}
