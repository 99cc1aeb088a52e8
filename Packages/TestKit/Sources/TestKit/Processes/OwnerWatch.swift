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
    /// A process that was halted has to go on to hear of its end; SIGKILL is for what does not hear.
    private static let script = """
        exec >/dev/null 2>&1
        trap '' HUP INT TERM
        folder=$1 signal=$2 server=
        # Its new parent may take its time to reap what has ended.
        runs() { kill -0 "$server" && ! grep -q ') Z ' "/proc/$server/stat"; }
        while read -r line; do server=$line; done
        if [ -n "$server" ]; then
            kill -CONT "$server" && kill "-$signal" "$server"
            count=0
            while runs && [ "$count" -lt 100 ]; do sleep 0.1; count=$((count + 1)); done
            ! runs || kill -KILL "$server"
        fi
        count=0
        while [ -e "$folder" ] && [ "$count" -lt 100 ]; do rm -rf -- "$folder" || sleep 0.1; count=$((count + 1)); done
        """

    private let shell: Mutex<SpawnedProgram?>

    /// Begins to watch.
    ///
    /// - Parameters:
    ///   - folder: The absolute path of what is to be removed.
    ///   - signal: The name of the signal that ends the server within ten seconds, such as `TERM`.
    init(removing folder: String, endingWith signal: String) throws(TestKitError) {
        let command = SpawnedProgram.Command(
            executable: "/bin/sh", arguments: ["-c", Self.script, "testkit-watch", folder, signal], environment: nil,
            workingDirectory: "/", standardInput: [], isInputKeptOpen: true)
        let shell = try SpawnedProgram.start(command)
        // Nobody waits for a shell that somebody else has ended.
        if let input = shell.standardInput { _ = fcntl(input.writing.number, F_SETFL, O_NONBLOCK) }
        self.shell = Mutex(shell)
    }

    /// Names the process that is to be ended with this one; none if nil.
    func watch(_ processID: Int32?) {
        self.shell.withLock { shell in
            guard let input = shell?.standardInput else { return }
            let line = Array("\(processID.map(String.init) ?? "")\n".utf8)
            _ = line.withUnsafeBytes { write(input.writing.number, $0.baseAddress, $0.count) }
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
