/// What one document may cost the process that reads it.
public struct ExtractionLimits: Sendable {
    /// Most bytes of the document.
    public var documentBytes = 50 * 1_048_576
    /// Most bytes of its text, in UTF-8.
    public var textBytes = 20_000_000
    /// Most pages.
    public var pages = 10_000
    /// Most entries of an archive.
    public var archiveEntries = 4_096
    /// Most bytes that one entry of an archive unpacks to.
    public var entryBytes = 64 * 1_048_576
    /// Most bytes that the entries which are read unpack to, together.
    public var archiveBytes = 128 * 1_048_576
    /// How many times the size of the document the entries which are read may unpack to, beyond the first MiB.
    public var archiveRatio = 200
    /// Deepest nesting of elements.
    public var xmlDepth = 200
    /// Most bytes of address space, for the child and for `pdftotext` each.
    public var addressSpaceBytes = 1_073_741_824
    /// Most seconds of CPU time, for the child and for `pdftotext` each.
    public var cpuSeconds = 60
    /// Most open files.
    public var openFiles = 64
    /// Most seconds that the child lives, should its parent forget it.
    public var lifetimeSeconds = 600

    /// The usual limits.
    public init() {}
}
