import Staleness
import Testing

@Suite("Grades of pins")
struct PinGradeTests {
    private static let name = PythonPackageName("pkg")

    private static func releases(
        _ versions: String, yanked: String = "", status: PackageReleases.Status = .active, reason: String? = nil
    ) throws -> PackageReleases {
        let name = try #require(Self.name)
        let standing = try versions.split(separator: " ").map { PackageReleases.Release(try PythonVersion(String($0))) }
        let others = try yanked.split(separator: " ").map {
            PackageReleases.Release(try PythonVersion(String($0)), isYanked: true, yankedReason: "breaks\u{1B}[31m\nall")
        }
        return PackageReleases(name, standing + others, status: status, statusReason: reason)
    }

    private static func grade(_ pin: String, _ releases: PackageReleases) throws -> PinGrade {
        PinGrade(try #require(PackagePin.declared(library: "pkg", version: pin)), by: releases)
    }

    @Test(
        "compare a version with the newest final one that stands",
        arguments: [
            ("2.3.1", Freshness.current), ("2.3", .patch), ("2.3.0", .patch), ("2.2.9", .minor), ("1.9", .major),
            ("2.3.1+local.1", .current), ("3.0b1", .current), ("2.4", .yanked), ("9.9", .unknown), ("2.3.1.post1", .unknown),
            ("0.0.1", .major), ("1!0.1", .unknown),
        ])
    func versions(_ pin: String, _ expected: Freshness) throws {
        let releases = try Self.releases("1.9 2.3 2.3.1 2.2 3.0b1", yanked: "2.4")
        let grade = try Self.grade(pin, releases)
        #expect(grade.freshness == expected && grade.latest == "2.3.1" && !grade.isProvisional)
    }

    @Test(
        "of ranges ask whether the newest lies inside",
        arguments: [
            (">=1", Freshness.current), (">=2,<3", .current), ("~=2.3", .current), ("<2", .major), ("==2.2.*", .minor),
            ("~=2.3.0,!=2.3.1", .patch), ("==2.4.*", .yanked), (">=5", .unknown), ("<1", .unknown),
        ])
    func ranges(_ pin: String, _ expected: Freshness) throws {
        let releases = try Self.releases("1.9 2.3 2.3.1 2.2 3.0b1", yanked: "2.4")
        #expect(try Self.grade(pin, releases).freshness == expected)
    }

    @Test("say why in one sentence that holds no control characters")
    func reasons() throws {
        let releases = try Self.releases("1.0 2.3.1", yanked: "2.4")
        #expect(try Self.grade("1.0", releases).reason == "1.0 is pinned, and 2.3.1 is another major version")
        #expect(try Self.grade("<2", releases).reason == "<2 reaches up to 1.0, and 2.3.1 is another major version")
        #expect(try Self.grade("2.4", releases).reason == "2.4 was taken back by its authors: breaks [31m all")
        #expect(try Self.grade("7", releases).reason == "the index lists no version 7, the newest is 2.3.1")
        let left = try Self.releases("1.0", status: .deprecated, reason: "use other")
        #expect(try Self.grade("1.0", left).reason == "the index calls pkg deprecated: use other")
        #expect(try Self.grade("1.0", Self.releases("1.0", status: .archived)).reason.hasSuffix("; the package is archived"))
    }

    @Test("are deprecated for packages that should not be used, and unknown where nothing stands")
    func packages() throws {
        for status in PackageReleases.Status.allCases {
            let grade = try Self.grade("1.0", Self.releases("1.0", status: status)).freshness
            #expect(grade == (status == .deprecated || status == .quarantined ? .deprecated : .current))
        }
        #expect(try Self.grade("1.0", Self.releases("")).freshness == .unknown)
        #expect(try Self.grade("2.0", Self.releases("", yanked: "1.0")).freshness == .unknown)
        #expect(try Self.grade("1.0b1", Self.releases("1.0b1 1.0b2")).freshness == .patch)
        // Of equal versions one that stands is enough.
        #expect(try Self.grade("1.0", Self.releases("1.0.0", yanked: "1.0")).freshness == .current)
    }

    @Test("are unknown for what no index is asked about")
    func others() throws {
        let texts = [
            "lodash@4.17.21", ".package(url: \"https://example.com/a\", from: \"1.0.0\")",
        ]
        for pin in texts.flatMap({ PinExtractor.pins(in: $0) }) {
            let grade = try #require(PinGrade(withoutIndex: pin))
            #expect(grade.freshness == .unknown && grade.reason.hasPrefix("no index of "))
        }
        let unreadable = try #require(PackagePin.declared(library: "../x", version: "1"))
        #expect(PinGrade(withoutIndex: unreadable)?.reason == "library is not the name of a Python package")
    }
}

@Suite("Verdict on an entry")
struct EntryVerdictTests {
    private static let releases: PackageReleases? = PythonPackageName("a").flatMap { name in
        let versions = ["1.0", "2.0", "2.1", "2.1.1"].compactMap { try? PythonVersion($0) }
        return PackageReleases(name, versions.map { PackageReleases.Release($0) })
    }

    /// Pins of a text; the name `away` stands for a package that could not be asked about, `none` for one that there is not.
    private static func verdict(_ text: String, declared: String? = nil) throws -> EntryVerdict {
        let releases = try #require(Self.releases)
        let parts = declared?.split(separator: " ").map(String.init)
        let metadata = PackagePin.declared(library: parts?.first, version: parts?.last)
        return EntryVerdict(
            ([metadata].compactMap { $0 } + PinExtractor.pins(in: text)).map { pin in
                let grade: PinGrade =
                    switch pin.name {
                    case "away": .unanswered("nobody answers")
                    case "none": .unknown("there is no such package")
                    default: PinGrade(withoutIndex: pin) ?? PinGrade(pin, by: releases)
                    }
                return EntryVerdict.GradedPin(pin, grade)
            })
    }

    @Test("follows the metadata where it tells anything, and else the text")
    func precedence() throws {
        for (text, declared, grade, isStale) in [
            ("", nil, Freshness.unknown, false as Bool?), ("aa==1.0", nil, .major, true), ("aa==2.1.0", nil, .patch, false),
            // What was left behind stands beside what replaced it.
            ("from aa==1.0 to aa==2.1.1", nil, .current, false), ("aa==2.1.1 bb==2.0", nil, .minor, true),
            ("bb==1.0", "aa 2.1.1", .current, false), ("bb==2.1.1", "aa 1.0", .major, true),
            ("bb==1.0", "none 1.0", .major, true), ("bb==1.0", "../x 1.0", .major, true), ("", "none 1.0", .unknown, false),
            ("lodash@1.0.0", nil, .unknown, false), ("lodash@1.0.0 aa==2.0", nil, .minor, true),
        ] {
            let verdict = try Self.verdict(text, declared: declared)
            #expect(verdict.grade.freshness == grade && verdict.isStale == isStale, "\(text), \(declared ?? "-")")
        }
    }

    @Test("stays open while somebody could not be asked, unless it is stale already")
    func outages() throws {
        for (text, declared, isStale) in [
            ("away==1.0", nil, nil as Bool?), ("away==1.0 aa==2.1.1", nil, nil), ("away==1.0 aa==1.0", nil, true),
            ("aa==1.0", "away 1.0", nil), ("away==1.0", "aa 2.1.1", false),
        ] {
            let verdict = try Self.verdict(text, declared: declared)
            #expect(verdict.isStale == isStale, "\(text), \(declared ?? "-")")
            if isStale == nil { #expect(verdict.grade.freshness == .unknown && verdict.grade.reason == "nobody answers") }
        }
    }

    @Test("names the pin that decided")
    func decidedBy() throws {
        let verdict = try Self.verdict("aa==2.1.1 bb==1.0 cc==1.0")
        #expect(verdict.pin?.name == "bb" && verdict.grade.latest == "2.1.1")
        #expect(try Self.verdict("nothing").grade.reason == "no version of a package is named")
    }
}
