#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Large pieces of memory that are read at random.
///
/// With pages of 4 KiB nearly every look-up in a table of this size also misses the address cache of the processor and walks the page
/// tables. So a large piece begins at a border of 2 MiB and asks Linux for huge pages, where the system grants them to those who ask
/// (`/sys/kernel/mm/transparent_hugepage/enabled` is `madvise` or `always`). It then becomes resident in steps of 2 MiB.
enum PageMemory {
    private static let hugePageBytes = 2 << 20
    private static let lineBytes = 64

    /// Reserves room for `capacity` values, uninitialised; its owner frees it with `deallocate()`.
    static func allocate<Value: BitwiseCopyable>(_ type: Value.Type, capacity: Int) -> UnsafeMutablePointer<Value> {
        let byteCount = max(capacity, 1) * MemoryLayout<Value>.stride
        let isLarge = byteCount >= Self.hugePageBytes
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: byteCount, alignment: isLarge ? Self.hugePageBytes : Self.lineBytes)
        // Advice only: where it is refused, the memory is as good as any.
        #if os(Linux)
            if isLarge { _ = madvise(memory, byteCount, MADV_HUGEPAGE) }
        #endif
        return memory.bindMemory(to: Value.self, capacity: capacity)
    }
}
