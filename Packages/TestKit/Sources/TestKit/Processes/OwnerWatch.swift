import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Cleans up behind this process, however it ends: `kill -9` leaves neither the server nor its folder.
///
/// A shell, in a process group of its own, reads from a pipe that nobody else holds open. When the pipe ends, its owner has
/// ended; the shell then ends the server that it was told of last, and removes the folder.
final class OwnerWatch: Sendable {
    /// SIGQUIT is PostgreSQL's immediate shutdown, which also gives back its shared memory; SIGKILL is for what does not hear.
    private static let script = """
        trap '' HUP INT TERM
        server=
        while read -r line; do server=$line; done
        if [ -n "$server" ]; then
            kill -CONT "$server" && kill -QUIT "$server"
            count=0
            while kill -0 "$server" && [ "$count" -lt 100 ]; do sleep 0.1; count=$((count + 1)); done
            kill -KILL "$server"
        fi
        count=0
        while [ -e "$0" ] && [ "$count" -lt 100 ]; do rm -rf -- "$0" || sleep 0.1; count=$((count + 1)); done
        """

    private let shell: Mutex<SpawnedProgram?>

    /// Begins to watch.
    ///
    /// - Parameter folder: The absolute path of what is to be removed.
    init(removing folder: String) throws(TestKitError) {
        let command = SpawnedProgram.Command(
            executable: "/bin/sh", arguments: ["-c", "exec >/dev/null 2>&1\n\(Self.script)", folder], environment: nil,
            workingDirectory: "/", standardInput: [], isInputKeptOpen: true)
        self.shell = Mutex(try SpawnedProgram.start(command))
    }

    /// Names the process that is to be ended with this one; none if nil.
    func watch(_ processID: Int32?) {
        self.shell.withLock { shell in
            guard let input = shell?.standardInput else { return }
            let line = Array("\(processID.map(String.init) ?? "")\n".utf8)
            _ = line.withUnsafeBytes { write(input.number, $0.baseAddress, $0.count) }
        }
    }

    /// Ends the watch without any effect on what was watched.
    func end() {
        self.shell.withLock { shell in
            guard let ending = shell else { return }
            kill(ending.processID, SIGKILL)
            while waitpid(ending.processID, nil, 0) < 0 && errno == EINTR {}
            shell = nil
        }
    }
}
