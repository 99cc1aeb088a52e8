import Staleness
import TestKit
import Testing

@Suite("Pins in texts")
struct PinTests {
    /// What is found, as `ecosystem name versions`.
    static func found(_ text: String) -> [String] {
        PinExtractor.pins(in: text).map { "\($0.ecosystem) \($0.name) \($0.versions)" }
    }

    @Test(
        "are found in running text, in lists of requirements and behind pip install",
        arguments: [
            ("I use numpy==1.26.4 here.", ["python numpy 1.26.4"]),
            ("(Django~=4.2.1)", ["python django ~=4.2.1"]),
            ("needs Foo.Bar__baz>=1.2,<2, and more", ["python foo-bar-baz <2,>=1.2"]),
            ("needs foo>=1.2, <2.0.", ["python foo <2.0,>=1.2"]),
            ("requests[socks,security]>=2.8.1,==2.8.*", ["python requests ==2.8.*,>=2.8.1"]),
            ("使用numpy==1.26.4解决", ["python numpy 1.26.4"]),
            ("torch==2.1.0+cu118", ["python torch 2.1.0+cu118"]),
            ("pkg==1!2.0rc1", ["python pkg 1!2.0rc1"]),
            ("x.y.z==2.0", ["python x-y-z 2.0"]),
            ("pip install a==1 b>=2", ["python a 1", "python b >=2"]),
            ("$ python3 -m pip install -U \"a >= 1, < 3\" 'b[x]<2' c", ["python a <3,>=1", "python b <2"]),
            ("pip3.11 install a==1 \\\n    b==2\nc==3 d", ["python a 1", "python b 2"]),
            ("run `pip install a==1` as status==200", ["python a 1"]),
            ("pip install a==1 && test x==2", ["python a 1"]),
            ("pip install a==1 # not b==2", ["python a 1"]),
            ("uv add polars==1", ["python polars 1"]),
            (
                "numpy==1\npandas < 3  # why\n- scipy >= 1.1, != 1.2 ; python_version < '3.9'\n",
                [
                    "python numpy 1", "python pandas <3", "python scipy !=1.2,>=1.1",
                ]
            ),
            ("flask==2.0 \\\r\n    --hash=sha256:ab\r\n", ["python flask 2.0"]),
            ("dependencies = [\"httpx<1\", 'attrs == 23']", ["python httpx <1", "python attrs 23"]),
            ("numpy==1.0 then numpy == 1.0 and Numpy==1.0", ["python numpy 1.0"]),
        ])
    func python(_ text: String, _ pins: [String]) {
        #expect(Self.found(text) == pins)
    }

    @Test(
        "are not taken from code, prose, addresses or paths",
        arguments: [
            "if status==200 or x==1.5:", "p<0.05 and loss<=0.1", "a === 1.5", "alpha==0.5*beta", "for i in range: i>=10",
            "Pydantic v1 is older than Pydantic v2", "numpy 1.26.4", "numpy=1.2", "python>=3.8", "python_requires>=3.8.1",
            "see /srv/app==1.2 or a/b==1.2", "pip install requests", "foo!=1.2", "foo==latest", "foo==1.2.x.y", "--foo==1.2",
            "me@example.com", "john.doe@1and1.com", "root@10.0.0.1", "ssh git@1.2.3:path", "actions/checkout@v4", "x@latest",
            "golang.org/x/tools@v0.1.0", "pip install git+https://example.com/a/b@1.2.3", "@1.2", "a@", "@a/b@", "A@1.2",
            ".package(url: \"https://example.com/a\", branch: \"main\")", ".package(path: \"../A\")", ".package(", "",
            ".package(url: \"https://example.com/a\", from: \"1.2\")", "a==" + String(repeating: "1", count: 65),
            "a@" + String(repeating: "1", count: 65), String(repeating: "n", count: 129) + "==1.2",
        ])
    func others(_ text: String) {
        #expect(Self.found(text) == [])
    }

    @Test(
        "of npm are found with scopes and ranges",
        arguments: [
            ("npm install lodash@4.17.21 react@^18.2.0", ["npm lodash 4.17.21", "npm react ^18.2.0"]),
            ("npx @types/node@20.1.0.", ["npm @types/node 20.1.0"]),
            ("(left-pad@~1.3)", ["npm left-pad ~1.3"]), ("vue@3.0.0-beta.1+b", ["npm vue 3.0.0-beta.1+b"]),
        ])
    func npm(_ text: String, _ pins: [String]) {
        #expect(Self.found(text) == pins)
    }

    @Test(
        "of Swift manifests are found in all forms",
        arguments: [
            (".package(url: \"https://github.com/apple/Swift-NIO.git\", from: \"2.0.0\")", "swift-nio from: 2.0.0"),
            (".package(\n  url: \"https://example.com/a/b/\",\n  exact: \"1.2.3-rc.1\",\n)", "b exact: 1.2.3-rc.1"),
            (".package(url: \"git@example.com:a/b.git\", .upToNextMajor(from: \"1.2.3\"))", "b from: 1.2.3"),
            (
                "Package.Dependency.package(url: \"https://example.com/b\", .upToNextMinor(from: \"1.2.3\"))",
                "b upToNextMinor: 1.2.3"
            ),
            (".package(name: \"B\", url: \"https://example.com/b\", \"1.2.3\"..<\"1.9.0\")", "b 1.2.3..<1.9.0"),
            (".package(url: \"https://example.com/b\", \"1.2.3\" ... \"1.9.0\")", "b 1.2.3...1.9.0"),
            (".package(url: \"https://example.com/b\", .exact(\"1.2.3\"))", "b exact: 1.2.3"),
            (".package(id: \"mona.LinkedList\", from: \"1.0.0\")", "mona.linkedlist from: 1.0.0"),
            (".package(url: \"https://example.com/b\", from: \"1.8.0\", traits: [])", "b from: 1.8.0"),
        ])
    func swift(_ text: String, _ pin: String) {
        #expect(Self.found("dependencies: [\n    \(text),\n]") == ["swift \(pin)"])
    }

    @Test("are bounded in number, and each stands there once")
    func bounded() {
        let many = (0..<100).map { "pkg\($0)==1.\($0)" }.joined(separator: " ")
        #expect(PinExtractor.pins(in: many).count == PinExtractor.pinLimit)
        #expect(Self.found(String(repeating: "numpy==1.0 ", count: 1_000)) == ["python numpy 1.0"])
    }

    @Test("come from the metadata as a version or a range, and say what is wrong with it")
    func declared() {
        func pin(_ library: String?, _ version: String?) -> String? {
            PackagePin.declared(library: library, version: version).map { pin in
                if case .unreadable(let reason) = pin.requirement { return "\(pin.name) \(pin.versions): \(reason)" }
                return "\(pin.name) \(pin.versions)"
            }
        }
        #expect(pin("NumPy", " v2.1 ") == "numpy 2.1" && pin("requests[socks]", ">=2,<3") == "requests <3,>=2")
        #expect(pin("a", "==1.0") == "a 1.0")
        #expect(pin("", "1.0") == nil && pin("a", " ") == nil && pin(nil, "1") == nil && pin("a", nil) == nil)
        #expect(pin("../../admin", "1.0") == "../../admin 1.0: library is not the name of a Python package")
        let invalid = "library_version is neither a version nor a range of versions of PEP 440"
        #expect(pin("a", "^1.2") == "a ^1.2: \(invalid)" && pin("a", "!=1.2") == "a !=1.2: \(invalid)")
        #expect(pin("a", "1.0\u{0}\u{202E}x")?.unicodeScalars.contains { $0.value == 0 || $0.value == 0x202E } == false)
        #expect(pin("a", String(repeating: "9", count: 100_000))?.utf8.count ?? .max < 300)
        #expect(pin(String(repeating: "a", count: 129), "1") != nil)
    }
}

@Suite("Names of Python packages")
struct PythonPackageNameTests {
    @Test("have one normal form, which cannot leave a path")
    func normal() {
        for (text, normal) in [
            ("Foo.Bar__baz", "foo-bar-baz"), ("a", "a"), ("A-_.B", "a-b"), ("zope.interface", "zope-interface"), ("2to3", "2to3"),
        ] {
            #expect(PythonPackageName(text)?.description == normal)
        }
        for text in [
            "", ".", "..", "-a", "a-", "../a", "a/b", "a%2fb", "a?b", "a#b", "a b", "a\n", "a\u{0}", "é", "Kelvin\u{212A}",
            String(repeating: "a", count: 129),
        ] {
            #expect(PythonPackageName(text) == nil, "\(text.debugDescription)")
        }
    }

    @Test("hold nothing but letters, digits and hyphens, whatever was read")
    func random() {
        var generator = SeededGenerator(seed: TestRun.seed)
        let alphabet = Array("abzAZ09-_./%?#\\ \u{0}é")
        for _ in 0..<TestRun.count(20_000, long: 1_000_000) {
            let text = String(
                (0..<Int.random(in: 0...8, using: &generator)).compactMap { _ in
                    alphabet.randomElement(using: &generator)
                })
            guard let name = PythonPackageName(text) else { continue }
            #expect(name.description.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-".utf8.contains($0) })
            #expect(PythonPackageName(name.description) == name)
        }
    }
}
