import StrictJSON

/// Demands that a number lies between two bounds, both included and compared digit by digit.
///
/// ```yaml
/// minimum: 1
/// maximum: 100
/// integer: true      # refuses fractions
/// ```
struct NumberConstraint: Sendable {
    let minimum: ExactDecimal?
    let maximum: ExactDecimal?
    let isInteger: Bool

    func check(_ number: JSONNumber) -> Mismatch.Reason? {
        if self.isInteger, !number.isInteger { return .outOfRange }
        for value in number.exactValues {
            if let minimum = self.minimum, value < minimum { return .outOfRange }
            if let maximum = self.maximum, value > maximum { return .outOfRange }
        }
        return nil
    }
}
