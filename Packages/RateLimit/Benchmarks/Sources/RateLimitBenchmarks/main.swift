import RateLimit

let suite = try DecisionBenchmarks()
suite.printMachine()
try suite.printAlgorithms()
try suite.printCalls()
try suite.printChosenNumbers()
try suite.printLogMemory()
