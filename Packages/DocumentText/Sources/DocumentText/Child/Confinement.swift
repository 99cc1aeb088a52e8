import CConfinement

/// Takes from this process, for good, what reading a document does not need.
package enum Confinement {
    /// Sets limits and leaves the network.
    ///
    /// On Linux no socket can be made afterwards, whoever the user is; a network of its own, without interfaces, comes on top where
    /// the system lets the user have one.
    ///
    /// - Throws: ``DocumentTextError`` with code `unavailable`; nothing is read then.
    package static func begin(_ limits: ExtractionLimits) throws(DocumentTextError) {
        confinement_close_from(3)
        #if os(Linux)
            try self.require(confinement_end_with_parent(), "prctl")
        #endif
        try self.limit(confinement_core_bytes, 0)
        try self.limit(confinement_file_bytes, 0)
        try self.limit(confinement_cpu_seconds, limits.cpuSeconds)
        try self.limit(confinement_open_files, limits.openFiles)
        #if os(Linux)
            // Elsewhere the shared cache of libraries alone is larger than this.
            try self.limit(confinement_address_space, limits.addressSpaceBytes)
            try self.require(confinement_no_new_privileges(), "prctl")
            let network = confinement_leave_network()
            let sockets = confinement_refuse_network()
            if network != 0 { try self.require(sockets, "seccomp") }
        #endif
    }

    /// Lets no further process or thread be started.
    package static func refuseProcesses() throws(DocumentTextError) {
        try self.require(confinement_refuse_processes(), "seccomp")
    }

    private static func limit(_ kind: confinement_limit_kind, _ value: Int) throws(DocumentTextError) {
        try self.require(confinement_limit(kind, UInt64(max(0, value))), "setrlimit")
    }

    private static func require(_ result: Int32, _ call: String) throws(DocumentTextError) {
        guard result == 0 else { throw .system(.unavailable, "The document cannot be read now", call, number: result) }
    }
}
