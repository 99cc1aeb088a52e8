/// The check digits of an International Bank Account Number: ISO 13616-1.
public enum IBAN {
    /// Whether a text has the form of an IBAN and the right check digits: `DE89370400440532013000`.
    ///
    /// The length that each country prescribes is not looked at; callers that care have a table.
    ///
    /// - Parameter text: Two letters, two digits, and 1 to 30 letters and digits, without spaces, in either case.
    public static func isValid(_ text: some BidirectionalCollection<UInt8>) -> Bool {
        guard (5...34).contains(text.count), let checkDigits = Mod97.number(text.dropFirst(2).prefix(2)) else { return false }
        let country = text.prefix(2)
        guard country.allSatisfy({ ($0 | 0x20) &- UInt8(ascii: "a") < 26 }), (2...98).contains(checkDigits) else { return false }
        return Mod97.remainder(of: Array(text.dropFirst(4)) + text.prefix(4)) == 1
    }

    /// The check digits that belong between a country code and an account, as a number from 2 to 98 to be written with two digits.
    ///
    /// - Parameters:
    ///   - country: Two ASCII letters, for example `DE`.
    ///   - account: The national account number (BBAN), ASCII letters and digits, 1 to 30.
    /// - Returns: `nil` for text of another form.
    public static func checkDigits(country: some Collection<UInt8>, account: some Collection<UInt8>) -> Int? {
        guard country.count == 2, country.allSatisfy({ ($0 | 0x20) &- UInt8(ascii: "a") < 26 }), (1...30).contains(account.count)
        else {
            return nil
        }
        return Mod97.checkDigits(for: Array(account) + country)
    }
}
