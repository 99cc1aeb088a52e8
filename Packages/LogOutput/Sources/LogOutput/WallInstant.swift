#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A reading of the wall clock.
struct WallInstant: Equatable {
    /// Whole seconds since 1970 in UTC.
    let seconds: Int
    /// 0 to 999.
    let milliseconds: Int

    static var now: WallInstant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallInstant(seconds: max(0, Int(time.tv_sec)), milliseconds: Int(time.tv_nsec) / 1_000_000)
    }
}
