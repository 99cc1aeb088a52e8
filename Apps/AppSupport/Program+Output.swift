#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

extension Program {
    /// Prints a line to standard output now, also when that is a file or a pipe, where lines otherwise gather first.
    public static func say(_ line: String) {
        print(line)
        fflush(nil)
    }
}
