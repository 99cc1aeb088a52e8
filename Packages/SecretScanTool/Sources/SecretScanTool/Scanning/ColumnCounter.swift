/// Counts the columns of a line in Unicode scalars, where a byte that is no UTF-8 counts as one.
struct ColumnCounter: Sendable {
    /// The column of the next byte, from 1.
    private(set) var column = 1
    /// How many bytes of a character are still to come, and how many came behind its first.
    private var missing = 0
    private var taken = 0

    /// Takes the next bytes of the line.
    mutating func count(_ bytes: UnsafeBufferPointer<UInt8>) {
        for byte in bytes {
            if 0x80...0xBF ~= byte, self.missing > 0 {
                self.missing -= 1
                self.taken += 1
                continue
            }
            // A character that breaks off was none.
            if self.missing > 0 { self.column += self.taken }
            self.taken = 0
            self.column += 1
            self.missing =
                switch byte {
                case 0xC2...0xDF: 1
                case 0xE0...0xEF: 2
                case 0xF0...0xF4: 3
                default: 0
                }
        }
    }
}
