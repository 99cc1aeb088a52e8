/// The check digit of payment card numbers and of IMEI: ISO/IEC 7812-1, annex B.
///
/// It finds every single wrong digit, and every two neighbours exchanged save `09` and `90`. One number in ten passes by chance.
public enum Luhn {
    /// Both sums of a row of digits: with the last digit taken once, and taken twice because another will follow.
    private struct Sums {
        var single = 0
        var double = 0

        mutating func append(_ digit: Int) {
            let twice = digit > 4 ? digit * 2 - 9 : digit * 2
            (self.single, self.double) = ((self.double + digit) % 10, (self.single + twice) % 10)
        }
    }

    /// Whether the last digit is the right one for those before it.
    ///
    /// - Parameter digits: ASCII digits, two or more; anything else among them, a space too, makes the answer no.
    public static func isValid(_ digits: some Sequence<UInt8>) -> Bool {
        guard let (sums, count) = self.sums(of: digits) else { return false }
        return count >= 2 && sums.single == 0
    }

    /// The digit to put behind a number, as a value from 0 to 9; `nil` unless all bytes are ASCII digits and there are any.
    public static func checkDigit(for digits: some Sequence<UInt8>) -> Int? {
        guard let (sums, count) = self.sums(of: digits), count >= 1 else { return nil }
        return (10 - sums.double) % 10
    }

    private static func sums(of digits: some Sequence<UInt8>) -> (sums: Sums, count: Int)? {
        var (sums, count) = (Sums(), 0)
        for byte in digits {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            sums.append(Int(digit))
            count += 1
        }
        return (sums, count)
    }
}
