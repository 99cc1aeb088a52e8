import StrictJSON

/// Demands that a number lies between two bounds, both included.
///
/// ```yaml
/// minimum: 1
/// maximum: 100
/// integer: true      # refuses fractions
/// ```
struct NumberConstraint: Sendable {
    let minimum: Double?
    let maximum: Double?
    let isInteger: Bool

    func check(_ number: JSONNumber) -> Mismatch.Reason? {
        if self.isInteger, !number.isInteger { return .outOfRange }
        // An integer beyond the range of Double is on the far side of every bound.
        let value = number.doubleValue ?? (number.text.utf8.first == UInt8(ascii: "-") ? -.infinity : .infinity)
        if let minimum = self.minimum, value < minimum { return .outOfRange }
        if let maximum = self.maximum, value > maximum { return .outOfRange }
        return nil
    }
}
