extension Rule {
    /// Numbers that countries give, and what else of personal data is looked for only when asked: all off by default.
    static let national: [Rule] = [
        Self.national("uk-nhs-number", "UK NHS Number", .ukHealth, finds: ["943 476 ⟨⟩5919"], passes: ["943 476 5918"]),
        Self.national(
            "uk-national-insurance", "UK National Insurance Number", .ukInsurance, finds: ["AB 12 34 ⟨⟩56 C", "jg103759⟨⟩a"],
            passes: ["AB 12 34 56 E", "GB123456C", "DA123456C"]),
        Self.national(
            "ca-sin", "Canadian Social Insurance Number", .canadaInsurance, finds: ["SIN 130 692 ⟨⟩544"], passes: ["130 692 545"]),
        Self.national(
            "es-identity", "Spanish Identity Number", .spainIdentity, finds: ["12345678⟨⟩Z", "X1234567⟨⟩L", "DNI 54362315-⟨⟩K"],
            passes: ["12345678A", "X1234567M"]),
        Self.national(
            "it-fiscal-code", "Italian Fiscal Code", .italyFiscalCode, finds: ["RSSMRA85⟨⟩T10A562S"], passes: ["RSSMRA85T10A562T"]
        ),
        Self.national(
            "pl-pesel", "Polish PESEL", .polandPESEL, finds: ["4405140⟨⟩1359"], passes: ["44051401358", "44991401359"]),
        Self.national(
            "se-identity", "Swedish Identity Number", .swedenIdentity, finds: ["811228-⟨⟩9874", "19811228-⟨⟩9874"],
            passes: ["811228-9873", "811328-9872"]),
        Self.national(
            "in-aadhaar", "Indian Aadhaar", .indiaAadhaar, finds: ["aadhaar 2346 7890 ⟨⟩1233"], passes: ["2346 7890 1234"]),
        Self.national("in-pan", "Indian PAN", .indiaPAN, finds: ["PAN: ABCPD⟨⟩1234F"], passes: ["ABCXD1234F", "ABCPD123F"]),
        Self.national(
            "au-tax-file", "Australian Tax File Number", .australiaTaxFile, finds: ["TFN 123 456 ⟨⟩782"], passes: ["123 456 783"]),
        Self.national(
            "au-business", "Australian Business Number", .australiaBusiness, finds: ["51 824 753 ⟨⟩556"],
            passes: ["51 824 753 557"]),
        Self.national(
            "au-company", "Australian Company Number", .australiaCompany, finds: ["ACN 004 085 ⟨⟩616"], passes: ["004 085 617"]),
        Self.national(
            "au-medicare", "Australian Medicare Number", .australiaMedicare, finds: ["2123 45670 ⟨⟩1"], passes: ["2123 45671 1"]),
        Self.national(
            "sg-identity", "Singapore Identity Number", .singaporeIdentity, finds: ["S1234567⟨⟩D", "nric g1234567⟨⟩x"],
            passes: ["S1234567E", "A1234567D"]),
        Self.national(
            "fi-identity", "Finnish Identity Code", .finlandIdentity, finds: ["131052-⟨⟩308T"],
            passes: ["131052-308U", "991352-308T"]),
        Self.national(
            "kr-resident", "Korean Resident Number", .koreaResident, finds: ["000505-⟨⟩3000004"], passes: ["000505-3000005"]),
        Self.national(
            "tr-identity", "Turkish Identity Number", .turkeyIdentity, finds: ["1000000⟨⟩0146"], passes: ["10000000147"]),
        Self.national(
            "de-tax", "German Tax Number", .germanyTax, finds: ["8609574⟨⟩2719"], passes: ["86095742718", "12345678903"]),
        Self.national(
            "za-identity", "South African Identity Number", .southAfricaIdentity, finds: ["8001015⟨⟩009087"],
            passes: ["8001015009088"]),
        Self.national(
            "th-identity", "Thai Identity Number", .thailandIdentity, finds: ["1-2345-67890-⟨⟩12-1"],
            passes: ["1-2345-67890-12-2"]),
        Rule(
            "public-ipv6", "Public IP (ipv6)", .pii, .low, .medium, .detector(.ipv6), isOnByDefault: false,
            finds: ["2606:4700:⟨⟩4700::1111", "2a00:1450:4001:082b:0:0:0:⟨⟩200e."],
            passes: ["::1", "fe80::1", "2001:db8::1", "std::vector", "12:30:45", "2606:4700::1::2"]),
        Rule(
            "mac-address", "MAC Address", .pii, .low, .medium, .detector(.mac), isOnByDefault: false,
            finds: ["3c:22:fb:⟨⟩aa:bb:cc", "3C-22-FB-⟨⟩AA-BB-CC", "3c22.fb⟨⟩aa.bbcc"],
            passes: ["ff:ff:ff:ff:ff:ff", "00:00:00:00:00:00", "3c:22:fb:aa:bb", "3c:22:fb:aa:bb:cc:dd", "12:30:45"]),
        Rule(
            "crypto-wallet", "Crypto Wallet", .pii, .medium, .medium, .detector(.wallet), isOnByDefault: false,
            finds: [
                "1A1zP1eP5QGefi2D⟨⟩MPTfTL5SLmv7DivfNa", "bc1qw508d6qejxtdg4y5r3⟨⟩zarvary0c5xw7kv8f3t4",
                "0x5aAeb6053F3E94C9b9A0⟨⟩9f33669435E7Ef1BeAed",
            ],
            passes: [
                "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
                "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe",
            ]),
    ]

    private static func national(
        _ id: String, _ type: String, _ number: NationalNumber, finds trueExamples: [String], passes falseExamples: [String]
    ) -> Rule {
        Rule(
            id, type, .pii, .high, number.confidence, .national(number), isOnByDefault: false, finds: trueExamples,
            passes: falseExamples)
    }
}
