/// A window in 21 bits, so that a score of the index can hold it beside a time: 2 bits of unit and 19 of count.
///
/// Units are milliseconds, seconds, minutes and hours. A window that is no whole number of its unit is rounded up: exact are
/// all windows up to 8.7 minutes, whole seconds up to 6 days, whole minutes up to 364 days, and whole hours. A longer window
/// never has a smaller code.
struct WindowCode: Equatable {
    private static let units: [Int64] = [1, 1_000, 60_000, 3_600_000]
    private static let countBits: Int64 = 19

    /// From 0 to 2²¹ − 1.
    let rawValue: Int64
    /// The window that the code stands for, in milliseconds.
    let milliseconds: Int64

    /// The code of a window from 1 ms to 30 years.
    init(milliseconds: Int64) {
        for (number, unit) in Self.units.enumerated() {
            let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: unit)
            let count = rest > 0 ? whole + 1 : whole
            if count < 1 << Self.countBits {
                self.rawValue = Int64(number) << Self.countBits | count
                self.milliseconds = count * unit
                return
            }
        }
        self.rawValue = 1 << (Self.countBits + 2) - 1
        self.milliseconds = (1 << Self.countBits - 1) * 3_600_000
    }
}
