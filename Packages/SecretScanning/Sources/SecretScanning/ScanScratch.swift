/// Memory that scans reuse; one value serves one scan at a time.
///
/// With it, a payload in which nothing is found takes no memory at all once the buffers have grown to the size of its strings.
public struct ScanScratch: Sendable {
    var state = ScanState()

    /// Creates an empty one; memory is taken when it is first needed.
    public init() {}
}

// Text views in frames point into memory that outlives the scan they belong to, and no scan is under way between calls.
extension ScanState: @unchecked Sendable {}
