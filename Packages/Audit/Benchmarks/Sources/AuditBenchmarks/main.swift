// Group commit against one commit for each record, and lists of many events, in rounds in which the sides take turns.

// An argument, commits or lists, limits it to one of the two.

let wanted = CommandLine.arguments.dropFirst().first

if wanted != "lists" {
    print(
        "\nDurable records per second, 64 callers: committed together, and each by itself (target 10 on SQLite, 5 on PostgreSQL)\n"
    )
    print("| store | together | each by itself | ratio | p99 of record, in median commits | in p99 commits (target 3) |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for store in BenchmarkStore.Kind.allCases { print(try await CommitBenchmark.row(store, rounds: 5)) }
}

if wanted != "commits" {
    print("\nThe newest 50 of one million events against those of ten thousand, ms (target 3 at most)\n")
    print("| store | list | ten thousand | one million | ratio |")
    print("| --- | --- | ---: | ---: | ---: |")
    for store in BenchmarkStore.Kind.allCases { try await ListBenchmark.printRows(store) }
}
