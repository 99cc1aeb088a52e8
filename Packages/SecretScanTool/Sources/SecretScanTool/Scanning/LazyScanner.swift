internal import SecretScanning
internal import Synchronization

/// A scanner that is made when it is first asked for, as many runs meet no file that needs it.
final class LazyScanner: Sendable {
    private let rules: RuleSet
    private let configuration: ScannerConfiguration
    private let made = Mutex<Scanner?>(nil)

    init(_ rules: RuleSet, _ configuration: ScannerConfiguration) {
        self.rules = rules
        self.configuration = configuration
    }

    /// The scanner; the same for all workers.
    var scanner: Scanner {
        self.made.withLock { made in
            if let made { return made }
            let scanner = Scanner(rules: self.rules, configuration: self.configuration)
            made = scanner
            return scanner
        }
    }
}
