internal import SecretScanning

/// A finding with its place and value; it does not leave the package.
struct PlacedFinding: Sendable {
    let finding: Finding
    /// The bytes of the text that hold the secret.
    let value: [UInt8]
    var start = ReportedFinding.Place(line: 1, column: 1)
    var end = ReportedFinding.Place(line: 1, column: 1)
    /// Whether a pragma lets the line pass on which it begins.
    var isAllowed = false
}
