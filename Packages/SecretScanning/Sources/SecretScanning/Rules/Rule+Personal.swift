extension Rule {
    /// Personal data.
    static let personal: [Rule] = [
        Rule(
            "email-address", "Email Address", .pii, .low, .high, .detector(.email),
            finds: ["write to anna.maria+x@mail.exam⟨⟩ple-corp.de today"],
            passes: ["git@github.com", "user@example.com", "a@b", "x@y.invalid", "icon@2x.png", ".@x.com"]),
        Rule(
            "payment-card", "Payment Card", .pii, .high, .high, .detector(.card),
            finds: ["4111 1111 1111 ⟨⟩1111", "card 5555⟨⟩555555554444.", "3782-⟨⟩822463-10005"],
            passes: ["4111 1111 1111 1112", "1700000000000", "41111111111111110000000", "v4.111111111111111"]),
        Rule(
            "iban", "IBAN", .pii, .medium, .high, .detector(.iban),
            finds: ["DE89 3704 0044 ⟨⟩0532 0130 00", "GB29NWBK⟨⟩60161331926819", "to MT84MALT⟨⟩011000012345MTLCAST001S now"],
            passes: ["DE88 3704 0044 0532 0130 00", "XX89 3704 0044 0532 0130 00"]),
        Rule(
            "us-ssn", "US Social Security Number", .pii, .high, .medium, .detector(.ssn),
            finds: ["SSN 219-09⟨⟩-9998", "078-05⟨⟩-1120", "SSN: 21909⟨⟩9998"],
            passes: ["219-099-998", "no 219099998", "2190-09-9998", "219-09-99981", "1-219-09-9998"]),
        Rule(
            "us-itin", "US Taxpayer Number", .pii, .high, .medium, .detector(.itin),
            finds: ["912-70⟨⟩-1234"], passes: ["912-40-12345"]),
        Rule(
            "phone-number", "Phone Number", .pii, .low, .medium, .detector(.phone),
            finds: ["call +49 30 901⟨⟩820", "+1 (212) 555⟨⟩-0187"], passes: ["1+12345678", "+0123456789", "+12 34"]),
        Rule(
            "us-routing-number", "US Routing Number", .pii, .low, .medium, .detector(.routingNumber), isOnByDefault: false,
            finds: ["routing number 0210⟨⟩00021"], passes: ["number 021000021", "routing number 021000022"]),
        Rule(
            "public-ip", "Public IP (ipv4)", .pii, .low, .medium, .detector(.ipAddress), isOnByDefault: false,
            finds: ["ping 8.8.⟨⟩8.8 please"], passes: ["ping 10.0.0.1", "192.168.1.1", "1.2.3", "version 1.2.3.4.5", "300.1.1.1"]),
    ]
}
