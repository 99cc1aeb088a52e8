import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Whether Ctrl-C was pressed. The first lets the program report what it has found; the second ends it at once.
enum Interrupt {
    private static let flag = Atomic<Bool>(false)

    static var happened: Bool { Self.flag.load(ordering: .relaxed) }

    /// Begins to listen.
    static func install() {
        // The flag is made here, as a handler may do next to nothing.
        _ = Self.happened
        var action = sigaction()
        #if canImport(Darwin)
            action.__sigaction_u.__sa_handler = { _ in Interrupt.flag.store(true, ordering: .relaxed) }
            action.sa_flags = Int32(SA_RESETHAND)
        #else
            action.__sigaction_handler.sa_handler = { _ in Interrupt.flag.store(true, ordering: .relaxed) }
            action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
        #endif
        sigaction(SIGINT, &action, nil)
    }
}
