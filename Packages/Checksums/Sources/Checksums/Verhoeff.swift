/// The check digit of Verhoeff, "Error Detecting Decimal Codes", Mathematical Centre Tracts 29, 1969: the last digit of an Aadhaar.
///
/// It finds every single wrong digit and every two neighbours exchanged. One number in ten passes by chance.
public enum Verhoeff {
    private static let permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

    /// Whether the last digit is the right one for those before it.
    ///
    /// - Parameter digits: ASCII digits, two or more; anything else among them makes the answer no.
    public static func isValid(_ digits: some BidirectionalCollection<UInt8>) -> Bool {
        digits.count >= 2 && self.sum(digits, from: 0) == 0
    }

    /// The digit to put behind a number, as a value from 0 to 9; `nil` unless all bytes are ASCII digits and there are any.
    public static func checkDigit(for digits: some BidirectionalCollection<UInt8>) -> Int? {
        guard !digits.isEmpty, let sum = self.sum(digits, from: 1) else { return nil }
        return (0..<10).first { self.product(sum, $0) == 0 }
    }

    private static func sum(_ digits: some BidirectionalCollection<UInt8>, from position: Int) -> Int? {
        var (sum, position) = (0, position)
        for byte in digits.reversed() {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            var permuted = Int(digit)
            for _ in 0..<(position % 8) { permuted = self.permutation[permuted] }
            sum = self.product(sum, permuted)
            position += 1
        }
        return sum
    }

    /// The product in the symmetries of a pentagon: 0 to 4 turn it, 5 to 9 turn and mirror it.
    private static func product(_ left: Int, _ right: Int) -> Int {
        switch (left < 5, right < 5) {
        case (true, true): (left + right) % 5
        case (true, false): 5 + (left + right) % 5
        case (false, true): 5 + (left - right) % 5
        case (false, false): (left - right + 5) % 5
        }
    }
}
