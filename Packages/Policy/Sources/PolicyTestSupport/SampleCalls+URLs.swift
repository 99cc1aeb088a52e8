extension SampleCalls {
    /// A policy that extends `default.yaml` by a tool that fetches URLs, one that takes a list of files, and one with numbers.
    public static let webPolicy = """
        version: "1.0"
        name: web
        extends: default.yaml
        rules:
          - name: allow-web-fetch
            description: Public pages
            priority: 50
            tools: [web.fetch]
            roles: [developer]
            decision: ALLOW
            constraints:
              url: {require_https: false, block_private_ips: true, denied_domains: ['*.evil.example']}
          - name: allow-web-post
            description: One service
            priority: 50
            tools: [web.post]
            roles: [developer]
            decision: ALLOW
            constraints:
              url: {require_https: true, block_private_ips: true, allowed_domains: ['*.example.com', api.example.org]}
          - name: allow-archive
            description: Files of data into one archive
            priority: 50
            tools: [fs.archive]
            roles: [developer]
            decision: ALLOW
            constraints:
              at:
                /files/*/name: {path: {allowed_prefixes: [/data/]}}
                /level: {number: {minimum: 1, maximum: 9, integer: true}}
        """

    /// Calls of which none may run under ``webPolicy``.
    public static let urlAttacks: [SampleCall] = {
        let hosts = [
            "127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "[::1]",
            "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[2002:7f00:1::]",
            "[2001:0:7f00:1::]", "[64:ff9b::7f00:1]", "[::127.0.0.1]", "0.0.0.0", "0", "100.64.0.1", "169.254.169.254",
            "169.254.170.2", "10.0.0.1", "172.16.0.1", "192.168.1.1", "[fd00::1]", "[fe80::1]",
            "[fec0::1]", "localhost", "LOCALHOST", "localhost.", "a.localhost", "metadata.google.internal", "printer.local",
            "intranet", "127.0.0.1.", "x.evil.example", "EVIL.example", "evil.example.",
            "127.0.0.1:80", "[::1]:443", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        ]
        let whole = [
            "http://u@evil@127.0.0.1/", "http://ok#@127.0.0.1/", "http://public.example\\@127.0.0.1/",
            "http://user:pw@public.example/", "gopher://public.example/", "file:///etc/passwd", "ftp://public.example/",
            "//public.example/", "public.example", "http:/public.example", "http:public.example", "https://", "https:///x",
            "http://１２７.0.0.1/", "http://127。0。0。1/", "http://public.example\u{200B}/", "http://%31%32%37.0.0.1/",
            "http://public.example:0/", "http://public.example:99999/", "javascript:alert(1)", "data:text/html,x",
            "http://[::1%25eth0]/", "http://public.example/\r\nX: y", " http://public.example/", "",
        ]
        let fetches =
            (hosts.map { "http://\($0)/" } + whole).map { SampleCall(.url, "web.fetch", Written.object(("url", $0))) }
        let posts = [
            "http://api.example.com/", "https://example.com.evil.test/", "https://evilexample.com/", "https://example.org/",
            "https://xapi.example.org/", "https://api.example.org.test/", "https://93.184.216.34/",
            "https://api.example.com@evil.test/",
        ].map { SampleCall(.url, "web.post", Written.object(("url", $0))) }
        let archives = [
            #"{"files": [{"name": "/data/a"}, {"name": "/etc/hosts"}], "level": 5}"#, #"{"files": [], "level": 5}"#,
            #"{"files": [{"name": "/data/a"}, {}], "level": 5}"#,
            #"{"files": [{"name": ["/data/a"]}], "level": 5}"#, #"{"files": {"a": {"name": "/data/../x"}}, "level": 5}"#,
            #"{"files": [{"name": "/data/a"}]}"#, #"{"files": [{"name": "/data/a"}], "level": 10}"#,
            #"{"files": [{"name": "/data/a"}], "level": 1.5}"#, #"{"files": [{"name": "/data/a"}], "level": "5"}"#,
            #"{"files": [{"name": "/data/a"}], "level": true}"#, #"{"files": [{"name": "/data/a"}], "level": 1e19}"#,
            #"{"Files": [{"name": "/data/a"}], "level": 5}"#,
            #"{"files": [{"name": "/data/a"}], "Files": [{"name": "/etc/hosts"}], "level": 5}"#,
        ].map { SampleCall(.shape, "fs.archive", $0) }
        return fetches + posts + archives
    }()

    /// Ordinary calls under ``webPolicy``.
    public static let benignURLs: [SampleCall] =
        [
            "http://public.example/", "https://www.swift.org/documentation/?q=a%20b", "https://8.8.8.8/",
            "https://[2606:4700::1111]/", "https://a.b.c.example:8443/x", "https://xn--bcher-kva.example/",
            "https://notevil.example/",
        ].map { SampleCall(.benign, "web.fetch", Written.object(("url", $0))) }
        + ["https://api.example.com/v1", "https://example.com/", "https://api.example.org/x?y=1"].map {
            SampleCall(.benign, "web.post", Written.object(("url", $0)))
        }
        + [#"{"files": [{"name": "/data/a"}, {"name": "/data/b"}], "level": 9}"#].map { SampleCall(.benign, "fs.archive", $0) }
}
