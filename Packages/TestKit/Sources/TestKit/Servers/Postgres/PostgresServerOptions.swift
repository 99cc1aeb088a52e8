#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What a temporary ``PostgresServer`` is like; the defaults give plain TCP on 127.0.0.1 without a password.
public struct PostgresServerOptions: Sendable {
    /// How the server is reached, and so what its URLs say.
    public enum Transport: Sendable, Hashable {
        /// TCP on a free port of 127.0.0.1.
        case tcp
        /// TLS on a free port of 127.0.0.1, with a certificate of an authority of its own; plain connections are refused.
        case tls
        /// A socket file.
        case unixSocket
    }

    /// How the server is reached.
    public var transport = Transport.tcp
    /// The password of the user `gatehouse`, of letters and digits, asked for with SCRAM-SHA-256; nil trusts everyone.
    public var password: String?
    /// Whether the server waits for the disk as it does by default, for tests of exactly that; else it never does, which is
    /// faster, and still loses nothing when the server is killed.
    public var isDurable = false
    /// More lines for `postgresql.conf`, such as `max_connections = 5`; they stand behind, and so above, all others.
    public var configuration: [String] = []

    /// Creates the defaults.
    public init() {}

    /// Where the server's folder is made: other users can enter it, and names of sockets are short enough for the system.
    ///
    /// A database is some three hundred files, and where the memory suffices they are made there, ten times as fast.
    var parentFolder: String {
        #if os(Linux)
            var memory = statvfs()
            if !self.isDurable, access("/dev/shm", W_OK | X_OK) == 0, statvfs("/dev/shm", &memory) == 0,
                UInt64(memory.f_bavail).multipliedReportingOverflow(by: UInt64(memory.f_frsize)).partialValue >= 2 << 30
            {
                return "/dev/shm"
            }
        #endif
        return "/tmp"
    }

    /// The text of `postgresql.conf`.
    ///
    /// Shared memory in files of the data folder goes with it, also after `kill -9`.
    func settings(port: Int, socketFolder: String, certificates: TestCertificates?) -> String {
        var lines = [
            "listen_addresses = '\(self.transport == .unixSocket ? "" : "127.0.0.1")'", "port = \(port)",
            "unix_socket_directories = '\(socketFolder)'", "max_connections = 200", "shared_buffers = '32MB'",
            "dynamic_shared_memory_type = mmap", "wal_level = minimal", "max_wal_senders = 0", "jit = off",
            "lc_messages = 'C'", "log_timezone = 'UTC'", "timezone = 'UTC'", "logging_collector = off",
        ]
        // Commits still wait for the system to take the log, which costs little and is all that a killed server needs.
        if !self.isDurable { lines += ["fsync = off", "full_page_writes = off"] }
        if let certificates {
            lines += [
                "ssl = on", "ssl_cert_file = '\(certificates.certificateFile)'", "ssl_key_file = '\(certificates.keyFile)'",
            ]
        }
        return (lines + self.configuration).joined(separator: "\n") + "\n"
    }

    /// The text of `pg_hba.conf`: who may come, by which way.
    var admission: String {
        let method = self.password == nil ? "trust" : "scram-sha-256"
        return """
            local all all \(method)
            \(self.transport == .tls ? "hostssl" : "host") all all 127.0.0.1/32 \(method)

            """
    }
}
