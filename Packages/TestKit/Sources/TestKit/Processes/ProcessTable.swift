#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the system knows of all processes.
enum ProcessTable {
    /// The processes whose parent is `parent`, those that have ended and are not reaped included.
    static func children(of parent: Int32) -> [Int32] {
        #if os(Linux)
            let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
            return names.compactMap { Int32($0) }.filter { self.parent(of: $0) == parent }
        #else
            return self.all().filter { $0.kp_eproc.e_ppid == parent }.map(\.kp_proc.p_pid)
        #endif
    }

    #if os(Linux)
        /// The parent as `/proc/ID/stat` tells it: `4711 (name) S 4242 …`, where the name may hold brackets and blanks itself.
        private static func parent(of process: Int32) -> Int32? {
            let number = open("/proc/\(process)/stat", O_RDONLY | O_CLOEXEC)
            guard number >= 0 else { return nil }
            let file = OwnedDescriptor(owning: number)
            var buffer = [UInt8](repeating: 0, count: 1_024)
            let count = read(file.number, &buffer, buffer.count)
            guard count > 0, let bracket = buffer[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
            let fields = buffer[(bracket + 1)..<count].split(separator: UInt8(ascii: " "))
            return fields.dropFirst().first.flatMap { Int32(String(decoding: $0, as: UTF8.self)) }
        }
    #else
        private static func all() -> [kinfo_proc] {
            var request: [Int32] = [CTL_KERN, KERN_PROC, KERN_PROC_ALL, 0]
            var byteCount = 0
            guard sysctl(&request, u_int(request.count), nil, &byteCount, nil, 0) == 0 else { return [] }
            // Some may start between the two calls.
            var processes = [kinfo_proc](repeating: kinfo_proc(), count: byteCount / MemoryLayout<kinfo_proc>.stride + 64)
            byteCount = processes.count * MemoryLayout<kinfo_proc>.stride
            guard sysctl(&request, u_int(request.count), &processes, &byteCount, nil, 0) == 0 else { return [] }
            return Array(processes.prefix(byteCount / MemoryLayout<kinfo_proc>.stride))
        }
    #endif
}
